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

    /** Whether nothing is in progress. */
    boolean isEmpty() {
        lock.lock();
        try {
            return in == out;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the items that are in progress now, and for no later ones; false if the time was over first. */
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
