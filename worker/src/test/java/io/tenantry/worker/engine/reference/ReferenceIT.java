package io.tenantry.worker.engine.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.AppliedPath;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.reference.References.Answer;
import io.tenantry.worker.engine.reference.References.Freshness;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.engine.snapshot.Difference;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.stack.ScratchDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A home that nobody has altered is what the replay of its own history makes. */
class ReferenceIT {
    private static final String LEFT =
            "SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname LIKE 'tenantry_scratch%'"
                    + " UNION ALL SELECT 'role ' || rolname FROM pg_roles WHERE rolname ~ '^(t|1-)[0-9a-f]{12}'";

    private final Map<ReferenceStore.Place, Reference> kept = new HashMap<>();
    private EngineFixture engine;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture();
        engine.with(
                        "V1__users.sql",
                        "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);"
                                // A name of a home may be an alias elsewhere.
                                + " CREATE FUNCTION first() RETURNS bigint LANGUAGE sql AS 'SELECT min(tenant_acme.id) FROM users"
                                + " tenant_acme';")
                .with("V3__email.sql", "ALTER TABLE users ADD email text DEFAULT '${tenant}@example.org';")
                .with("R__names.sql", "CREATE OR REPLACE VIEW names AS SELECT * FROM \"${schema}\".users;");
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    @Test
    void aHomeThatNobodyHasAlteredEqualsItsReference() throws Exception {
        engine.byFlyway(catalog(), "behind", "1");
        engine.onboard(engine.proven(), "acme");
        engine.onboard(engine.proven(), "1-acme");
        // The view of the homes that are there has no column of V4, and that of a new home has.
        engine.with("V4__age.sql", "ALTER TABLE users ADD age int;");
        engine.upgrade(engine.proven(), "acme", "latest", "3");
        engine.onboard(engine.proven(), "globex");
        // A version below those that the home has.
        engine.with("V2__phone.sql", "ALTER TABLE users ADD phone text;");
        MigrationCatalog catalog = catalog();
        outOfOrder(catalog, "acme");
        engine.with("V5__index.sql", "CREATE INDEX CONCURRENTLY users_email ON users (email);");
        engine.onboard(catalog(), "initech");
        // A baseline is the beginning of new homes.
        engine.with("B5__users.sql", "CREATE TABLE users (id int); CREATE INDEX users_email ON users (id);");
        engine.onboard(catalog(), "umbrella");

        for (String tenant : List.of("behind", "acme", "1-acme", "globex", "initech", "umbrella")) {
            assertThat(differences(catalog(), tenant)).as(tenant).isEmpty();
        }
        assertThat(kept).as("references, one for each order of migrations").hasSize(6);
        engine.execute("ALTER TABLE \"tenant_1-acme\".users ALTER email SET DEFAULT '1-acmE@example.org'");
        assertThat(differences(catalog(), "1-acme"))
                .singleElement()
                .asString()
                .contains("users.email", "1-acmE@example.org", "1-acme@example.org");
        assertThat(engine.query(LEFT)).as("what trials have left").isEmpty();
    }

    @Test
    void whatATenantHasOutsideItsSchemaIsReplayedToo() throws Exception {
        engine.execute("CREATE TABLE public.country (code text PRIMARY KEY)");
        engine.with(
                "V4__role.sql",
                "CREATE ROLE \"${tenant}_reader\"; GRANT SELECT ON users TO \"${tenant}_reader\";"
                        + " COMMENT ON TABLE users IS 'users of ${schema}';"
                        + " CREATE POLICY readers ON users TO \"${tenant}_reader\", pg_read_all_data USING (name = '${tenant}');"
                        + " ALTER TABLE users ADD country text REFERENCES public.country;");
        MigrationCatalog catalog = engine.allowing("V4__role.sql");
        try {
            for (String tenant : List.of("acme", "1-acme")) {
                engine.onboard(catalog, tenant);

                assertThat(differences(catalog, tenant)).as(tenant).isEmpty();
            }
            assertThat(engine.query(LEFT)).as("what trials have left").isEmpty();
        } finally {
            engine.execute("DROP SCHEMA IF EXISTS tenant_acme, \"tenant_1-acme\" CASCADE;"
                    + " DROP ROLE IF EXISTS acme_reader, \"1-acme_reader\"");
        }
    }

