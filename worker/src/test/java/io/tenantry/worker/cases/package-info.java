/** Cases after public bug reports, each with the input that was seen to fail. */
@NullMarked
package io.tenantry.worker.cases;

import org.jspecify.annotations.NullMarked;
