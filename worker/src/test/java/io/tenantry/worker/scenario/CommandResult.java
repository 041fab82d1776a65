package io.tenantry.worker.scenario;

import java.util.List;

/**
 * How a command ended.
 *
 * @param output what is on the screen: standard output and standard error
 */
public record CommandResult(int status, List<String> output) {}
