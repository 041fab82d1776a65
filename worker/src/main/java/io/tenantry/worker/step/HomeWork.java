package io.tenantry.worker.step;

import io.tenantry.worker.postgres.Server;
import io.tenantry.worker.postgres.TenantHome;
import java.util.List;

/**
 * What is to be done on one home.
 *
 * @param steps in order; the first that is refused ends them
 */
record HomeWork(TenantHome home, Server server, List<Step> steps) {}
