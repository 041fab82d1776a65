/** Wires the parts of the worker, and handles signals. */
@NullMarked
package io.tenantry.worker;

import org.jspecify.annotations.NullMarked;
