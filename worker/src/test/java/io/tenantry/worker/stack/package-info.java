/** The development stack: real Kafka and PostgreSQL servers for tests and the demo, started and stopped with the run. */
@NullMarked
package io.tenantry.worker.stack;

import org.jspecify.annotations.NullMarked;
