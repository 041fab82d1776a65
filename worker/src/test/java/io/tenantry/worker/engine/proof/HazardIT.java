package io.tenantry.worker.engine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.SqlStatements;
import io.tenantry.worker.engine.hazard.Hazard;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each hazard is found, also in a DO block, and the safer way is silent. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HazardIT {
    private static final Pattern CASE =
            Pattern.compile("^-- finds:([^\\n]*)\\n(.*?)(?=^-- finds:|\\z)", Pattern.MULTILINE | Pattern.DOTALL);

    private EngineFixture engine;
    private Scratch scratch;
    private List<String> rows;

    /** A script and the hazards that it must have, with their lines. */
    record Case(List<String> finds, String script) {
        @Override
        public String toString() {
            return finds + " in " + script.replaceAll("\\s+", " ");
        }
    }

    static Stream<Case> cases() throws Exception {
        return CASE.matcher(text("scripts.sql"))
                .results()
                .map(found -> new Case(
                        Stream.of(found.group(1).split(","))
                                .map(String::strip)
                                .filter(name -> !name.isEmpty())
                                .toList(),
                        found.group(2)));
    }

    private static String text(String name) throws Exception {
        return Files.readString(Path.of(Objects.requireNonNull(HazardIT.class.getResource("/hazard/" + name))
                .toURI()));
    }

    @BeforeAll
    void open() throws Exception {
        engine = new EngineFixture();
        engine.execute("CREATE ROLE " + engine.owner());
        try (Connection connection = engine.connect()) {
            Sql.execute(connection, "SET allow_in_place_tablespaces = on");
            Sql.execute(connection, "CREATE TABLESPACE " + engine.owner() + " LOCATION ''");
        }
        scratch = Scratch.open(engine.server(), "users");
        scratch.create();
        scratch.session()
                .execute("BEGIN; " + scratch.session().searchPathSql() + "; "
                        + text("base.sql").replace("${app}", engine.owner()) + "; COMMIT");
        scratch.session().renew();
        try (ReceiveLimit limit = scratch.session().limit()) {
            rows = SampleRows.of(scratch, new ReferencedKeys(scratch.session()), () -> true, limit)
                    .inserts();
        }
    }

    @AfterAll
    void close() throws Exception {
        scratch.close();
        engine.execute("DROP TABLESPACE " + engine.owner());
        engine.close();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void findsWhatAStatementDoesToATableWithRows(Case one) throws Exception {
        HazardTrial.Result result = run(one.script());

        assertThat(result.outcome()).isEqualTo(new ScriptTrial.Outcome.Finished());
        assertThat(result.hazards())
                .as(String.join(
                        "\n", result.hazards().stream().map(Hazard::sentence).toList()))
                .extracting(hazard -> hazard.kind().id() + " " + hazard.line())
                .containsExactlyElementsOf(one.finds());
    }

    @Test
    void namesTableColumnsAndWhoWaits() throws Exception {
        assertThat(run("ALTER TABLE customer ALTER amount TYPE bigint").hazards())
                .extracting(Hazard::what)
                .containsExactly(
                        "column customer.amount changes from integer to bigint: readers and writers wait while all"
                                + " rows are rewritten");
        assertThat(run("ALTER TABLE customer ALTER email TYPE varchar(50) COLLATE german")
                        .hazards())
                .extracting(Hazard::what)
                .containsExactly(
                        "column customer.email changes from character varying(50) to character varying(50) COLLATE"
                                + " german: readers and writers wait while all rows are indexed again");
        assertThat(run("CREATE INDEX note_idx ON customer (note)")
                        .hazards()
                        .get(0)
                        .sentence())
                .isEqualTo("index note_idx is built on customer while writers wait: use CREATE INDEX CONCURRENTLY, in a"
                        + " script of its own (for a partitioned table ON ONLY first, CONCURRENTLY on each partition, then"
                        + " ALTER INDEX … ATTACH PARTITION); or, in a script that is not released, write -- tenantry:allow"
                        + " require-concurrent-index-creation <why>");
    }

    @Test
    void saysBothCausesThatCannotBeToldApart() throws Exception {
        assertThat(run("ALTER TABLE shop ALTER email TYPE text USING upper(email)")
                        .hazards())
                .extracting(Hazard::what)
                .containsExactly(
                        "column shop.email changes from character varying(50) to text: readers and writers wait while"
                                + " all rows are rewritten, by USING or by another action of the same statement");
        assertThat(run("DO $$ BEGIN ALTER TABLE shop ALTER email TYPE text; REINDEX INDEX shop_email_idx; END $$")
                        .hazards())
                .extracting(Hazard::what)
                .containsExactly(
                        "column shop.email changes from character varying(50) to text: readers and writers wait while"
                                + " all rows are indexed again, for the new type or by another action of the same statement");
    }

    private HazardTrial.Result run(String text) throws Exception {
        String script = text.replace("${app}", engine.owner());
        Migration migration = new Migration(MigrationVersion.fromVersion("2"), "case", "SQL", "V2__case.sql", 1);
        return new HazardTrial(scratch).run(migration, script, SqlStatements.of(script), rows, null, false);
    }
}
