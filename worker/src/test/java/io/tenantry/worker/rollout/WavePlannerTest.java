package io.tenantry.worker.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.contracts.HaltRule;
import io.tenantry.contracts.RolloutAction;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.RolloutSelection;
import io.tenantry.contracts.Wave;
import io.tenantry.worker.registry.rollout.Candidate;
import io.tenantry.worker.registry.rollout.NewMember;
import io.tenantry.worker.registry.rollout.WaveRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WavePlannerTest {
    private final List<Candidate> fleet = new ArrayList<>();

    @Test
    void withoutWavesThereIsOneWithAll() throws RefusedException {
        tenants(1, 5, false);
        assertThat(sizes(plan(start()))).containsExactly(5);
    }

    @Test
    void leftOverTenantsFormALastWave() throws RefusedException {
        tenants(1, 100, false);
        WavePlan plan = plan(start(new Wave("canary", 3, null), new Wave(null, null, 10)));
        assertThat(sizes(plan)).containsExactly(3, 10, 87);
        assertThat(plan.members().stream().map(NewMember::key).distinct()).hasSize(100);
    }

    @Test
    void percentIsRoundedUpAndOfThoseThatGetARequest() throws RefusedException {
        tenants(1, 15, false);
        tenants(16, 100, true);
        WavePlan plan = plan(start(new Wave(null, null, 10)));
        assertThat(sizes(plan)).containsExactly(2, 13);
        assertThat(plan.upToDate()).isEqualTo(85);
    }

    @Test
    void aCanaryByNameThatIsUpToDateIsAnEmptyWave() throws RefusedException {
        tenants(1, 3, false);
        tenants(4, 4, true);
        assertThat(sizes(plan(start(names("canary", "t4"))))).containsExactly(0, 3);
    }

    @Test
    void everyTenantGetsARequestIfAskedFor() throws RefusedException {
        tenants(1, 4, true);
        RolloutRequested start = new RolloutRequested(
                "r1",
                RolloutAction.START,
                null,
                List.of(),
                "latest",
                RolloutSelection.ALL,
                List.of(),
                null,
                HaltRule.FIRST_FAILURE,
                true);
        assertThat(sizes(plan(start))).containsExactly(4);
    }

    @Test
    void aTenantNamedTwiceIsInTheFirstOfTheWaves() throws RefusedException {
        tenants(1, 3, false);
        assertThat(sizes(plan(start(names("a", "t1"), names("b", "t1", "t2"))))).containsExactly(1, 1, 1);
    }

    @Test
    void aSharedDatabaseIsInTheLastWaveUnlessItIsNamed() throws RefusedException {
        tenants(1, 4, false);
        fleet.add(new Candidate("billing", true, List.of("billing"), false));
        assertThat(waveOf(plan(start(new Wave(null, null, 100))), "billing")).isEqualTo(1);
        assertThat(waveOf(plan(start(new Wave(null, null, 50))), "billing")).isEqualTo(2);
        assertThat(waveOf(plan(start(names("first", "billing"))), "billing")).isEqualTo(1);
    }

    @Test
    void everyRolloutChoosesOtherTenantsAndTheSameOneTheSame() throws RefusedException {
        tenants(1, 200, false);
        List<String> first = canaries("r1");
        assertThat(canaries("r1")).isEqualTo(first);
        assertThat(canaries("r2")).isNotEqualTo(first);
    }

    private List<String> canaries(String rollout) throws RefusedException {
        RolloutRequested start = new RolloutRequested(
                rollout, List.of(), "latest", List.of(new Wave(null, 5, null)), HaltRule.FIRST_FAILURE);
        return plan(start).members().stream()
                .filter(member -> member.wave() == 1)
                .map(NewMember::key)
                .toList();
    }

    @Test
    void aNameThatMatchesNobodyIsRefused() {
        tenants(1, 3, false);
        assertThatThrownBy(() -> plan(start(names("canary", "t1", "acme")))).hasMessageContaining("\"acme\"");
        assertThatThrownBy(() -> plan(select(List.of("x*"), List.of()))).hasMessageContaining("\"x*\"");
        assertThatThrownBy(() -> plan(select(List.of(), List.of("x?")))).hasMessageContaining("\"x?\"");
    }

    @Test
    void namesAndGlobsSelectAndExclude() throws RefusedException {
        tenants(1, 12, false);
        fleet.add(new Candidate("billing", true, List.of("billing"), false));
        assertThat(keys(plan(select(List.of("t1*"), List.of("t1?"))))).containsExactly("t1");
        assertThat(keys(plan(select(List.of("t3", "bill*"), List.of())))).containsExactlyInAnyOrder("t3", "billing");
    }

    private void tenants(int from, int to, boolean atTarget) {
        IntStream.rangeClosed(from, to)
                .forEach(i -> fleet.add(new Candidate("t" + i, false, List.of("users"), atTarget)));
    }

    private WavePlan plan(RolloutRequested start) throws RefusedException {
        return WavePlanner.plan(start, Selected.of(start, fleet));
    }

    private static RolloutRequested start(Wave... waves) {
        return new RolloutRequested("r1", List.of(), "latest", List.of(waves), HaltRule.FIRST_FAILURE);
    }

    private static RolloutRequested select(List<String> tenants, List<String> exclude) {
        return new RolloutRequested(
                "r1",
                RolloutAction.START,
                null,
                List.of(),
                "latest",
                new RolloutSelection(tenants, exclude, Map.of()),
                List.of(),
                null,
                HaltRule.FIRST_FAILURE,
                null);
    }

    private static Wave names(String name, String... tenants) {
        return new Wave(name, List.of(tenants), null, null, null, null);
    }

    private static List<Integer> sizes(WavePlan plan) {
        return plan.waves().stream().map(WaveRow::members).toList();
    }

    private static List<String> keys(WavePlan plan) {
        return plan.members().stream().map(NewMember::key).toList();
    }

    private static int waveOf(WavePlan plan, String key) {
        return plan.members().stream()
                .filter(member -> member.key().equals(key))
                .findFirst()
                .orElseThrow()
                .wave();
    }
}
