package io.tenantry.worker.settle;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts items in progress, first in, first out, and lets a caller wait until all present items have passed. */
final class Backlog {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition passed = lock.newCondition();
    private long in;
    private long out;

    void add() {
        lock.lock();
        try {
            in++;
        } finally {
            lock.unlock();
        }
    }

    void remove(int count) {
        lock.lock();
        try {
            out += count;
            passed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing is on its way. */
    boolean isEmpty() {
        lock.lock();
        try {
            return in == out;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for what is on its way now, and for nothing that comes later; false if the time was over first. */
    boolean awaitPassed(Duration atMost) {
        lock.lock();
        try {
            long goal = in;
            long left = atMost.toNanos();
            while (out < goal && left > 0) {
                left = passed.awaitNanos(left);
            }
            return out >= goal;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
