/** Records of the request topics: every accepted form, every refused one, and repeats. */
@NullMarked
package io.tenantry.worker.input;

import org.jspecify.annotations.NullMarked;
