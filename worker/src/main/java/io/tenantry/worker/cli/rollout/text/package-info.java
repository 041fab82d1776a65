/** What a rollout looks like to people, and in JSON. */
@NullMarked
package io.tenantry.worker.cli.rollout.text;

import org.jspecify.annotations.NullMarked;
