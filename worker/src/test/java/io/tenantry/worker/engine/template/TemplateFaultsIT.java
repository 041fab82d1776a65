package io.tenantry.worker.engine.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.StartLog;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.scenario.SqlStates;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scripts that fail, or set a comment, while a template is made: there is no template, and nobody waits for one. */
class TemplateFaultsIT {
    /** The message is what a server says that goes away. */
    private static final String RAISE =
            "DO $$ BEGIN RAISE EXCEPTION 'terminating connection due to administrator command' USING ERRCODE ="
                    + " current_setting('test.state'); END $$;";

    private EngineFixture engine;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture();
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    /** One draft for all states: what a script does before it fails is rolled back. */
    @Test
    void whateverSqlStateAScriptRaisesTheScriptIsAtFault() throws Exception {
        MigrationCatalog catalog =
                engine.with("V1__a.sql", "CREATE TABLE a (id int); " + RAISE).catalog();
        String name = template(catalog).name();
        try (TemplateDraft draft = TemplateDraft.begin(engine.server(), name).orElseThrow()) {
            String temporary = databases(name).get(0);
            for (String state : SqlStates.ofEachClass()) {
                engine.execute("ALTER DATABASE " + temporary + " SET test.state = '" + state + "'");

                assertThatThrownBy(() -> draft.migrate(catalog))
                        .as(state)
                        .isInstanceOf(MigrationsRefusedException.class)
                        .hasMessageContaining(state.equals("00000") ? "P0001" : state);
            }
        }
        assertThat(databases(name)).isEmpty();
    }

    @Test
    void aTemplateWhoseScriptFailedIsNotTriedAgain() throws Exception {
        engine.with("V1__a.sql", RAISE.replace("current_setting('test.state')", "'57P01'"));
        TemplateDatabase template = template(engine.catalog());
        assertThatThrownBy(template::make).isInstanceOf(MigrationsRefusedException.class);

        template.make();

        assertThat(databases(template.name())).isEmpty();
    }

    /** Of the database that is made a copy of, or of the copy: it cannot be both. */
    @Test
    void aScriptThatSetsTheCommentOfItsDatabaseLeavesNoTemplate() throws Exception {
        engine.with(
                "V1__a.sql",
                "DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS ''ours''', current_database()); END $$;");
        TemplateDatabase template = template(engine.catalog());
        try (StartLog log = new StartLog()) {
            template.make();

            assertThat(log.warnings()).singleElement().asString().contains("or a comment of the database itself");
        }
        assertThat(databases(template.name())).isEmpty();
    }

    private TemplateDatabase template(MigrationCatalog catalog) {
        return new TemplateDatabase(engine.server(), catalog, engine.owner());
    }

    private List<String> databases(String prefix) throws Exception {
        return engine.query("SELECT datname FROM pg_database WHERE starts_with(datname, '" + prefix + "')");
    }
}
