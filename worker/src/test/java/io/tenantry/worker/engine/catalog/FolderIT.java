package io.tenantry.worker.engine.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.history.MigrationResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A folder of migrations is for a worker what it is for Flyway itself. */
class FolderIT {
    private EngineFixture engine;

    @BeforeEach
    void start() throws Exception {
        engine = new EngineFixture();
    }

    @AfterEach
    void stop() throws Exception {
        engine.close();
    }

    @Test
    void isReadAsFlywayReadsIt() throws Exception {
        engine.with("V1__a.sql", "CREATE TABLE a (t text);")
                .with("V2__B.SQL", "CREATE TABLE b (id int);\r\nSELECT 1;\r\n")
                .with("2024/q3/V3__c.sql", "\ufeffCREATE TABLE c (id int);")
                .with("V4.sql", "SELECT 1;")
                .with("V4_1.Sql", "SELECT 1;")
                .with("V5__latin.sql", "INSERT INTO a VALUES ('Köln');".getBytes(StandardCharsets.ISO_8859_1))
                .with("V5__latin.sql.conf", "encoding=ISO-8859-1")
                .with("V6__outside.sql", "CREATE INDEX CONCURRENTLY i ON b (id);")
                .with("V7__utf16.sql", "INSERT INTO a VALUES ('Łódź');".getBytes(StandardCharsets.UTF_16))
                .with("V7__utf16.sql.conf", "encoding = UTF-16\nexecuteInTransaction=true")
                .with("V8__alone.sql", "VACUUM;")
                .with("V8__alone.SQL.CONF", "executeInTransaction=false")
                .with("V9__raw.sql", "INSERT INTO a VALUES ('${nobody}');")
                .with("V9__raw.sql.conf", "placeholderReplacement=false")
                .with("V-1__minus.sql", "SELECT 1;")
                .with("R__view.SQL", "CREATE OR REPLACE VIEW v AS SELECT 1 AS one;")
                .with("U1__a.sql", "DROP TABLE a;")
                .with("fixtures/demo.sql", "INSERT INTO nowhere VALUES (1);")
                .with("Views.sql", "SELECT 1;")
                .with(".hidden/V10__no.sql", "SELECT 1;")
                .with("README.md", "Read me.");
        MigrationCatalog catalog = engine.proven();

        assertThat(catalog.migrations())
                .extracting(migration -> String.join(
                        "|",
                        Objects.toString(migration.version()),
                        migration.description(),
                        migration.type(),
                        migration.script(),
                        Objects.toString(migration.checksum())))
                .containsExactlyElementsOf(
                        Arrays.stream(vanilla("nowhere").info().all())
                                .map(FolderIT::line)
                                .toList());

        engine.onboard(catalog, "acme");
        engine.execute("CREATE SCHEMA vanilla");
        vanilla("vanilla").migrate();

        for (String what : List.of(
                "SELECT string_agg(t, ',' ORDER BY t) FROM %s.a",
                "SELECT string_agg(concat_ws('|', installed_rank, version, description, type, script, checksum), E'\\n'"
                        + " ORDER BY installed_rank) FROM %s.flyway_schema_history")) {
            assertThat(engine.query(what.formatted("tenant_acme"))).isEqualTo(engine.query(what.formatted("vanilla")));
        }
        assertThat(engine.query("SELECT t FROM tenant_acme.a")).containsExactlyInAnyOrder("Köln", "Łódź", "${nobody}");
        assertThat(catalog.plans().steps()).containsKeys("V2__B.SQL", "2024/q3/V3__c.sql", "V5__latin.sql");
    }

    private static String line(MigrationInfo info) {
        return String.join(
                "|",
                Objects.toString(info.getVersion()),
                info.getDescription(),
                info.getType().name(),
                info.getScript(),
                Objects.toString(info.getChecksum()));
    }

    private Flyway vanilla(String schema) {
        FluentConfiguration configuration = Flyway.configure()
                .dataSource(engine.server().dataSource())
                .locations("filesystem:" + engine.folder())
                .schemas(schema)
                .createSchemas(false);
        // Else its own lock keeps CREATE INDEX CONCURRENTLY waiting.
        configuration
                .getPluginRegister()
                .getExact(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(false);
        return configuration.load();
    }

    @Test
    void isReadBeyondAScriptThatFlywayCannotRead() throws Exception {
        MigrationCatalog catalog = engine.with("V1__a.sql", "CREATE TABLE a (id int);")
                .with(
                        "V2__plus.sql",
                        "CREATE FUNCTION plus(int, int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT $1 + $2; END;")
                .with("V3__index.sql", "CREATE INDEX CONCURRENTLY i ON a (id);")
                .with("V4__index.sql", "CREATE INDEX CONCURRENTLY j ON a (id);")
                .proven();

        assertThat(catalog.plans().steps()).containsOnlyKeys("V1__a.sql");
        assertThat(catalog.plans().outside()).containsOnlyKeys("V3__index.sql", "V4__index.sql");
        for (MigrationCatalog each : List.of(catalog, catalog.with(Plans.NONE))) {
            assertThat(engine.onboard(each, "a" + each.plans().steps().size()))
                    .isInstanceOfSatisfying(MigrationResult.Failed.class, failed -> {
                        assertThat(failed.error().migration()).isEqualTo("V2__plus.sql");
                        assertThat(failed.error().line()).isEqualTo(1);
                        assertThat(failed.applied()).containsExactly("1");
                    });
        }
    }

    @Test
    void twoFilesOfOneVersionAreNamed() throws Exception {
        engine.with("V1__a.sql", "SELECT 1;").with("sub/V1_0__b.SQL", "SELECT 1;");

        assertThatThrownBy(() -> engine.catalog())
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageContaining("V1__a.sql")
                .hasMessageContaining("sub/V1_0__b.SQL");
    }
}
