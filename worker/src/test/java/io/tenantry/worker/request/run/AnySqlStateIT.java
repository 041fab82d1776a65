package io.tenantry.worker.request.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.guarantee.Scale;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.scenario.SqlStates;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever SQLSTATE a script raises, in whatever way it runs: its request ends, and nobody waits for the server. At small
 * size only plans meet all of them.
 */
@Tag("guarantee")
@Order(9)
class AnySqlStateIT {
    /** What Flyway, PostgreSQL, the driver and our plans say of other failures, in two languages: nobody reads it. */
    private static final String MISLEADING =
            "Unable to parse statement in V1__wanted.sql at line 7 col 1. See https://localhost/ for more information."
                    + " FATAL: terminating connection due to administrator command. ERROR: canceling statement due to lock"
                    + " timeout. ERROR: cannot execute INSERT in a read-only transaction. Connection reset by peer."
                    + " FEHLER: Sperre konnte nicht gesetzt werden »tenantry:busy« »tenantry:changed«";

    /** Raises what it finds in the tenant's data, if there is any. */
    static final String RAISE =
            "DO $$ DECLARE state text; BEGIN SELECT code INTO state FROM wanted; IF state IS NOT NULL THEN"
                    + " RAISE EXCEPTION '" + MISLEADING + " %', pg_catalog.current_query() USING ERRCODE = state;"
                    + " END IF; END $$;";

    /** lock_not_available, serialization_failure, deadlock_detected, query_canceled; insufficient resources. */
    private static final Set<String> TRIED_AGAIN =
            Set.of("55P03", "40001", "40P01", "57014", "53000", "53100", "53200", "53300", "53400");

    private static final long PATIENCE_SECONDS = 120;

    private static Workbench bench;

    @BeforeAll
    static void signUpATenantForEachState() throws Exception {
        bench = new Workbench();
        bench.with("V1__wanted.sql", "CREATE TABLE wanted (code text);");
        Map<String, CompletableFuture<TenantResult>> signups = new LinkedHashMap<>();
        Workbench.Release first = bench.release();
        SqlStates.all().forEach(state -> signups.put(state, first.signUp(tenant(state))));
        for (CompletableFuture<TenantResult> signup : signups.values()) {
            assertThat(signup.get(PATIENCE_SECONDS, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.COMPLETED);
        }
        StringBuilder sql = new StringBuilder();
        for (String state : SqlStates.all()) {
            sql.append("INSERT INTO tenant_" + tenant(state) + ".wanted VALUES ('" + state + "');");
        }
        bench.execute(sql.toString());
    }

    @AfterAll
    static void close() throws Exception {
        bench.close();
    }

    @Test
    void byPlan() throws Exception {
        bench.with("V2__raise.sql", RAISE);
        everyRequestEnds(SqlStates.all(), bench.release(), "V2__raise.sql");
        bench.without("V2__raise.sql");
    }

    @Test
    void byFlyway() throws Exception {
        bench.with("V2__raise.sql", RAISE);
        everyRequestEnds(many(), bench.releaseWithoutPlans(), "V2__raise.sql");
        bench.without("V2__raise.sql");
    }

    @Test
    void outsideATransaction() throws Exception {
        bench.with("V2__raise.sql", RAISE).with("V2__raise.sql.conf", "executeInTransaction=false");
        everyRequestEnds(many(), bench.release(), "V2__raise.sql");
        bench.without("V2__raise.sql").without("V2__raise.sql.conf");
        bench.execute("DO $$ DECLARE home text; BEGIN FOR home IN SELECT nspname FROM pg_namespace WHERE nspname LIKE"
                + " 'tenant\\_%' LOOP EXECUTE format('DELETE FROM %I.flyway_schema_history WHERE NOT success', home); END"
                + " LOOP; END $$");
    }

    @Test
    void inJava() throws Exception {
        everyRequestEnds(many(), bench.release(V2__Raise.class.getName()), V2__Raise.class.getName());
    }

    private static Collection<String> many() {
        return Scale.isFull() ? SqlStates.all() : SqlStates.ofEachClass();
    }

    private static void everyRequestEnds(Collection<String> states, Workbench.Release release, String script)
            throws Exception {
        Map<String, CompletableFuture<TenantResult>> requests = new LinkedHashMap<>();
        states.forEach(state -> requests.put(state, release.migrate(tenant(state))));
        for (Map.Entry<String, CompletableFuture<TenantResult>> request : requests.entrySet()) {
            String state = request.getKey();
            TenantResult result = request.getValue().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(result.outcome()).as(state).isEqualTo(Outcome.FAILED);
            ResultError error = Objects.requireNonNull(result.error());
            // PL/pgSQL takes no success for an exception.
            assertThat(error.sqlState()).as(error.message()).isEqualTo(state.equals("00000") ? "P0001" : state);
            assertThat(error.migration()).as(state).isEqualTo(script);
            assertThat(error.code())
                    .as(state)
                    .isEqualTo(state.equals("55P03") ? ErrorCode.LOCK_TIMEOUT : ErrorCode.MIGRATION_FAILED);
            assertThat(result.attempts())
                    .as("attempts of " + state)
                    .isLessThanOrEqualTo(TRIED_AGAIN.contains(state) ? Workbench.ATTEMPTS : 1);
            assertThat(result.databases().get(0).to()).as(state).isEqualTo("1");
        }
        assertThat(bench.waits(WaitReason.SERVER_AWAY)).isZero();
        assertThat(bench.serverIsAway()).isFalse();
    }

    private static String tenant(String state) {
        return "t" + state.toLowerCase(Locale.ROOT);
    }
}
