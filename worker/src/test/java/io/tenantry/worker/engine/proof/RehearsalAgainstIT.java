package io.tenantry.worker.engine.proof;

import static io.tenantry.worker.engine.proof.RehearsalRuns.errors;
import static io.tenantry.worker.engine.proof.RehearsalRuns.lines;
import static io.tenantry.worker.engine.proof.RehearsalRuns.terms;
import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.proof.Finding.Severity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What is new is tried on homes that have had the release before it ({@code --against}). */
@Order(9)
class RehearsalAgainstIT {
    private EngineFixture engine;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture();
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    @Test
    void onlyNewScriptsAreMeasuredAndOnlyWhatReleasedOnesLeft() throws Exception {
        engine.with(
                        "V1__item.sql",
                        "CREATE TABLE item (id int, name text); CREATE SEQUENCE number; CREATE TABLE other (id int);"
                                + " CREATE VIEW ids AS SELECT id FROM item;")
                .with("V2__a.sql", "ALTER TABLE item RENAME name TO title;")
                .with(
                        "V3__b.sql",
                        "ALTER TABLE item ADD extra text; CREATE TABLE fresh (id int); CREATE FUNCTION total() RETURNS int"
                                + " LANGUAGE sql AS 'SELECT 1'; CREATE SEQUENCE fresh_number;")
                .with(
                        "V4__c.sql",
                        "ALTER TABLE item DROP extra;\nDROP TABLE fresh;\nALTER TABLE item DROP title;\nDROP FUNCTION total();"
                                + "\nDROP SEQUENCE fresh_number; DROP SEQUENCE number;")
                .with(
                        "V5__d.sql",
                        "CREATE SEQUENCE number; DROP VIEW ids; CREATE VIEW ids AS SELECT id, id AS more FROM item;"
                                + " ALTER TABLE other RENAME TO others; CREATE VIEW other AS SELECT * FROM others;"
                                + " ALTER TABLE item ADD needed text;")
                .with("V5_1__needed.sql", "UPDATE item SET needed = 'x';\nALTER TABLE item ALTER needed SET NOT NULL;")
                .with(
                        "V6__e.sql",
                        "-- tenantry:allow ban-drop-sequence nobody asks it\nDROP SEQUENCE number; DROP VIEW other; DROP VIEW ids;");

        List<Finding> findings = Rehearsal.of(
                        engine.catalog(),
                        engine.server(),
                        terms(Set.of("V1__item.sql", "V2__a.sql"), Map.of()),
                        new TrialStop())
                .findings();

        assertThat(lines(findings))
                .containsExactly(
                        "WARNING V4__c.sql null ban-drop-sequence",
                        "WARNING V4__c.sql 3 ban-drop-column",
                        "WARNING V5_1__needed.sql null adding-required-field",
                        "WARNING V5_1__needed.sql 2 adding-not-nullable-field",
                        "WARNING V6__e.sql null ban-drop-view",
                        "WARNING V6__e.sql null ban-drop-view");
    }

