package io.tenantry.worker.settle;

import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.telemetry.Outage;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Repeats calls of the registry while it is away, with its outage's pauses. For the settler's thread alone. */
final class RegistryCalls {
    /** Something that the registry is asked to do. */
    interface Call<T> {
        T run() throws SQLException;
    }

    /** The registry refuses what it was sent, or the call has a bug: the same call fails again. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(Throwable cause) {
            super(cause.getMessage(), cause);
        }
    }

    private final Outage outage;
    private final BooleanSupplier closed;

    /**
     * @param outage of the registry
     * @param closed whether to give up
     */
    RegistryCalls(Outage outage, BooleanSupplier closed) {
        this.outage = outage;
        this.closed = closed;
    }

    /**
     * Calls until the registry answers.
     *
     * @return empty if the settler was closed first
     * @throws RefusedException if another call would be refused too; the cause is the failure
     */
    <T> Optional<T> untilAnswered(Call<T> call) throws RefusedException, InterruptedException {
        while (!closed.getAsBoolean()) {
            try {
                T answer = call.run();
                outage.back();
                return Optional.of(answer);
            } catch (OutOfMemoryError | LinkageError broken) {
                throw broken;
            } catch (SQLException | RuntimeException | Error failure) {
                if (SqlFailure.isAboutTheData(failure)) {
                    throw new RefusedException(failure);
                }
                outage.away(String.valueOf(failure.getMessage()));
                Thread.sleep(outage.pause().orElse(Duration.ZERO).toMillis());
            }
        }
        return Optional.empty();
    }
}