    @Test
    void aReferenceThatCannotBeMadeAgainStays() throws Exception {
        engine.execute("CREATE TABLE public.country (code text PRIMARY KEY)");
        engine.with("V4__country.sql", "ALTER TABLE users ADD country text REFERENCES public.country;");
        MigrationCatalog catalog = engine.proven();
        engine.onboard(catalog, "acme");
        References references = references(catalog);
        assertThat(answer(references, catalog, "acme", Freshness.KEPT)).isInstanceOf(Answer.Found.class);

        engine.execute("ALTER TABLE public.country RENAME TO countries");

        assertThat(answer(references, catalog, "acme", Freshness.NEW))
                .as("it was made just now")
                .isInstanceOf(Answer.Found.class);
        References later = references(catalog);
        assertThat(answer(later, catalog, "acme", Freshness.KEPT)).isInstanceOf(Answer.Found.class);
        assertThat(answer(later, catalog, "acme", Freshness.NEW)).isInstanceOf(Answer.Unavailable.class);
        assertThat(answer(later, catalog, "acme", Freshness.KEPT))
                .as("for all homes that do not differ from it")
                .isInstanceOf(Answer.Found.class);
    }

    /** A reference is made again under a longer name, which this column has no room for. */
    @Test
    void aScriptThatTakesShortNamesAloneHasAReferenceToo() throws Exception {
        engine.with("V4__short.sql", "CREATE TABLE self (tenant varchar(13)); INSERT INTO self VALUES ('${tenant}');");
        engine.onboard(catalog(), "acme");

        assertThat(answer(references(catalog()), catalog(), "acme", Freshness.NEW))
                .isInstanceOf(Answer.Found.class);
    }

    @Test
    void aHistoryThatTheMigrationsDoNotKnowNeedsAReferenceThatIsKept() throws Exception {
        engine.onboard(engine.proven(), "acme");
        MigrationCatalog before = catalog();
        assertThat(differences(before, "acme")).isEmpty();
        engine.onboard(engine.proven(), "globex");
        engine.execute(
                "INSERT INTO tenant_globex.flyway_schema_history SELECT 9, '9', 'hot', type, 'V9__hot.sql', 1, 'x',"
                        + " now(), 1, true FROM tenant_globex.flyway_schema_history LIMIT 1");
        engine.with("V3__email.sql", "ALTER TABLE users ADD email varchar;");
        MigrationCatalog after = catalog();

        assertThat(differences(after, "acme"))
                .as("of the reference that is kept")
                .isEmpty();
        kept.clear();
        assertThat(reason(after, "acme"))
                .contains("it has had another text of version 3 than the one in the migrations of database users");
        assertThat(reason(before, "globex")).contains("it has had version 9, which the migrations");
        assertThat(answer(references(before), before, "acme", Freshness.NEW)).isInstanceOf(Answer.Found.class);
    }

    @Test
    void aBaselineRowStandsForTheVersionsUpToIt() throws Exception {
        engine.execute(
                "CREATE SCHEMA tenant_acme; CREATE TABLE tenant_acme.users (id bigint GENERATED ALWAYS AS IDENTITY"
                        + " PRIMARY KEY, name text);"
                        + " SET search_path = tenant_acme; CREATE FUNCTION first() RETURNS bigint LANGUAGE sql AS 'SELECT min(tenant_acme.id) FROM users"
                        + " tenant_acme'");
        MigrationCatalog catalog = catalog();
        try (HomeSession session = HomeSession.open(engine.server(), engine.home("acme"))) {
            session.changed();
            FlywayEngine.configure(catalog.sources(), session.connection(), session.home())
                    .baselineVersion("2")
                    .load()
                    .baseline();
        }
        engine.byFlyway(catalog, "acme", "latest");

        assertThat(differences(catalog, "acme")).isEmpty();
        TenantHome home = engine.home("acme");
        AppliedPath upTo = AppliedPath.upTo(MigrationVersion.fromVersion("1"), catalog, home);
        assertThat(upTo.migrations()).extracting("script").containsExactly("V1__users.sql", "R__names.sql");
    }

