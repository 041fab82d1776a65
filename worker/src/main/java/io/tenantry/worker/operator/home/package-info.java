/** What a command does at the tenants' own homes, with one leased connection of each server. */
@NullMarked
package io.tenantry.worker.operator.home;

import org.jspecify.annotations.NullMarked;
