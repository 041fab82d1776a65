package io.tenantry.worker.cli.rollout.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.cli.NextCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.rollout.Rollouts;
import io.tenantry.worker.operator.rollout.RolloutLook;
import io.tenantry.worker.registry.rollout.Blocker;
import io.tenantry.worker.registry.rollout.FailedMember;
import io.tenantry.worker.registry.rollout.InFlightMember;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.registry.rollout.RolloutWait;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code rollout show} says of a rollout, and what to do next. */
class ShowTextTest {
    @Test
    void aHaltedOneHasItsReasonWavesCodesAndFailedTenants() {
        Rollouts halted = Rollouts.running().in(RolloutState.HALTED, "6 of 250 tenants of wave 2 failed");
        List<InFlightMember> stuck = List.of(
                new InFlightMember("locked", false, 2, Duration.ofMinutes(15)),
                new InFlightMember("slow", false, 2, Duration.ofMinutes(12)));
        RolloutWait waits = new RolloutWait(
                "release-7",
                false,
                "locked",
                "w1",
                "main",
                true,
                Duration.ofSeconds(870),
                null,
                "V12__invoices.sql",
                List.of(new Blocker(4711, "psql", "bob", "idle in transaction", 900, "UPDATE orders")));

        assertThat(text(halted.look(0, stuck, List.of(waits), Rollouts.failed("acme"), deadLetter("beta"))))
                .contains(
                        "release-7: halted, wave 2 of 3 (early)",
                        "because: 6 of 250 tenants of wave 2 failed",
                        "  tenants     45 of 1,000 tenants at the target, 5 failed, 16 in flight, 934 not begun; 5 more"
                                + " were there already, as the registry knows",
                        "  target      users 12",
                        "  requested   1970-01-01 00:00:00, 3 min ago",
                        "  driven by   the worker at 10.0.0.3",
                        "  in flight   at most 32, and as many as had a result in the last second",
                        "  halts at    more than 2 % of a wave failed (wave 2: 3 of 250 so far, 5 allowed)",
                        "WAVE  NAME    STATE      TENANTS  COMPLETED  FAILED  IN FLIGHT  NOT BEGUN  THEN",
                        "   2  early   halted         250         37       3         16        194  -",
                        "migration-failed            5                5",
                        "  acme: migration-failed in users, V12__invoices.sql line 3: relation \"invoices\" already exists"
                                + " (SQLSTATE 42P07)",
                        "      CREATE TABLE invoices (",
                        "  beta: invalid-event (its request became a dead letter; the command dead-letters list shows it)"
                                + " (attempt 2)",
                        "  and 3 more: see --limit",
                        "  " + waits.text(),
                        "  slow: no result for 12 min")
                .anyMatch(line -> line.contains("blocked by") && line.contains("4711"))
                .noneMatch(line -> line.contains("locked: no result"));
    }

    @Test
    void theHaltRuleIsSaidWithHowFarItIs() {
        assertThat(HaltText.of(Rollouts.running().haltingAt(0, null).view()))
                .isEqualTo("the first failed tenant (5 so far)");
        assertThat(HaltText.of(Rollouts.running().haltingAt(1, 10).view()))
                .isEqualTo(
                        "more than 1 tenant failed (5 so far), or more than 10 % of a wave failed (wave 2: 3 of 250 so"
                                + " far, 25 allowed)");
    }

    @Test
    void theNextCommandsFitTheStateAndReachTheSameDeployment() {
        Advice advice = new Advice(NextCommand.with(Path.of("prod.yaml")));

        assertThat(advice.next(Rollouts.running().in(RolloutState.PAUSED, null).view()))
                .containsExactly(
                        "go on: tenantry rollout resume release-7 --config prod.yaml",
                        "or stop it: tenantry rollout abort release-7 --config prod.yaml --reason '...'");
        assertThat(advice.next(Rollouts.running().in(RolloutState.HALTED, null).view()))
                .hasSize(3)
                .anyMatch(line -> line.contains("rollout retry-failed release-7"))
                .anyMatch(line -> line.contains("rollout resume release-7"));
        assertThat(advice.next(
                        Rollouts.running().in(RolloutState.COMPLETED, null).view()))
                .singleElement()
                .asString()
                .contains("retry-failed");
        assertThat(advice.next(Rollouts.with().in(RolloutState.COMPLETED, null).view()))
                .isEmpty();
    }

    private static FailedMember deadLetter(String tenant) {
        return new FailedMember(tenant, false, 1, 2, "r-" + tenant, "invalid-event", true, true, Instant.EPOCH, null);
    }

    private static List<String> text(RolloutLook look) {
        StringWriter out = new StringWriter();
        Output output = new Output(new PrintWriter(out), new PrintWriter(out), false, false);
        new ShowText(look, "the worker at 10.0.0.3", ZoneOffset.UTC).write(output);
        return out.toString().lines().toList();
    }
}
