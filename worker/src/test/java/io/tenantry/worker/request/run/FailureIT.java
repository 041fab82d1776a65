package io.tenantry.worker.request.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails is told from where it failed, and only the server's own answer makes an outage. */
@Order(5)
class FailureIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String RUNNING = "SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1.9)%' AND"
            + " application_name = 'bench' AND state = 'active' AND datname = current_database()";

    private Workbench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new Workbench(4, new SessionTimeouts(Duration.ofMillis(300), Duration.ofSeconds(2)));
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCommitThatFailsNamesItsScript(boolean planRun) throws Exception {
        bench.with(
                "V1__tree.sql",
                "CREATE TABLE node (id int PRIMARY KEY, parent int REFERENCES node DEFERRABLE INITIALLY DEFERRED);");
        signUp("bad");
        bench.execute("INSERT INTO tenant_bad.node VALUES (1, NULL), (2, 1)");
        bench.with("V2__fine.sql", "CREATE TABLE fine ();")
                .with("V3__shift.sql", "UPDATE node SET parent = parent + 1000;");

        TenantResult result = get((planRun ? bench.release() : bench.releaseWithoutPlans()).migrate("bad"));

        ResultError error = error(result);
        assertThat(error.migration()).isEqualTo("V3__shift.sql");
        assertThat(error.sqlState()).isEqualTo("23503");
        assertThat(error.message()).startsWith("V3__shift.sql failed");
        assertThat(bench.query("SELECT version FROM tenant_bad.flyway_schema_history ORDER BY installed_rank"))
                .containsExactly("1", "2");
    }

    /** The bench has no grace: without its parked signup the migration fails at once. */
    @Test
    void aMigrationWaitsForTheParkedSignupOfItsTenant() throws Exception {
        bench.with("V1__a.sql", "CREATE TABLE a (id int);");
        Workbench.Release release = bench.release();
        AtomicBoolean parked = new AtomicBoolean(true);
        CompletableFuture<TenantResult> behind = release.migrate("acme", parked::get);
        CompletableFuture<TenantResult> without = release.migrate("initech", parked::get);
        Await.until(PATIENCE, "both wait", () -> bench.waiting(WaitReason.UNKNOWN_TENANT) == 2);

        CompletableFuture<TenantResult> signup = release.signUp("acme");
        parked.set(false);

        assertThat(get(signup).outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(get(behind).outcome()).isEqualTo(Outcome.UP_TO_DATE);
        assertThat(error(get(without)).code()).isEqualTo(ErrorCode.UNKNOWN_TENANT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aScriptThatRunsTooLongIsNotRunAgainAndIsNamed(boolean planRun) throws Exception {
        bench.with("V1__a.sql", "CREATE TABLE a (id int); CREATE SEQUENCE runs;");
        signUp("acme");
        bench.execute("INSERT INTO tenant_acme.a VALUES (4711)");
        bench.with("V2__long.sql", "\n\nSELECT nextval('runs'), pg_sleep(60) FROM a WHERE id = 4711;");

        TenantResult result = get((planRun ? bench.release() : bench.releaseWithoutPlans()).migrate("acme"));

        ResultError error = error(result);
        assertThat(error.sqlState()).isEqualTo("57014");
        assertThat(error.migration()).isEqualTo("V2__long.sql");
        assertThat(error.line()).isEqualTo(3);
        assertThat(error.statement()).isEqualTo("SELECT nextval('runs'), pg_sleep(60) FROM a WHERE id = 4711");
        assertThat(error.message()).contains("worker.statement-timeout");
        assertThat(result.attempts()).isEqualTo(1);
        assertThat(bench.query("SELECT last_value FROM tenant_acme.runs")).containsExactly("1");
    }

    @Test
    void aScriptThatAnOperatorCancelsIsTriedAgain() throws Exception {
        bench.with("V1__a.sql", "CREATE TABLE a (id int);");
        signUp("acme");
        bench.execute("INSERT INTO tenant_acme.a VALUES (4711)");
        Workbench.Release release = bench.with("V2__wait.sql", "SELECT pg_sleep(60) FROM a WHERE id = 4711;")
                .release();
        CompletableFuture<TenantResult> request = release.migrate("acme");
        String sleeping = " FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND application_name = 'bench' AND"
                + " wait_event = 'PgSleep'";
        Await.until(
                PATIENCE,
                "it sleeps",
                () -> bench.query("SELECT 'true'" + sleeping).contains("true"));
        // The next attempt does not wait.
        bench.execute("DELETE FROM tenant_acme.a");
        assertThat(bench.query("SELECT pg_cancel_backend(pid)::text" + sleeping))
                .contains("true");

        TenantResult result = get(request);

        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result.attempts()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aScriptThatEndsItsOwnSessionIsNoOutage(boolean planRun) throws Exception {
        bench.with("V1__a.sql", "CREATE TABLE a (id int);");
        signUp("acme");
        bench.execute("INSERT INTO tenant_acme.a VALUES (1)");
        bench.with("V2__end.sql", "SELECT pg_terminate_backend(pg_backend_pid()) FROM a;");

        TenantResult result = get((planRun ? bench.release() : bench.releaseWithoutPlans()).migrate("acme"));

        assertThat(error(result).migration()).isEqualTo("V2__end.sql");
        assertThat(result.attempts()).isEqualTo(Workbench.ATTEMPTS);
        assertThat(bench.waits(WaitReason.SERVER_AWAY)).isZero();
    }

    /** Each time the server takes no writes afterwards, as one that recovers does not: it is waited for, and the try counts. */
    @Test
    void aSessionThatEndsUnderAScriptIsAnAttemptThoughTheServerIsAwayAfterwards() throws Exception {
        bench.with("V1__a.sql", "CREATE TABLE a (id int);");
        signUp("acme");
        bench.execute("INSERT INTO tenant_acme.a VALUES (4711)");
        CompletableFuture<TenantResult> request = bench.with(
                        "V2__crash.sql", "SELECT pg_sleep(1.9) FROM a WHERE id = 4711;")
                .release()
                .migrate("acme");
        for (int crash = 1; crash <= Workbench.ATTEMPTS; crash++) {
            Await.until(PATIENCE, "it runs", () -> !bench.query(RUNNING).isEmpty());
            bench.execute("ALTER DATABASE " + bench.database() + " SET default_transaction_read_only = on");
            endSessions();
            if (crash < Workbench.ATTEMPTS) {
                int waits = crash;
                Await.until(PATIENCE, "it waits", () -> bench.waits(WaitReason.SERVER_AWAY) >= waits);
                bench.execute(
                        "postgres", "ALTER DATABASE " + bench.database() + " RESET default_transaction_read_only");
            }
        }

        TenantResult result = get(request);

        assertThat(error(result).migration()).isEqualTo("V2__crash.sql");
        assertThat(result.attempts()).isEqualTo(Workbench.ATTEMPTS);
    }

    /** Whatever SQLSTATE a database refuses with, those of a server that is away included. */
    @ParameterizedTest
    @ValueSource(strings = {"57P03", "53300", "08006", "XX000"})
    void aDatabaseThatCannotBeConnectedToFailsItsOwnTenantAlone(String sqlState) throws Exception {
        bench.inDatabases().with("V1__a.sql", "CREATE TABLE a (id int);");
        signUp("acme");
        signUp("other");
        bench.execute(
                bench.databaseOf("acme"),
                "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'"
                        + " USING ERRCODE = '" + sqlState
                        + "'; END $$; CREATE EVENT TRIGGER refuse ON login EXECUTE FUNCTION refuse()");
        Workbench.Release release =
                bench.with("V2__b.sql", "CREATE TABLE b (id int);").release();

        CompletableFuture<TenantResult> request = release.migrate("acme");

        assertThat(get(release.migrate("other")).outcome()).isEqualTo(Outcome.COMPLETED);
        TenantResult result = get(request);
        assertThat(error(result).code()).isEqualTo(ErrorCode.SERVER_UNAVAILABLE);
        assertThat(error(result).sqlState()).isEqualTo(sqlState);
        assertThat(error(result).message()).contains(bench.databaseOf("acme"));
        assertThat(result.attempts()).isEqualTo(Workbench.ATTEMPTS);
        assertThat(bench.waits(WaitReason.SERVER_AWAY)).isZero();
    }

    /** Two statements, each shorter than statement_timeout, both together longer. */
    @Test
    void aLaterStatementThatAnOperatorCancelsIsTriedAgain() throws Exception {
        bench.with("V1__a.sql", "CREATE TABLE a (id int);");
        signUp("acme");
        bench.execute("INSERT INTO tenant_acme.a VALUES (4711)");
        Workbench.Release release = bench.with(
                        "V2__wait.sql",
                        "SELECT pg_sleep(1.5) FROM a WHERE id = 4711; SELECT pg_sleep(1.4) FROM a WHERE id = 4711;")
                .release();
        CompletableFuture<TenantResult> request = release.migrate("acme");
        Await.until(
                PATIENCE,
                "it is cancelled",
                () -> bench.query(
                                "SELECT pg_cancel_backend(pid)::text FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1.5)%'"
                                        + " AND application_name = 'bench' AND state = 'active' AND clock_timestamp() - query_start >"
                                        + " '2.2s'")
                        .contains("true"));

        assertThat(get(request).outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void aLockThatStaysEndsWithTheAttemptsAndNamesTheScript() throws Exception {
        bench.with("V1__a.sql", "CREATE TABLE a (id int);");
        signUp("acme");
        Workbench.Release release =
                bench.with("V2__b.sql", "ALTER TABLE a ADD COLUMN b int;").release();
        TenantResult result;
        try (Connection reader = bench.connect();
                Statement read = reader.createStatement()) {
            reader.setAutoCommit(false);
            read.execute("SELECT * FROM tenant_acme.a");
            result = get(release.migrate("acme"));
            reader.rollback();
        }

        assertThat(error(result).code()).isEqualTo(ErrorCode.LOCK_TIMEOUT);
        assertThat(error(result).migration()).isEqualTo("V2__b.sql");
        assertThat(error(result).line()).isEqualTo(1);
        assertThat(result.attempts()).isEqualTo(Workbench.ATTEMPTS);
    }

    /** Case 06, and the same for a server that becomes so while sessions to it are open. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aServerThatTakesNoWritesIsWaitedForByUpgradesAndSignups(boolean sessionsEnd) throws Exception {
        bench.with("V1__a.sql", "CREATE TABLE a (id int);");
        signUp("acme");
        Workbench.Release release =
                bench.with("V2__b.sql", "ALTER TABLE a ADD COLUMN b int;").release();
        bench.execute("ALTER DATABASE " + bench.database() + " SET default_transaction_read_only = on");
        endSessions();

        CompletableFuture<TenantResult> upgrade = release.migrate("acme");
        CompletableFuture<TenantResult> signup = release.signUp("other");
        Await.until(PATIENCE, "both wait", () -> bench.waiting(WaitReason.SERVER_AWAY) == 2);
        bench.execute("postgres", "ALTER DATABASE " + bench.database() + " RESET default_transaction_read_only");
        if (sessionsEnd) {
            endSessions();
        }

        assertThat(get(upgrade).outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(get(upgrade).attempts()).isEqualTo(1);
        assertThat(get(signup).outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(bench.serverIsAway()).isFalse();
    }

    @Test
    void aScriptThatForbidsItselfToWriteFailsAtOnce() throws Exception {
        bench.with("V1__a.sql", "CREATE TABLE a (id int);");
        signUp("acme");
        bench.execute("INSERT INTO tenant_acme.a VALUES (1)");
        bench.with(
                "V2__no.sql",
                "DO $$ BEGIN IF EXISTS (SELECT FROM a) THEN SET LOCAL transaction_read_only = on; END IF; END $$;"
                        + "\nCREATE TABLE b ();");

        TenantResult result = get(bench.release().migrate("acme"));

        assertThat(error(result).sqlState()).isEqualTo("25006");
        assertThat(error(result).migration()).isEqualTo("V2__no.sql");
        assertThat(result.attempts()).isEqualTo(1);
        assertThat(bench.waits(WaitReason.SERVER_AWAY)).isZero();
    }

    @Test
    void aHomeThatIsLockedByAnotherIsWaitedForWithoutAnAttempt() throws Exception {
        bench.with("V1__a.sql", "CREATE TABLE a (id int);");
        signUp("acme");
        Workbench.Release release =
                bench.with("V2__b.sql", "ALTER TABLE a ADD COLUMN b int;").release();
        CompletableFuture<TenantResult> request;
        try (Connection other = bench.connect();
                Statement lock = other.createStatement()) {
            lock.execute(
                    "SELECT pg_advisory_lock(('x' || substr(encode(sha256('tenant_acme'), 'hex'), 1, 16))::bit(64)::bigint)");
            request = release.migrate("acme");
            Await.until(PATIENCE, "it waits", () -> bench.waits(WaitReason.HOME_LOCKED) > 0);
        }

        assertThat(get(request).outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(get(request).attempts()).isEqualTo(1);
    }

    @Test
    void thirtyScriptsOutsideATransactionAreTriedOneAtATime() throws Exception {
        bench.with("V1__a.sql", "CREATE TABLE a (id int);");
        List<CompletableFuture<TenantResult>> signups = new ArrayList<>();
        Workbench.Release first = bench.release();
        for (int i = 0; i < 30; i++) {
            signups.add(first.signUp("t" + i));
        }
        for (CompletableFuture<TenantResult> signup : signups) {
            get(signup);
        }
        Workbench.Release release = bench.with("V2__index.sql", "CREATE INDEX CONCURRENTLY a_id ON a (id);")
                .release();
        countTries();
        List<CompletableFuture<TenantResult>> requests = new ArrayList<>();
        try (Connection other = bench.connect();
                Statement lock = other.createStatement()) {
            // As another worker does.
            lock.execute("SELECT pg_advisory_lock(x'74656e616e746f75'::bit(64)::bigint)");
            for (int i = 0; i < 30; i++) {
                requests.add(release.migrate("t" + i));
            }
            Await.until(PATIENCE, "all wait", () -> bench.waiting(WaitReason.ONE_AT_A_TIME) >= 29);
            // Each one tries once, and one of them again and again: the others take no session.
            String again =
                    "SELECT count(*) FROM public.tries WHERE home <> x'74656e616e746f75'::bit(64)::bigint GROUP BY home"
                            + " HAVING count(*) > ";
            Await.until(
                    PATIENCE, "one tries again", () -> !bench.query(again + 5).isEmpty());
            assertThat(bench.query(again + 1)).hasSize(1);
            assertThat(bench.query(again + 0)).hasSize(30);
            assertThat(bench.waits(WaitReason.ONE_AT_A_TIME)).isEqualTo(30);
        }
        for (CompletableFuture<TenantResult> request : requests) {
            assertThat(get(request).outcome()).isEqualTo(Outcome.COMPLETED);
        }
    }

    /** Each session that asks for a home's lock leaves a row. */
    private void countTries() throws Exception {
        bench.execute("CREATE TABLE public.tries (home bigint); CREATE FUNCTION public.pg_try_advisory_lock(key bigint)"
                + " RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.tries VALUES (key); RETURN"
                + " pg_catalog.pg_try_advisory_lock(key); END $$; ALTER DATABASE " + bench.database()
                + " SET search_path = public, pg_catalog");
        bench.server().closeConnections();
    }

    private void endSessions() throws Exception {
        bench.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND"
                + " application_name = 'bench'");
    }

    private void signUp(String tenant) throws Exception {
        assertThat(get(bench.release().signUp(tenant)).outcome()).isEqualTo(Outcome.COMPLETED);
    }

    private static TenantResult get(CompletableFuture<TenantResult> result) throws Exception {
        return result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static ResultError error(TenantResult result) {
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        return Objects.requireNonNull(result.error());
    }
}
