package io.tenantry.worker.operator;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether somebody wants this command to end before its time. From {@link #arm} on a signal does not end the process:
 * it is known here, and the command ends by itself, between two of the things that it works on. Safe for use by many
 * threads.
 */
public final class Interruption implements AutoCloseable {
    /** What asks a command to end. */
    public enum Signal {
        /** The terminal was closed. */
        HUP(1),
        /** Ctrl-C. */
        INT(2),
        TERM(15);

        private final int number;

        Signal(int number) {
            this.number = number;
        }

        /** The exit status that a shell shows for a process that this signal has ended. */
        public int status() {
            return 128 + number;
        }
    }

    private final Function<Interruption, Runnable> delivery;
    private final AtomicReference<@Nullable Signal> first = new AtomicReference<>();
    private final List<Consumer<Signal>> listeners = new CopyOnWriteArrayList<>();
    private @Nullable Runnable endOfDelivery;

    /** @param delivery lets {@link #signal} be called with the signals of the process, until what it returns is run */
    public Interruption(Function<Interruption, Runnable> delivery) {
        this.delivery = delivery;
    }

    /** One that no signal reaches. */
    public static Interruption never() {
        return new Interruption(interruption -> () -> {});
    }

    /** From now on this command ends by itself; calling it again changes nothing. */
    public synchronized void arm() {
        if (endOfDelivery == null) {
            endOfDelivery = delivery.apply(this);
        }
    }

    /** A signal has come. */
    public void signal(Signal signal) {
        first.compareAndSet(null, signal);
        listeners.forEach(listener -> listener.accept(signal));
    }

    /**
     * Calls this with each signal from now on, and with the first one at once if it has come already; one that comes at
     * this moment may be told twice.
     */
    public void listen(Consumer<Signal> listener) {
        listeners.add(listener);
        Signal known = first.get();
        if (known != null) {
            listener.accept(known);
        }
    }

    /** Whether a signal has come. */
    public boolean isRequested() {
        return first.get() != null;
    }

    /**
     * What a command throws that ends because of the signal.
     *
     * @param message what was done, what was not, and what to do next
     */
    public CommandInterruptedException failure(String message) {
        Signal signal = first.get();
        return new CommandInterruptedException(message, (signal == null ? Signal.INT : signal).status());
    }

    /** Signals end the process again. */
    @Override
    public synchronized void close() {
        if (endOfDelivery != null) {
            endOfDelivery.run();
            endOfDelivery = null;
        }
    }
}
