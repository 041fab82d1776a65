package io.tenantry.worker.cli.rollout.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.cli.rollout.Rollouts;
import io.tenantry.worker.operator.rollout.RolloutLook;
import io.tenantry.worker.registry.rollout.FailedMember;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.registry.rollout.WaveView.Progress;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A line only when something has changed. */
class ChangeLogTest {
    private static final String FAILED =
            ": migration-failed in users, V12__invoices.sql line 3: relation \"invoices\" already exists";

    private final ChangeLog changes = new ChangeLog(true);

    @Test
    void nothingIsSaidTwice() {
        RolloutLook look = wave(100, 0, 5, 1).look(Rollouts.failed("acme"));

        assertThat(lines(look)).containsExactly("release-7: running, wave 1 of 1: 100 tenants", "acme" + FAILED);
        assertThat(lines(look)).isEmpty();
    }

    @Test
    void eachTenthOfAWaveIsAChange() {
        lines(wave(100, 0, 5, 0).look());

        assertThat(lines(wave(100, 0, 9, 0).look())).isEmpty();
        assertThat(lines(wave(100, 0, 10, 0).look())).containsExactly("release-7: wave 1 of 1: 10 of 100 done");
        assertThat(lines(wave(100, 0, 19, 0).look())).isEmpty();
        assertThat(lines(wave(100, 0, 100, 0).look())).containsExactly("release-7: wave 1 of 1: 100 of 100 done");
    }

    @Test
    void newFailuresAreNamedOldestFirstAndThoseThatAreNotReadAreCounted() {
        lines(wave(100, 0, 0, 1).look(Rollouts.failed("acme")));

        assertThat(lines(wave(100, 0, 0, 5)
                        .look(Rollouts.failed("gamma"), Rollouts.failed("beta"), Rollouts.failed("acme"))))
                .containsExactly("beta" + FAILED, "gamma" + FAILED, "and 2 tenants more failed");
    }

    @Test
    void ofAStormOfFailuresTenAreNamed() {
        FailedMember[] storm = IntStream.range(0, 50)
                .mapToObj(number -> Rollouts.failed("t" + number))
                .toArray(FailedMember[]::new);

        List<String> lines = lines(wave(1000, 0, 0, 90).look(storm));

        assertThat(lines).hasSize(12).endsWith("and 80 tenants more failed");
        assertThat(lines(wave(1000, 0, 0, 90).look(storm))).isEmpty();
    }

    @Test
    void statesAndTheirReasonsAreChanges() {
        Rollouts rollout = wave(100, 0, 5, 0);
        lines(rollout.look());

        assertThat(lines(rollout.in(RolloutState.PAUSED, "lunch").look()))
                .containsExactly("release-7: paused, wave 1 of 1: 100 tenants", "release-7: because: lunch");
        assertThat(lines(rollout.look())).containsExactly("release-7: running, wave 1 of 1: 100 tenants");
        assertThat(lines(rollout.waitingFor("server main is away").look()))
                .containsExactly("release-7: waits: server main is away");
    }

    @Test
    void aSoakTimeThatRunsDownIsNoChange() {
        Rollouts rollout = wave(100, 0, 100, 0);
        assertThat(lines(rollout.soaking(Duration.ofSeconds(90)).look()))
                .contains("release-7: soaks for 1 min 30 s more");

        assertThat(lines(rollout.soaking(Duration.ofSeconds(89)).look())).isEmpty();
    }

    private List<String> lines(RolloutLook look) {
        return changes.changes(look).stream().map(ScreenLine::text).toList();
    }

    private static Rollouts wave(int members, int inFlight, int completed, int failed) {
        return Rollouts.with(
                Rollouts.wave(1, null, Progress.BEGUN, Rollouts.counts(members, inFlight, completed, failed)));
    }
}
