/** The registry for people: the whole fleet, single tenants and what became of their requests. Only reads. */
@NullMarked
package io.tenantry.worker.registry.overview;

import org.jspecify.annotations.NullMarked;
