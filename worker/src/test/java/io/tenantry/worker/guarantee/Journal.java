package io.tenantry.worker.guarantee;

import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.Migrations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the tenants' own database notes of each migration: when it began and ended, for which worker, and, what no
 * rollback takes back, how often it was begun and whether another one was at work on the same tenant.
 */
final class Journal {
    /** The name of the session that wrote it, and when. */
    record Upgrade(String worker, Instant begun) {}

    static final String DATABASE = "users";

    private static final String SQL = """
            CREATE SCHEMA guarantee;
            GRANT USAGE ON SCHEMA guarantee TO PUBLIC;
            ALTER DEFAULT PRIVILEGES IN SCHEMA guarantee GRANT ALL ON TABLES TO PUBLIC;
            ALTER DEFAULT PRIVILEGES IN SCHEMA guarantee GRANT ALL ON SEQUENCES TO PUBLIC;
            CREATE SEQUENCE guarantee.overlaps;
            CREATE TABLE guarantee.pace (home text PRIMARY KEY, seconds float8 NOT NULL);
            CREATE TABLE guarantee.held (home text PRIMARY KEY);
            CREATE FUNCTION guarantee.journal()
            RETURNS TABLE (home text, version int, worker text, begun timestamptz, ended timestamptz) LANGUAGE plpgsql AS $$
            DECLARE
              place text;
            BEGIN
              FOR place IN SELECT relnamespace::regnamespace::text FROM pg_class WHERE relname = 'journal' AND relkind = 'r' LOOP
                RETURN QUERY EXECUTE format('SELECT %L, * FROM %s.journal', place, place);
              END LOOP;
            END $$;
            CREATE FUNCTION guarantee.step(version int, usual float8) RETURNS void LANGUAGE plpgsql AS $$
            DECLARE
              begun timestamptz := clock_timestamp();
              starts regclass := to_regclass(format('guarantee.%I', current_schema() || '_' || version));
            BEGIN
              -- A transaction that is killed gives the lock back; a sequence remembers what is rolled back.
              IF NOT pg_try_advisory_xact_lock(hashtextextended(current_schema(), 77)) THEN
                PERFORM nextval('guarantee.overlaps');
              END IF;
              IF starts IS NOT NULL THEN
                PERFORM nextval(starts);
              END IF;
              -- Where a worker tries scripts out before it starts, nobody waits.
              PERFORM pg_sleep(coalesce(
                (SELECT seconds FROM guarantee.pace WHERE home = current_schema()),
                CASE WHEN current_schema() LIKE 'tenantry%' THEN 0 ELSE usual END));
              WHILE EXISTS (SELECT FROM guarantee.held WHERE home = current_schema()) LOOP
                PERFORM pg_sleep(0.05);
              END LOOP;
              INSERT INTO journal VALUES (version, current_setting('application_name'), begun, clock_timestamp());
            END $$;
            """;

    /** In each home, since scripts may not write outside it. */
    private static final String JOURNAL =
            "CREATE TABLE journal (version int, worker text, begun timestamptz, ended timestamptz);\n";

    private final Deployment deployment;

    private Journal(Deployment deployment) {
        this.deployment = deployment;
    }

    /** Prepares the database, and a first migration without a pause. */
    static Journal in(Deployment deployment) {
        deployment.execute(SQL);
        deployment.database(DATABASE).with("V1__account.sql", JOURNAL + script(1, Duration.ZERO));
        return new Journal(deployment);
    }

    /** Adds versions 2 to 4, each of which takes this long. */
    void addUpgrades(Duration step) {
        Migrations migrations = deployment.database(DATABASE);
        for (int version = 2; version <= 4; version++) {
            migrations.with("V" + version + "__upgrade.sql", script(version, step));
        }
    }

    private static String script(int version, Duration step) {
        return String.format(
                Locale.ROOT,
                "SELECT guarantee.step(%d, %f);%nCREATE TABLE account_%d (id int PRIMARY KEY, name text);%n",
                version,
                step.toMillis() / 1000.0,
                version);
    }

