package io.tenantry.worker.lane;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Runs one attempt of a task, on the thread of its lane. Whatever the task throws counts as a failed attempt, and its
 * lane goes on. Only errors after which the process must not go on are passed on.
 */
final class AttemptRunner {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptRunner.class);

    private final Backoff backoff;

    AttemptRunner(Backoff backoff) {
        this.backoff = backoff;
    }

    /** What happens next: the end of the task, or a wait, which may be the one before the next attempt. */
    NextAction run(Lane.Queued queued) {
        try {
            NextAction action = run(queued.task);
            return action instanceof NextAction.Retry failure ? afterFailure(queued, failure.cause()) : action;
        } finally {
            // The thread goes on with the task of another lane.
            MDC.clear();
        }
    }

    private static NextAction run(Task task) {
        try {
            MDC.setContextMap(task.logFields());
            if (task.wanted()) {
                return task.run();
            }
            task.abandoned();
            return new NextAction.Finished();
        } catch (RuntimeException bug) {
            LOG.error("a task of lane {} ended with an exception; it counts as a failed attempt", task.lane(), bug);
            return new NextAction.Retry(bug);
        } catch (OutOfMemoryError | LinkageError broken) {
            throw broken;
        } catch (Error own) {
            // For example a stack overflow in one tenant's script: the other lanes are not affected.
            LOG.error("a task of lane {} ended with an error; it counts as a failed attempt", task.lane(), own);
            return new NextAction.Retry(new IllegalStateException(own.toString(), own));
        }
    }

    private NextAction afterFailure(Lane.Queued queued, Exception cause) {
        queued.failed++;
        tellFailed(queued.task);
        Optional<Duration> delay = backoff.delayAfter(queued.failed);
        if (delay.isPresent()) {
            Wait wait = new Wait(WaitReason.NEXT_ATTEMPT, String.valueOf(cause.getMessage()));
            return new NextAction.Snooze(delay.get(), wait);
        }
        end(queued, cause);
        return new NextAction.Finished();
    }

    private static void tellFailed(Task task) {
        try {
            task.failed();
        } catch (OutOfMemoryError | LinkageError broken) {
            throw broken;
        } catch (RuntimeException | Error bug) {
            LOG.error("a task of lane {} could not note its failed attempt; its lane goes on", task.lane(), bug);
        }
    }

    private static void end(Lane.Queued queued, Exception cause) {
        try {
            queued.task.exhausted(cause, queued.failed);
        } catch (OutOfMemoryError | LinkageError broken) {
            throw broken;
        } catch (RuntimeException | Error bug) {
            LOG.error(
                    "a task of lane {} could not be ended; its request has no outcome until its record is read again, and"
                            + " its lane goes on",
                    queued.task.lane(),
                    bug);
        }
    }
}