    /** A new home gets repeatable scripts last; one that has the release before has them already. */
    @Test
    void repeatableScriptsThatAreReleasedHaveRunBeforeWhatIsNew() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int, name text);")
                .with("R__names.sql", "CREATE OR REPLACE VIEW names AS SELECT name FROM item;");
        MigrationCatalog released = engine.catalog();
        engine.with("V2__name.sql", "SELECT 1;\nALTER TABLE item ALTER name TYPE varchar;");

        assertThat(rehearseAgainst(released)).singleElement().satisfies(finding -> {
            assertThat(lines(List.of(finding))).containsExactly("ERROR V2__name.sql 2 from-version");
            assertThat(finding.sentence()).contains("view", "0A000", "released scripts", "the repeatable ones too");
        });

        engine.with("V2__name.sql", "DROP VIEW IF EXISTS names;\nALTER TABLE item ALTER name TYPE varchar;");
        assertThat(errors(rehearseAgainst(released))).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo("release-differs");
            assertThat(finding.sentence()).contains("view names");
        });
        MigrationCatalog now = engine.catalog();
        assertThat(lines(Rehearsal.inDatabase(now, engine.server(), terms(now, released), new TrialStop(), null)
                        .findings()))
                .contains("ERROR null null release-differs");

        engine.with("R__names.sql", "CREATE OR REPLACE VIEW names AS SELECT name FROM item; -- again");
        assertThat(errors(rehearseAgainst(released))).isEmpty();
    }

    /** Tenants have had its old text. */
    @Test
    void anEditedRepeatableScriptMeetsWhatItsOldTextHasMade() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int, name text);")
                .with("R__names.sql", "CREATE OR REPLACE VIEW names AS SELECT id, name FROM item;");
        MigrationCatalog released = engine.catalog();

        engine.with("R__names.sql", "CREATE OR REPLACE VIEW names AS\nSELECT name FROM item;");
        assertThat(errors(rehearseAgainst(released))).singleElement().satisfies(finding -> {
            assertThat(lines(List.of(finding))).containsExactly("ERROR R__names.sql 1 from-version");
            assertThat(finding.sentence()).contains("42P16", "released scripts", "the repeatable ones too");
        });
        MigrationCatalog now = engine.catalog();
        assertThat(lines(Rehearsal.inDatabase(now, engine.server(), terms(now, released), new TrialStop(), null)
                        .findings()))
                .contains("ERROR R__names.sql 1 from-version");

        engine.with("R__names.sql", "DROP VIEW IF EXISTS names;\nCREATE VIEW names AS SELECT id FROM item;")
                .with("V2__name.sql", "ALTER TABLE item DROP name;");
        assertThat(errors(rehearseAgainst(released))).singleElement().satisfies(finding -> {
            assertThat(lines(List.of(finding))).containsExactly("ERROR V2__name.sql 1 from-version");
            assertThat(finding.sentence()).contains("2BP01");
        });

        engine.with("V2__name.sql", "DROP VIEW names; ALTER TABLE item DROP name;");
        assertThat(errors(rehearseAgainst(released)))
                .as("fails on a new home, which has no such view")
                .extracting(Finding::check)
                .containsExactly("from-empty");

        engine.with("V2__name.sql", "DROP VIEW IF EXISTS names; ALTER TABLE item DROP name;");
        assertThat(errors(rehearseAgainst(released))).isEmpty();
    }

    @Test
    void whatAnOldTextHasMadeStaysInHomesThatHadIt() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int, name text);")
                .with("R__a.sql", "CREATE OR REPLACE FUNCTION size(int) RETURNS int LANGUAGE sql AS 'SELECT $1';")
                .with("R__b.sql", "CREATE OR REPLACE VIEW twice AS SELECT size(id) FROM item;");
        MigrationCatalog released = engine.catalog();

        engine.with("R__a.sql", "CREATE OR REPLACE FUNCTION size(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT $1';");
        assertThat(errors(rehearseAgainst(released))).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo("release-differs");
            assertThat(finding.sentence()).contains("function size(integer)", "what is left of an earlier text");
        });

        MigrationCatalog withA = engine.catalog();
        engine.without("R__b.sql").with("V2__name.sql", "ALTER TABLE item DROP name;");
        assertThat(rehearseAgainst(withA))
                .filteredOn(finding -> finding.check().equals("release-differs"))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
                    assertThat(finding.sentence()).contains("view twice");
                });
    }

    /** Nothing of a release is in one transaction in a home, so it is not in the trial. */
    @Test
    void whatComesAfterReleasedRepeatableScriptsIsCommitted() throws Exception {
        engine.with("V1__item.sql", "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE item (id int, now mood);")
                .with("R__names.sql", "CREATE OR REPLACE VIEW names AS SELECT id FROM item;");
        MigrationCatalog released = engine.catalog();
        engine.with("R__names.sql", "CREATE OR REPLACE VIEW names AS SELECT id, now FROM item;")
                .with("V2__mood.sql", "ALTER TYPE mood ADD VALUE 'b';")
                .with("V3__row.sql", "INSERT INTO item VALUES (1, 'b');")
                .with("V4__idx.sql", "CREATE INDEX CONCURRENTLY item_idx ON item (id);");

        assertThat(lines(rehearseAgainst(released))).isEmpty();
    }

    @Test
    void warningsOfReleasedScriptsAreNotes() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int, name text); COMMIT;")
                .with("V2__idx.sql", "CREATE INDEX ON ${schema}.item (id);")
                .with("V3__idx.sql", "CREATE INDEX CONCURRENTLY ON item (name); -- tenantry:allow nothing")
                .with("R__sum.sql", "CREATE TABLE total (id int);");
        assertThat(lines(Rehearsal.of(engine.catalog(), engine.server(), terms(Set.of(), Map.of()), new TrialStop())
                        .findings()))
                .contains(
                        "WARNING V1__item.sql 1 ends-its-transaction",
                        "WARNING V2__idx.sql 1 unquoted-schema",
                        "WARNING V3__idx.sql null index-without-name");

        assertThat(rehearseAgainst(engine.catalog()))
                .filteredOn(finding -> finding.severity() != Severity.NOTE)
                .extracting(finding -> finding.script() + " " + finding.check())
                .containsExactly("R__sum.sql cannot-run-again");
    }

    /** Tenants have V2 already. */
    @Test
    void aVersionThatComesLateMeetsTheNewerOnes() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int, name text);")
                .with("V2__title.sql", "ALTER TABLE item RENAME name TO title;");
        MigrationCatalog released = engine.catalog();
        engine.with("V1_1__names.sql", "UPDATE item SET name = 'none';");
        assertThat(errors(rehearseAgainst(released))).singleElement().satisfies(finding -> {
            assertThat(lines(List.of(finding))).containsExactly("ERROR V1_1__names.sql 1 from-version");
            assertThat(finding.sentence()).contains("42703", "homes that have had the released scripts");
        });

        engine.without("V1_1__names.sql").with("V2__title.sql", "ALTER TABLE item ADD IF NOT EXISTS title varchar;");
        MigrationCatalog withVarchar = engine.catalog();
        engine.with("V1_1__names.sql", "ALTER TABLE item ADD IF NOT EXISTS title text;");
        assertThat(errors(rehearseAgainst(withVarchar))).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo("release-differs");
            assertThat(finding.sentence()).contains("title");
        });
        engine.with("V1_1__names.sql", "ALTER TABLE item ADD late int;");
        assertThat(errors(rehearseAgainst(withVarchar)))
                .as("only the order of columns differs")
                .isEmpty();
    }

    private List<Finding> rehearseAgainst(MigrationCatalog released) throws Exception {
        MigrationCatalog now = engine.catalog().outOfOrder(true);
        return Rehearsal.of(now, engine.server(), terms(now, released), new TrialStop())
                .findings();
    }
}
