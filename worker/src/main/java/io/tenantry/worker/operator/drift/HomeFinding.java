package io.tenantry.worker.operator.drift;

import io.tenantry.worker.drift.check.Verdict;
import io.tenantry.worker.registry.overview.HomePlace;

/** What was seen of one home. */
public record HomeFinding(HomePlace home, Verdict verdict) {}
