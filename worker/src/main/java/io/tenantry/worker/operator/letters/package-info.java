/** Dead letters for an operator: reads them, says what became of their requests, sends them again. */
@NullMarked
package io.tenantry.worker.operator.letters;

import org.jspecify.annotations.NullMarked;
