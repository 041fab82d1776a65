package io.tenantry.worker.request.run;

import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.telemetry.Outage;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Decides whether to leave a PostgreSQL server, or the registry, alone for a while. Safe for use by many threads. */
final class ServerHealth {
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);

    private final Outage outage;

    ServerHealth(Outage outage) {
        this.outage = outage;
    }

    /** The rest of the pause; empty if it is not known to be away, or the pause is over. */
    Optional<Duration> pauseLeft() {
        return outage.pauseLeft();
    }

    /** The pause; empty if the caller may try it now. */
    Optional<Duration> pause() {
        return outage.pause();
    }

    /** Since when it is away; empty if it is not. */
    Optional<Instant> awaySince() {
        return outage.since();
    }

    /** For how long it has been away; empty if it is not. */
    Optional<Duration> awayFor() {
        return outage.length();
    }

    void answered() {
        outage.back();
    }

    /**
     * The same for the registry. There a lasting failure that is not the fault of the request counts as an outage,
     * because all requests would fail.
     */
    Optional<Duration> pauseUnlessAboutTheWork(SQLException failure) {
        return SqlFailure.of(failure) == SqlFailure.PERMANENT && !SqlFailure.isAboutTheData(failure)
                ? Optional.of(away(failure))
                : pauseAfter(failure);
    }

    /** The pause if the failure means that the server is away; empty if it answered, and the work itself failed. */
    Optional<Duration> pauseAfter(SQLException failure) {
        if (SqlFailure.of(failure) != SqlFailure.SERVER_AWAY) {
            outage.back();
            return Optional.empty();
        }
        return Optional.of(away(failure));
    }

    private Duration away(SQLException failure) {
        return away(String.valueOf(failure.getMessage()));
    }

    /** Records that it is away, for this reason; returns the pause. */
    Duration away(String reason) {
        outage.away(reason);
        return outage.pause().orElse(SHORTEST_PAUSE);
    }
}
