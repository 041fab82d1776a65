package io.tenantry.worker.operator.rollout;

import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.registry.rollout.MemberViews;
import io.tenantry.worker.registry.rollout.RolloutView;
import io.tenantry.worker.registry.rollout.RolloutViews;
import io.tenantry.worker.registry.rollout.RolloutWaits;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Reads rollouts from the registry; what one call returns is of one moment. For one thread. */
public final class RolloutReader {
    private final Access access;
    private final RolloutViews views = new RolloutViews();
    private final MemberViews members = new MemberViews();
    private final RolloutWaits waits = new RolloutWaits();

    public RolloutReader(Access access) {
        this.access = access;
    }

    /**
     * A rollout, with the tenants that an operator asks about.
     *
     * @param limit of failed ones, and of those in flight
     * @return empty if there is no rollout of this name
     */
    public Optional<RolloutLook> look(String rollout, int limit) throws OperationFailedException {
        String source = access.settings().kafka().eventSource();
        return atOneMoment(connection -> {
            Optional<RolloutView> view = views.find(connection, rollout);
            return view.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new RolloutLook(
                            view.get(),
                            members.retrying(connection, rollout),
                            members.failedNow(connection, rollout),
                            members.failed(connection, rollout, source, limit),
                            members.inFlight(connection, rollout, limit),
                            waits.oldest(connection, rollout, limit)));
        });
    }

    /** A rollout; empty if there is none of this name. */
    public Optional<RolloutView> find(String rollout) throws OperationFailedException {
        return atOneMoment(connection -> views.find(connection, rollout));
    }

    /** Why the start of a rollout was refused, as published; empty if nothing is known of it. */
    public Optional<RolloutViews.Refusal> refusal(String rollout) throws OperationFailedException {
        return atOneMoment(connection -> views.refusal(connection, rollout));
    }

    /**
     * The newest rollouts, newest first.
     *
     * @param onlyActive whether those that have ended are left out
     */
    public List<RolloutView> list(boolean onlyActive, int limit) throws OperationFailedException {
        return atOneMoment(connection -> views.list(connection, onlyActive, limit));
    }

    private interface Query<T> {
        T run(Connection connection) throws SQLException;
    }

    private <T> T atOneMoment(Query<T> query) throws OperationFailedException {
        return access.registry(registry -> registry.inTransaction(connection -> {
            Sql.execute(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
            return query.run(connection);
        }));
    }
}
