package io.tenantry.worker.request.run;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.request.HomeDifference;
import io.tenantry.worker.request.HomeVerification;
import io.tenantry.worker.request.HomeVerification.Seen;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of an attempt between two comparisons of the home. The request fails if it caused a difference; one that was there
 * before is no reason, since an old drift must not halt a rollout.
 */
final class VerifiedWork {
    private static final Logger LOG = LoggerFactory.getLogger(VerifiedWork.class);
    private static final int MOST_NAMED = 3;

    private final HomeVerification verification;
    private final HomeRun run;

    /** The work of an attempt; empty if the home has its result. */
    interface Work {
        Optional<NextAction> run() throws SQLException;
    }

    VerifiedWork(HomeVerification verification, HomeRun run) {
        this.verification = verification;
        this.run = run;
    }

    /** Does it. The caller has a permit of the server, and none of its connections open. */
    Optional<NextAction> run(Work work) throws SQLException {
        TenantHome home = run.work().home();
        if (!verification.isWanted(home.database())) {
            return work.run();
        }
        // An earlier attempt of the same request may have changed the home already.
        Seen before = run.seenFirst(() -> verification.look(home, run.work().server()));
        Optional<NextAction> next = work.run();
        if (next.isEmpty() && run.result().hasApplied()) {
            judge(before);
        }
        return next;
    }

    private void judge(Seen first) {
        TenantHome home = run.work().home();
        // Nothing of a new home was there before.
        Seen before = run.result().isNew() ? new Seen(List.of(), null) : first;
        Seen after = verification.look(home, run.work().server());
        if (before.unknown() != null || after.unknown() != null) {
            LOG.warn(
                    "{} {} at server {} was not compared with its reference for this request, which succeeds: {};"
                            + " look at it by `tenantry drift`",
                    home.kind(),
                    home.location(),
                    home.server(),
                    after.unknown() == null ? "before it, " + before.unknown() : after.unknown());
            return;
        }
        List<HomeDifference> caused = CausedDifferences.of(before.differences(), after.differences());
        if (!caused.isEmpty()) {
            run.result().failAfterwards(ResultError.of(ErrorCode.DRIFT_DETECTED, message(home, caused)));
        }
    }

    /** Without definitions: a default may hold a secret. */
    private static String message(TenantHome home, List<HomeDifference> caused) {
        int more = caused.size() - MOST_NAMED;
        String named =
                caused.stream().limit(MOST_NAMED).map(HomeDifference::toString).collect(Collectors.joining("; "));
        return home.kind() + " " + home.location() + " of " + home.owner()
                + " is at its version, but not what its migrations make: "
                + named
                + (more > 0 ? "; and " + more + " more" : "")
                + ". The migrations do something else for this tenant than for others: look at it by `tenantry drift`, and"
                + " correct the home or the migrations";
    }
}
