package io.tenantry.worker.operator.drift;

import io.tenantry.worker.config.Glob;
import io.tenantry.worker.drift.check.Verdict;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.home.LeasedServers;
import io.tenantry.worker.registry.overview.HomePlace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Compares homes of the fleet one after another, on one connection of each server. For one thread. */
public final class DriftRun {
    private static final int TOGETHER = 500;
    /** How often a home is looked at that somebody works on. */
    private static final int LOOKS = 3;

    private final Access access;
    private final DriftScope scope;

    /** Is told what happens, by the thread that runs it. */
    public interface Listener {
        /** How many homes there are, of which those of the scope's share are looked at; before the first one. */
        void begins(long homes);

        /** Why there is no connection yet; called by another thread. */
        void waits(String reason);

        /** A home was looked at. */
        void found(HomeFinding finding);

        /** These patterns have left out nothing; after the last home. */
        void unmatched(List<Glob> excluded);

        /** The command was interrupted: the other homes are not looked at. */
        void stops();
    }

    public DriftRun(Access access, DriftScope scope) {
        this.access = access;
        this.scope = scope;
    }

    /**
     * Looks at all homes, or at those that come before an interruption.
     *
     * @throws OperationFailedException if the registry cannot be used
     */
    public void run(Listener listener) throws OperationFailedException {
        TreeSet<String> servers = access.registry(registry -> registry.inSnapshot(scope.homes()::servers));
        servers.retainAll(access.settings().servers().keySet());
        try (LeasedServers leased = LeasedServers.lease(access, servers, listener::waits)) {
            HomeChecks checks = new HomeChecks(access, leased, servers, scope.excluded());
            List<HomeFinding> busy = new ArrayList<>();
            List<HomePlace> shared = access.registry(registry -> registry.inSnapshot(scope.homes()::shared));
            listener.begins(access.registry(registry -> registry.inSnapshot(scope.homes()::count)) + shared.size());
            boolean goesOn =
                    scope.share() < 1 ? look(sample(), checks, busy, listener) : lookAtAll(checks, busy, listener);
            if (goesOn && look(shared, checks, busy, listener)) {
                lookAgain(busy, checks, listener);
                listener.unmatched(checks.unmatched());
            }
        }
    }

    private List<HomePlace> sample() throws OperationFailedException {
        return access.registry(
                registry -> registry.inSnapshot(connection -> scope.homes().sample(connection, scope.share())));
    }

    /** False if the command was interrupted. */
    private boolean lookAtAll(HomeChecks checks, List<HomeFinding> busy, Listener listener)
            throws OperationFailedException {
        @Nullable HomePlace last = null;
        List<HomePlace> page;
        do {
            page = page(last);
            if (!look(page, checks, busy, listener)) {
                return false;
            }
            last = page.isEmpty() ? null : page.get(page.size() - 1);
        } while (last != null);
        return true;
    }

    private List<HomePlace> page(@Nullable HomePlace last) throws OperationFailedException {
        return access.registry(
                registry -> registry.inSnapshot(connection -> scope.homes().next(connection, last, TOGETHER)));
    }

    /** False if the command was interrupted. */
    private boolean look(List<HomePlace> homes, HomeChecks checks, List<HomeFinding> busy, Listener listener)
            throws OperationFailedException {
        for (HomePlace home : homes) {
            if (access.interruption().isRequested()) {
                listener.stops();
                return false;
            }
            if (!checks.mayAsk(home)) {
                continue;
            }
            HomeFinding finding = checks.of(home);
            if (finding.verdict() instanceof Verdict.Busy) {
                busy.add(finding);
            } else {
                listener.found(finding);
            }
        }
        return true;
    }

    private void lookAgain(List<HomeFinding> first, HomeChecks checks, Listener listener)
            throws OperationFailedException {
        List<HomeFinding> busy = first;
        for (int looks = 1; looks < LOOKS && !busy.isEmpty(); looks++) {
            waitASecond(access.interruption());
            List<HomeFinding> again = new ArrayList<>();
            List<HomePlace> homes = busy.stream().map(HomeFinding::home).toList();
            if (!look(homes, checks, again, listener)) {
                return;
            }
            busy = again;
        }
        for (HomeFinding finding : busy) {
            listener.found(last(finding, checks));
        }
    }

    /** Who locks a home for so long may do so for ever: it is not comparable. A home that a worker migrates stays so. */
    private static HomeFinding last(HomeFinding finding, HomeChecks checks) throws OperationFailedException {
        @Nullable String obstacle = finding.verdict() instanceof Verdict.Busy busy ? busy.obstacle() : null;
        Optional<String> reason = obstacle == null ? checks.strangerIn(finding.home()) : Optional.of(obstacle);
        return reason.map(why -> new HomeFinding(finding.home(), new Verdict.Unreadable(why, false), List.of()))
                .orElse(finding);
    }

    /** Ends early with an interruption. */
    private static void waitASecond(Interruption interruption) {
        CountDownLatch interrupted = new CountDownLatch(1);
        interruption.listen(signal -> interrupted.countDown());
        try {
            interrupted.await(1, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