    @Test
    void aPathThatCannotBeReplayedHasAReason() throws Exception {
        engine.with("V4__broken.sql", "INSERT INTO users (name) VALUES ('a'); SELECT 1 / (count(*) - 1) FROM users;");
        MigrationCatalog broken = catalog();
        engine.byFlyway(broken, "acme", "3");
        engine.execute("INSERT INTO tenant_acme.flyway_schema_history SELECT 9, '4', 'broken', type, 'V4__broken.sql', "
                + checksum(broken, "4") + ", 'x', now(), 1, true FROM tenant_acme.flyway_schema_history LIMIT 1");

        assertThat(reason(broken, "acme")).contains("V4__broken.sql failed", "division by zero");
        engine.with("V4__broken.sql", "CREATE TABLE public.shared_by_all (id int);");
        MigrationCatalog outside = catalog();
        engine.execute("UPDATE tenant_acme.flyway_schema_history SET checksum = " + checksum(outside, "4")
                + " WHERE version = '4'");
        assertThat(reason(outside, "acme")).contains("V4__broken.sql reaches outside", "shared_by_all");
        assertThat(engine.query("SELECT to_regclass('public.shared_by_all')")).containsExactly("null");
        assertThat(engine.query(LEFT)).as("what trials have left").isEmpty();
    }

    @Test
    void homesOfOtherIsolationsAreReplayedInADatabaseOfTheirOwn() throws Exception {
        String name = "reference_" + UUID.randomUUID().toString().replace("-", "");
        engine.execute("CREATE SCHEMA billing");
        engine.execute("CREATE DATABASE " + name);
        engine.with(
                        "V4__more.sql",
                        "CREATE SCHEMA audit; CREATE EXTENSION tablefunc; CREATE INDEX users_name ON users (name);")
                .with("V5__index.sql", "CREATE INDEX CONCURRENTLY users_email ON users (email);")
                .with(
                        "V6__role.sql",
                        "CREATE ROLE \"${tenant}_reader\"; GRANT SELECT ON users TO \"${tenant}_reader\";");
        MigrationCatalog catalog = catalog();
        TenantHome own = TenantHome.inDatabase("1-acme", "users", "main", name);
        TenantHome shared = new TenantHome(null, "users", "main", "billing", Isolation.SHARED);
        try {
            migrate(catalog, own, "latest");
            try (HomeSession session = HomeSession.open(engine.server(), own)) {
                assertThat(CatalogSnapshot.ofDatabase(session.connection(), "public")
                                .differences(reference(catalog, own)))
                        .isEmpty();
                assertThat(reference(catalog, own).entries()).containsKey("schema audit");
            }
            engine.without("V6__role.sql").with("V3__email.sql", "ALTER TABLE ${schema}.users ADD email text;");
            catalog = engine.without("V4__more.sql").without("V5__index.sql").catalog();
            migrate(catalog, shared, "latest");
            try (Connection connection = engine.connect()) {
                assertThat(CatalogSnapshot.of(connection, "billing").differences(reference(catalog, shared)))
                        .isEmpty();
            }
            assertThat(engine.query(LEFT)).as("what trials have left").isEmpty();
            ScratchDatabases.awaitNoneStays(engine::query);
        } finally {
            engine.execute("DROP DATABASE " + name);
            engine.execute("DROP ROLE IF EXISTS \"1-acme_reader\"");
        }
    }

    /** What a DBA has set up in the database: it has no part of the home, and its scripts meet it. */
    @Test
    void aSharedHomeIsReplayedAmongTheExtensionsSettingsAndDefaultPrivilegesOfItsDatabase() throws Exception {
        engine.with("V3__email.sql", "ALTER TABLE users ADD email text;");
        String role = "reporting_" + UUID.randomUUID().toString().replace("-", "");
        engine.execute("CREATE ROLE " + role
                + "; CREATE SCHEMA billing; CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA public;"
                + " CREATE EXTENSION hstore SCHEMA ext; ALTER DEFAULT PRIVILEGES GRANT"
                + " SELECT ON TABLES TO " + role
                + "; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; ALTER"
                + " DEFAULT PRIVILEGES REVOKE USAGE ON SEQUENCES FROM CURRENT_USER; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I"
                + " SET app.kind = %L', current_database(), 'it''s, \"a\"'); END $$");
        TenantHome shared = new TenantHome(null, "users", "main", "billing", Isolation.SHARED);
        try {
            isReplayed(
                    shared,
                    "CREATE EXTENSION IF NOT EXISTS citext; CREATE TABLE mail (address citext); CREATE SEQUENCE"
                            + " numbers; CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'");
            // In its own schema, but of no script.
            engine.execute("CREATE EXTENSION pg_trgm SCHEMA billing");
            isReplayed(
                    shared,
                    "CREATE TABLE word (text text, tags ext.hstore); CREATE INDEX word_idx ON word USING gin (text gin_trgm_ops)");
            // Elsewhere, but of a script.
            isReplayed(
                    shared,
                    "CREATE EXTENSION fuzzystrmatch SCHEMA public; DO $$ BEGIN EXECUTE format('COMMENT ON TABLE users IS %L',"
                            + " current_setting('app.kind')); END $$");
            assertThat(engine.query(LEFT)).as("what trials have left").isEmpty();
            ScratchDatabases.awaitNoneStays(engine::query);
        } finally {
            engine.execute("DROP OWNED BY " + role + "; DROP ROLE " + role
                    + "; ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS"
                    + " TO PUBLIC; ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO CURRENT_USER");
        }
    }

