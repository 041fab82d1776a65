/**
 * Tries scripts on a scratch home at the start: which of them have plans, and what reaches outside a tenant's schema.
 *
 * <p>PlanVerifier has a CatalogTrial try all scripts of a database: PlanCandidates judges their texts, SchemaBoundaryCheck
 * runs them in one transaction (ScriptTrial) for what they touch, and PathVerifier compares plans with Flyway along a path
 * from an empty home. A PathTrial is one try of a path: ReferenceRun by Flyway, PlannedRun by plans, SingleTransactionRun as for a new
 * home; SampleRowsRun and RowsTrial try scripts that may meet rows.
 *
 * <p>Rehearsal tries scripts before a release, for {@code verify}: the same trials, then a RehearsalWalk by Flyway along each
 * path, with rows (WalkRows) and measurements (WalkHazards); RepeatedScripts and UnquotedNames follow. TrialStop ends it.
 */
@NullMarked
package io.tenantry.worker.engine.proof;

import org.jspecify.annotations.NullMarked;
