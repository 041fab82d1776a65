package io.tenantry.worker.settle;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts what is on its way, and lets somebody wait until nothing is. */
final class Backlog {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition empty = lock.newCondition();
    private int size;

    void add() {
        lock.lock();
        try {
            size++;
        } finally {
            lock.unlock();
        }
    }

    void remove(int count) {
        lock.lock();
        try {
            size -= count;
            if (size == 0) {
                empty.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** False if the time was over first. */
    boolean awaitEmpty(Duration atMost) {
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (size > 0 && left > 0) {
                left = empty.awaitNanos(left);
            }
            return size == 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
