package io.tenantry.worker.registry.lease;

import io.tenantry.worker.scenario.Deployment;
import java.time.Duration;

/**
 * Steps the clock of a deployment's registry. PostgreSQL's clock is the machine's, so functions of the same names stand
 * before those of pg_catalog in the search path of the database, for sessions that begin from now on.
 *
 * @see <a href="https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-CATALOG">pg_catalog in the path</a>
 */
final class SteppingClock {
    private final Deployment deployment;

    private SteppingClock(Deployment deployment) {
        this.deployment = deployment;
    }

    static SteppingClock of(Deployment deployment) {
        deployment.executeInRegistry("CREATE SCHEMA stepping; CREATE TABLE stepping.step (by interval);"
                + " INSERT INTO stepping.step VALUES ('0');"
                + function("clock_timestamp", "VOLATILE")
                + function("now", "STABLE")
                + "ALTER DATABASE \"" + deployment.controlDatabase()
                + "\" SET search_path = stepping, pg_catalog, public");
        return new SteppingClock(deployment);
    }

    private static String function(String name, String volatility) {
        return "CREATE FUNCTION stepping." + name + "() RETURNS timestamptz LANGUAGE sql " + volatility
                + " AS 'SELECT pg_catalog." + name + "() + by FROM stepping.step';";
    }

    /** Forward, or back by a negative duration. */
    void step(Duration by) {
        deployment.executeInRegistry("UPDATE stepping.step SET by = by + " + by.toMillis() + " * interval '1 ms'");
    }
}
