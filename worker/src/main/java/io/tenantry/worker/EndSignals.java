package io.tenantry.worker;

import io.tenantry.worker.cli.ProcessSignals;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.Interruption.Signal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * SIGHUP, SIGINT and SIGTERM of this process. A command that takes them has 5 s to end by itself. After that, or with the
 * next signal, the process ends at once. A signal that was ignored when the process started, as under {@code nohup}, stays
 * ignored.
 */
final class EndSignals implements ProcessSignals {
    private static final Duration BEFORE_A_WORD = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** For shutdown hooks, which close what is open. */
    private static final Duration LAST_PATIENCE = Duration.ofSeconds(2);

    @Override
    public Runnable deliverTo(Interruption interruption) {
        Escalation escalation = new Escalation();
        interruption.listen(escalation::signal);
        Map<Signal, Object> before = new EnumMap<>(Signal.class);
        for (Signal signal : Signal.values()) {
            @Nullable Object handler = Signals.register(signal.name(), () -> interruption.signal(signal));
            if (handler != null) {
                before.put(signal, handler);
            }
        }
        return () -> {
            before.forEach((signal, handler) -> Signals.unregister(signal.name(), handler));
            escalation.end();
        };
    }

    /** What happens if the command does not end. */
    private static final class Escalation {
        private final AtomicBoolean begun = new AtomicBoolean();
        private final CountDownLatch ended = new CountDownLatch(1);

        void signal(Signal signal) {
            if (begun.getAndSet(true)) {
                Runtime.getRuntime().halt(signal.status());
            }
            Thread thread = new Thread(() -> hasten(signal), "end-after-signal");
            thread.setDaemon(true);
            thread.start();
        }

        void end() {
            ended.countDown();
        }

        private void hasten(Signal signal) {
            try {
                if (hasEnded(BEFORE_A_WORD)) {
                    return;
                }
                System.err.println("tenantry: this command ends after what it is doing now, within "
                        + PATIENCE.toSeconds() + " s; another Ctrl-C ends it at once");
                if (hasEnded(PATIENCE.minus(BEFORE_A_WORD))) {
                    return;
                }
                System.err.println(
                        "tenantry: ended in the middle of what it was doing. What this command has reported is"
                                + " done; the rest may be done or not");
                Thread exit = new Thread(() -> System.exit(signal.status()), "exit-after-signal");
                exit.setDaemon(true);
                exit.start();
                exit.join(LAST_PATIENCE.toMillis());
                Runtime.getRuntime().halt(signal.status());
            } catch (InterruptedException unexpected) {
                Thread.currentThread().interrupt();
            }
        }

        private boolean hasEnded(Duration atMost) throws InterruptedException {
            return ended.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
        }
    }
}
