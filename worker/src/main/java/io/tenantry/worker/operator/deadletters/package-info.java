/** Dead letters for an operator: reads them, says what became of their requests, sends them again. */
@NullMarked
package io.tenantry.worker.operator.deadletters;

import org.jspecify.annotations.NullMarked;
