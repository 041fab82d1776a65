package io.tenantry.worker.engine.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far all attempts of a request have brought a home.
 *
 * @param from the version when the request first met the home; null if there was none
 * @param to the version now; null if there is none
 * @param applied versions in the order in which they were applied
 */
public record Progress(@Nullable String from, @Nullable String to, List<String> applied) {}