    /** From now on counts how often the upgrades of these tenants are begun. */
    void countStarts(List<String> tenants) {
        StringBuilder sql = new StringBuilder("DO $$ BEGIN\n");
        for (String tenant : tenants) {
            for (int version = 2; version <= 4; version++) {
                sql.append("CREATE SEQUENCE guarantee.\"")
                        .append(home(tenant))
                        .append('_')
                        .append(version)
                        .append("\";\n");
            }
        }
        deployment.execute(sql.append("END $$").toString());
    }

    /** No migration of this tenant ends until {@link #release}. */
    void hold(String tenant) {
        deployment.execute("INSERT INTO guarantee.held VALUES ('" + home(tenant) + "')");
    }

    /** The migrations of this tenant may end. */
    void release(String tenant) {
        deployment.execute("DELETE FROM guarantee.held WHERE home = '" + home(tenant) + "'");
    }

    /** Each migration of this tenant takes this long. */
    void slow(String tenant, Duration step) {
        deployment.execute(String.format(
                Locale.ROOT, "INSERT INTO guarantee.pace VALUES ('%s', %f)", home(tenant), step.toMillis() / 1000.0));
    }

    /** Whether a migration of this tenant is in progress. */
    boolean isAtWork(String tenant) {
        return worksOn(tenant).isPresent();
    }

    /** The name of the session that is in the middle of a migration of this tenant. */
    Optional<String> worksOn(String tenant) {
        return deployment
                .query("SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE datname ="
                        // Other trials on this server have a tenant of this name as well.
                        + " current_database() AND locktype = 'advisory' AND granted AND objsubid = 1 AND"
                        + " (classid::bigint << 32 | objid::bigint) = hashtextextended('" + home(tenant) + "', 77)")
                .stream()
                .findFirst();
    }

    /**
     * Sessions of other workers that are at work in this tenant's schema. One that only finds the lock taken is done within a
     * moment, and idle with that text; one that got past it stays, because the journal holds it.
     */
    int othersInside(String tenant, String worker) {
        return number("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'tenantry %' AND"
                + " application_name <> '" + worker + "' AND datname = current_database() AND state <>"
                + " 'idle' AND clock_timestamp() - query_start > interval '1 s' AND query LIKE '%" + home(tenant)
                + "%'");
    }

    /** Times that two were at work on one tenant, and migrations that do not follow the one before; not of scratch homes. */
    int overlaps() {
        return number("SELECT (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM guarantee.overlaps) + (SELECT"
                + " count(*) FROM guarantee.journal() a JOIN guarantee.journal() b ON a.home = b.home AND a.version <"
                + " b.version AND a.ended > b.begun WHERE a.home LIKE '" + DATABASE + "\\_%')");
    }

    /** Migrations that were applied to a tenant more than once. */
    int appliedTwice() {
        return number("SELECT count(*) FROM (SELECT FROM guarantee.journal() WHERE home LIKE '" + DATABASE
                + "\\_%' GROUP BY home, version HAVING count(*) > 1) AS repeated");
    }

    /** Upgrades that were begun and did not come to an end: work that was done again. */
    int begunAgain() {
        return number("SELECT coalesce(sum(last_value), 0) - (SELECT count(*) FROM guarantee.journal() WHERE"
                + " to_regclass(format('guarantee.%I', home || '_' || version)) IS NOT NULL) FROM pg_sequences WHERE"
                + " schemaname = 'guarantee' AND sequencename LIKE '" + DATABASE + "\\_%'");
    }

    /** The upgrades of this tenant, in the order in which they were begun. */
    List<Upgrade> upgrades(String tenant) {
        return deployment
                .query("SELECT worker || '|' || to_char(begun AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                        + " FROM guarantee.journal() WHERE version > 1 AND home = '" + home(tenant)
                        + "' ORDER BY begun")
                .stream()
                .map(row -> new Upgrade(
                        row.substring(0, row.indexOf('|')), Instant.parse(row.substring(row.indexOf('|') + 1))))
                .toList();
    }

    private int number(String sql) {
        return Integer.parseInt(deployment.query(sql).get(0));
    }

    static String home(String tenant) {
        return DATABASE + "_" + tenant;
    }
}
