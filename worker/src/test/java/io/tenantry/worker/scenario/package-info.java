/** A deployment of the worker on the real servers, for one test, in the words of its users. */
@NullMarked
package io.tenantry.worker.scenario;

import org.jspecify.annotations.NullMarked;
