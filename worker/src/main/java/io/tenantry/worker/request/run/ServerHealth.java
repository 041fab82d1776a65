package io.tenantry.worker.request.run;

import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.telemetry.Outage;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whether a PostgreSQL server or the registry is left alone for a while. Safe for use by many threads. */
final class ServerHealth {
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);

    private final Outage outage;

    ServerHealth(Outage outage) {
        this.outage = outage;
    }

    /** Empty if nobody knows that it is away, or somebody may try whether it still is. */
    Optional<Duration> pauseLeft() {
        return outage.pauseLeft();
    }

    /** Empty if it may be tried now. */
    Optional<Duration> pause() {
        return outage.pause();
    }

    /** Empty if it is not away. */
    Optional<Instant> awaySince() {
        return outage.since();
    }

    /** Empty if it is not away. */
    Optional<Duration> awayFor() {
        return outage.length();
    }

    void answered() {
        outage.back();
    }

    /** The same for the registry: what is not the fault of the request, and does not pass by itself, is like an outage. */
    Optional<Duration> pauseUnlessAboutTheWork(SQLException failure) {
        return SqlFailure.of(failure) == SqlFailure.PERMANENT && !SqlFailure.isAboutTheData(failure)
                ? Optional.of(away(failure))
                : pauseAfter(failure);
    }

    /** The pause if the failure says that the server is away; empty if it answered, and the work itself failed. */
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

    /** It is away, for this reason; returns the pause. */
    Duration away(String reason) {
        outage.away(reason);
        return outage.pause().orElse(SHORTEST_PAUSE);
    }
}