    private void isReplayed(TenantHome shared, String script) throws Exception {
        engine.with("V4__more.sql", script);
        migrate(catalog(), shared, "latest");
        try (Connection connection = engine.connect()) {
            assertThat(CatalogSnapshot.of(connection, shared.schema()).differences(reference(catalog(), shared)))
                    .as(script)
                    .isEmpty();
        }
        engine.execute("DROP SCHEMA billing CASCADE; CREATE SCHEMA billing");
    }

    private void migrate(MigrationCatalog catalog, TenantHome home, String target) throws SQLException {
        try (HomeSession session = HomeSession.open(engine.server(), home)) {
            session.changed();
            FlywayEngine.configure(catalog.sources(), session.connection(), home)
                    .target(target)
                    .load()
                    .migrate();
        }
    }

    private CatalogSnapshot reference(MigrationCatalog catalog, TenantHome home) throws SQLException {
        Answer answer = answer(references(catalog), catalog, home, Freshness.KEPT);
        assertThat(answer).isInstanceOf(Answer.Found.class);
        return ((Answer.Found) answer).filled();
    }

    private static @Nullable Integer checksum(MigrationCatalog catalog, String version) {
        return catalog.migrations().stream()
                .filter(migration -> MigrationVersion.fromVersion(version).equals(migration.version()))
                .findFirst()
                .orElseThrow()
                .checksum();
    }

    private MigrationCatalog catalog() throws Exception {
        return engine.catalog();
    }

    private void outOfOrder(MigrationCatalog catalog, String tenant) throws SQLException {
        try (HomeSession session = HomeSession.open(engine.server(), engine.home(tenant))) {
            session.changed();
            FlywayEngine.configure(catalog.sources(), session.connection(), session.home())
                    .outOfOrder(true)
                    .load()
                    .migrate();
        }
    }

    private List<Difference> differences(MigrationCatalog catalog, String tenant) throws SQLException {
        Answer answer = answer(references(catalog), catalog, tenant, Freshness.KEPT);
        assertThat(answer).as(tenant).isInstanceOf(Answer.Found.class);
        try (Connection connection = engine.connect()) {
            return CatalogSnapshot.of(connection, engine.home(tenant).schema())
                    .differences(((Answer.Found) answer).filled());
        }
    }

    private String reason(MigrationCatalog catalog, String tenant) throws SQLException {
        return ((Answer.Unavailable) answer(references(catalog), catalog, tenant, Freshness.KEPT)).reason();
    }

    private References references(MigrationCatalog catalog) {
        return new KeptReferences(catalog, engine.server(), Set.of("V4__role.sql"), new ReferenceStore() {
            @Override
            public Optional<Reference> find(Place place) {
                return Optional.ofNullable(kept.get(place));
            }

            @Override
            public void keep(Place place, Reference reference) {
                kept.put(place, reference);
            }
        });
    }

    private Answer answer(References references, MigrationCatalog catalog, String tenant, Freshness freshness)
            throws SQLException {
        return answer(references, catalog, engine.home(tenant), freshness);
    }

    private Answer answer(References references, MigrationCatalog catalog, TenantHome home, Freshness freshness)
            throws SQLException {
        History history;
        try (HomeSession session = HomeSession.open(engine.server(), home)) {
            history = History.of(session.connection(), home.schema());
        }
        return references.at(home, AppliedPath.of(history, catalog, home), freshness);
    }
}
