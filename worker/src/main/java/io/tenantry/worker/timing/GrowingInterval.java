package io.tenantry.worker.timing;

import java.time.Duration;

/**
 * An interval that doubles each time, up to a longest one. Immutable.
 *
 * @param current the interval now
 * @param longest it never grows beyond this
 */
public record GrowingInterval(Duration current, Duration longest) {
    /** The interval after this one. */
    public GrowingInterval next() {
        Duration doubled = current.multipliedBy(2);
        return new GrowingInterval(doubled.compareTo(longest) < 0 ? doubled : longest, longest);
    }
}
