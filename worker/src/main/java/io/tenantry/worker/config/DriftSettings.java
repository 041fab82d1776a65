package io.tenantry.worker.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a worker compares homes when nobody asks.
 *
 * @param sweep how long all homes may take to be compared once; null: no sweep
 * @param homesPerSecond the most homes that one worker compares for the sweep
 */
public record DriftSettings(@Nullable Duration sweep, int homesPerSecond) {}
