package io.tenantry.worker.intake.offsets;

/**
 * What of a partition can be read.
 *
 * @param start the first offset; 0 if it was not asked for, because everything has been read
 * @param end the offset after the last record that no open transaction holds back
 */
public record LogRange(long start, long end) {}
