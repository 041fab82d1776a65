package io.tenantry.worker.rollout;

import io.tenantry.contracts.RolloutCounts;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.Wave;
import io.tenantry.worker.config.Glob;
import io.tenantry.worker.postgres.Sha256;
import io.tenantry.worker.registry.rollout.Candidate;
import io.tenantry.worker.registry.rollout.NewMember;
import io.tenantry.worker.registry.rollout.WaveRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Distributes the members of a rollout to its waves. Members are those that a request is sent to: a canary that is up to
 * date would test nothing. Where a wave has a size and no names, its tenants are chosen by a digest of rollout and tenant:
 * different rollouts begin with different tenants, and one rollout always has the same plan. For one plan.
 */
final class WavePlanner {
    private final RolloutRequested start;
    private final Selected selected;
    private final Set<Candidate> left;
    private final int tenants;
    private final List<WaveRow> waves = new ArrayList<>();
    private final List<NewMember> members = new ArrayList<>();

    private WavePlanner(RolloutRequested start, Selected selected) {
        this.start = start;
        this.selected = selected;
        boolean every = Boolean.TRUE.equals(start.everyTenant());
        this.left = new LinkedHashSet<>(selected.candidates().stream()
                .filter(candidate -> every || !candidate.atTarget())
                .sorted(Comparator.comparing(this::digest))
                .toList());
        this.tenants =
                (int) left.stream().filter(candidate -> !candidate.shared()).count();
    }

    /** @throws RefusedException if a name or glob of a wave matches none of the selected tenants */
    static WavePlan plan(RolloutRequested start, Selected selected) throws RefusedException {
        return new WavePlanner(start, selected).plan();
    }

    private WavePlan plan() throws RefusedException {
        int toSend = left.size();
        List<Wave> asked = start.waves();
        for (int i = 0; i < asked.size(); i++) {
            Wave wave = asked.get(i);
            List<Candidate> taken = new ArrayList<>(take(wave));
            if (i == asked.size() - 1 && wave.tenants().isEmpty() && isLastWith(taken)) {
                left.stream().filter(Candidate::shared).forEach(taken::add);
            }
            add(wave.name(), wave, taken);
        }
        if (!left.isEmpty() || waves.isEmpty()) {
            add(null, null, List.copyOf(left));
        }
        return new WavePlan(waves, members, selected.candidates().size() - toSend);
    }

    /** Whether no tenant is left after these: then shared databases that no wave has named are in the same wave. */
    private boolean isLastWith(List<Candidate> taken) {
        long more = left.stream().filter(candidate -> !candidate.shared()).count();
        return more == taken.stream().filter(candidate -> !candidate.shared()).count();
    }

    private List<Candidate> take(Wave wave) throws RefusedException {
        if (!wave.tenants().isEmpty()) {
            List<Glob> globs = wave.tenants().stream().map(Glob::new).toList();
            Selected.mustMatch("waves[].tenants", globs, selected.candidates());
            return take(candidate -> globs.stream().anyMatch(glob -> glob.matches(candidate.key())), Integer.MAX_VALUE);
        }
        @Nullable Integer count = wave.count();
        long size = count == null ? percent(Objects.requireNonNull(wave.percent())) : count;
        return take(candidate -> !candidate.shared(), size);
    }

    /** Rounded up to whole tenants. */
    private long percent(int percent) {
        return ((long) percent * tenants + 99) / 100;
    }

    private List<Candidate> take(Predicate<Candidate> which, long limit) {
        return left.stream().filter(which).limit(limit).toList();
    }

    private void add(@Nullable String name, @Nullable Wave wave, List<Candidate> taken) {
        int number = waves.size() + 1;
        taken.forEach(candidate ->
                members.add(new NewMember(candidate.shared(), candidate.key(), candidate.databases(), number)));
        taken.forEach(left::remove);
        @Nullable Duration soak = wave == null ? null : wave.soak();
        waves.add(new WaveRow(
                number,
                name,
                soak == null ? Duration.ZERO : soak,
                wave != null && Boolean.TRUE.equals(wave.pauseAfter()),
                taken.size(),
                0,
                RolloutCounts.of(taken.size()),
                0,
                false));
    }

    private String digest(Candidate candidate) {
        return new Sha256().add(start.rollout() + "\n" + candidate.key()).hex();
    }
}
