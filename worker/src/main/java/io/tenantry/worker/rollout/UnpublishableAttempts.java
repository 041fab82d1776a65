package io.tenantry.worker.rollout;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.rollout.MemberState;
import io.tenantry.worker.registry.rollout.RolloutAnswer;
import io.tenantry.worker.registry.rollout.RolloutAnswers;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends the members whose requests can never be published. For the driver's thread alone. */
final class UnpublishableAttempts {
    private static final Logger LOG = LoggerFactory.getLogger(UnpublishableAttempts.class);

    private final Registry registry;
    private final RolloutAnswers answers = new RolloutAnswers();

    UnpublishableAttempts(Registry registry) {
        this.registry = registry;
    }

    /** A member whose request cannot be published has failed: it would never have a result. */
    void fail(Desk desk) throws SQLException {
        List<Desk.Refused> refused = desk.refused();
        if (refused.isEmpty()) {
            return;
        }
        refused.forEach(next -> LOG.error(
                "the request {} of a rollout for {} cannot be published, and its tenant has failed: {}",
                next.attempt().event().id(),
                next.attempt().event().key(),
                next.reason()));
        registry.inTransaction(connection -> {
            answers.died(
                    connection,
                    refused.stream()
                            .map(next -> new RolloutAnswer(
                                    next.attempt().event().id(), MemberState.FAILED, ErrorCode.INTERNAL))
                            .toList());
            return true;
        });
        desk.failed(refused);
    }
}
