package io.tenantry.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.flyway.PendingScript;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.HomeSession;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a migration of a home would do, without doing it. */
class PreviewIT {
    private EngineFixture engine;

    @BeforeEach
    void create() throws Exception {
        engine = new EngineFixture().with("V1__notes.sql", "CREATE TABLE note (id int);");
        engine.onboard(engine.catalog(), "acme");
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    @Test
    void showsThePendingScriptsWithTheValuesOfTheirPlaceholdersAndAppliesNone() throws Exception {
        engine.with("V2__owner.sql", """
                        -- whose
                        CREATE TABLE ${schema}.owner (name text DEFAULT '${tenant};x');
                        COMMENT ON TABLE owner IS '${flyway:defaultSchema} ${flyway:filename}';
                        """)
                .with("V3__index.sql", "CREATE INDEX CONCURRENTLY ON note (id);")
                .with("R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT '${flyway:table}' AS t;")
                .with("afterMigrate.sql", "SELECT 1;");
        List<String> before = contents();

        Preview.Scripts preview = pending(new Target.Latest());

        assertThat(preview.version()).isEqualTo("1");
        assertThat(preview.callbacks()).containsExactly("afterMigrate.sql");
        assertThat(preview.scripts())
                .extracting(PendingScript::script, PendingScript::version, PendingScript::inTransaction)
                .containsExactly(
                        tuple("V2__owner.sql", "2", true),
                        tuple("V3__index.sql", "3", false),
                        tuple("R__view.sql", null, true));
        assertThat(preview.scripts().get(0).statements())
                .containsExactly(
                        "-- whose\nCREATE TABLE tenant_acme.owner (name text DEFAULT 'acme;x')",
                        "COMMENT ON TABLE owner IS 'tenant_acme V2__owner.sql'");
        assertThat(preview.scripts().get(2).statements())
                .containsExactly("CREATE OR REPLACE VIEW v AS SELECT 'flyway_schema_history' AS t");
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void isReadOnlyAndLeavesASessionThatCanWriteAgain() throws Exception {
        try (HomeSession session = HomeSession.open(engine.server(), engine.home("acme"))) {
            new Migrator(engine.catalog()).preview(session, new Target.Latest());
            assertThat(readOnly(session)).isEqualTo("on");
        }
        try (HomeSession next = HomeSession.open(engine.server(), engine.home("acme"))) {
            assertThat(readOnly(next)).isEqualTo("off");
        }
    }

    @Test
    void endsAtTheTargetAndHasNothingToShowThere() throws Exception {
        engine.with("V2__a.sql", "SELECT 2;").with("V3__b.sql", "SELECT 3;");

        assertThat(pending(new Target.Version("2")).scripts())
                .extracting(PendingScript::script)
                .containsExactly("V2__a.sql");
        assertThat(pending(new Target.Version("1")).scripts()).isEmpty();
    }

    @Test
    void refusesWhatAWorkerWouldRefuse() throws Exception {
        engine.with("V2__a.sql", "SELECT 2;");
        engine.upgrade(engine.catalog(), "acme", "latest", null);

        assertThat(refused(new Target.Version("1")).error().code()).isEqualTo(ErrorCode.TARGET_BEHIND);
        assertThat(refused(new Target.Version("9")).error().code()).isEqualTo(ErrorCode.TARGET_UNKNOWN);
        engine.with("V1_5__late.sql", "SELECT 15;");
        assertThat(refused(new Target.Latest()).error().code()).isEqualTo(ErrorCode.OUT_OF_ORDER);
        engine.without("V1_5__late.sql").with("V1__notes.sql", "CREATE TABLE note (id bigint);");
        Preview.Refused changed = refused(new Target.Latest());
        assertThat(changed.version()).isEqualTo("2");
        assertThat(changed.error().code()).isEqualTo(ErrorCode.CHECKSUM_MISMATCH);
        assertThat(changed.error().migration()).isEqualTo("V1__notes.sql");
    }

    @Test
    void showsALateScriptWhereItIsAppliedOutOfOrder() throws Exception {
        engine.with("V2__a.sql", "SELECT 2;");
        engine.upgrade(engine.catalog(), "acme", "latest", null);
        engine.with("V1_5__late.sql", "SELECT 15;");

        assertThat(((Preview.Scripts) preview(engine.catalog().outOfOrder(true), new Target.Latest())).scripts())
                .extracting(PendingScript::script)
                .containsExactly("V1_5__late.sql");
    }

    @Test
    void saysWhyFlywayCannotRunAScript() throws Exception {
        engine.with("V2__a.sql", "SELECT '${nobody}';");

        PendingScript script = pending(new Target.Latest()).scripts().get(0);

        assertThat(script.fault()).contains("${nobody}");
        assertThat(script.statements()).isEmpty();
    }

    @Test
    void hasNoSqlOfAMigrationInJava() throws Exception {
        engine.withJava(V2_1__Settings.class);

        PendingScript script = pending(new Target.Latest()).scripts().get(0);

        assertThat(script.sql()).isFalse();
        assertThat(script.version()).isEqualTo("2.1");
    }

    @Test
    void showsAllScriptsForAHomeWithoutHistory() throws Exception {
        engine.execute("DROP TABLE tenant_acme.flyway_schema_history");

        Preview.Scripts preview = pending(new Target.Latest());

        assertThat(preview.version()).isNull();
        assertThat(preview.scripts()).extracting(PendingScript::script).containsExactly("V1__notes.sql");
    }

    @Test
    void goesOnAfterAScriptThatFailedOutsideATransactionAsAWorkerDoes() throws Exception {
        engine.with("V2__index.sql", "CREATE INDEX CONCURRENTLY note_id ON note (id);");
        engine.execute(
                "INSERT INTO tenant_acme.flyway_schema_history SELECT 2, '2', 'index', 'SQL', 'V2__index.sql', 0,"
                        + " current_user, now(), 1, false");

        assertThat(pending(new Target.Latest()).scripts())
                .extracting(PendingScript::script)
                .containsExactly("V2__index.sql");
    }

    private static String readOnly(HomeSession session) throws SQLException {
        return Sql.one(session.connection(), "SHOW transaction_read_only", row -> row.getString(1));
    }

    private List<String> contents() throws SQLException {
        return engine.query("SELECT relname FROM pg_class WHERE relnamespace = 'tenant_acme'::regnamespace UNION ALL"
                + " SELECT script FROM tenant_acme.flyway_schema_history ORDER BY 1");
    }

    private Preview.Scripts pending(Target target) throws IOException, SQLException {
        return (Preview.Scripts) preview(engine.catalog(), target);
    }

    private Preview.Refused refused(Target target) throws IOException, SQLException {
        return (Preview.Refused) preview(engine.catalog(), target);
    }

    private Preview preview(MigrationCatalog catalog, Target target) throws SQLException {
        try (HomeSession session = HomeSession.open(engine.server(), engine.home("acme"))) {
            return new Migrator(catalog).preview(session, target);
        }
    }
}
