/** Template databases, of which the databases of new tenants are copies. */
@NullMarked
package io.tenantry.worker.engine.template;

import org.jspecify.annotations.NullMarked;
