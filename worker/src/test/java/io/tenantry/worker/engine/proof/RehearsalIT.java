package io.tenantry.worker.engine.proof;

import static io.tenantry.worker.engine.proof.RehearsalRuns.LONGEST;
import static io.tenantry.worker.engine.proof.RehearsalRuns.errors;
import static io.tenantry.worker.engine.proof.RehearsalRuns.lines;
import static io.tenantry.worker.engine.proof.RehearsalRuns.terms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.proof.Finding.Severity;
import io.tenantry.worker.postgres.TemporaryName;
import io.tenantry.worker.postgres.connection.ReceiveBudget;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.ScratchDatabases;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Scripts are tried from empty and from each older version, with rows, and once more. */
@Order(9)
class RehearsalIT {
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
    void goodScriptsOfAllKindsGiveNoFinding() throws Exception {
        engine.with(
                        "V1__item.sql",
                        "CREATE TABLE item (id int PRIMARY KEY, name text, made timestamptz DEFAULT now());")
                .with("V2__code.sql", "ALTER TABLE item ADD code text DEFAULT 'a';")
                .with("V3__code_idx.sql", "CREATE INDEX CONCURRENTLY code_idx ON item (code);")
                .with(
                        "B2__item.sql",
                        "CREATE TABLE item (id int PRIMARY KEY, name text, made timestamptz DEFAULT now());"
                                + " ALTER TABLE item ADD code text DEFAULT 'a';")
                .with("R__names.sql", "CREATE OR REPLACE VIEW names AS SELECT name, code FROM \"${schema}\".item;");

        Rehearsal.Result result = rehearse(Map.of("1", "INSERT INTO item VALUES (1, 'one'), (2, NULL);"));

        assertThat(result.findings()).isEmpty();
        assertThat(result.versions()).isEqualTo(3 + 4);
        assertThat(engine.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenantry_scratch%'"))
                .isEmpty();
    }

    @Test
    void rowsOfASeedStayOnTheWayAndMakeAScriptFail() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int PRIMARY KEY, name text);")
                .with("V2__state.sql", "ALTER TABLE item ADD state text DEFAULT 'new';")
                .with(
                        "V3__split.sql",
                        "SELECT 1;\nALTER TABLE item ADD CHECK (name <> 'bad') NOT VALID;\nUPDATE item SET state ="
                                + " 'old';")
                .with("V4__last.sql", "CREATE TABLE last (id int);");

        List<Finding> findings =
                rehearse(Map.of("1", "INSERT INTO item VALUES (1, 'bad');")).findings();

        assertThat(lines(findings))
                .containsExactly("ERROR V3__split.sql 3 fails-on-rows", "WARNING V3__split.sql 3 backfill-under-lock");
        assertThat(findings.get(0).sentence()).contains("23514").contains("seed 1");
    }

    @Test
    void afterAFailureOnASeedTheNextScriptsMeetTheRowsOfScripts() throws Exception {
        engine.with(
                        "V1__item.sql",
                        "CREATE DOMAIN word AS text; CREATE FUNCTION first(word) RETURNS int LANGUAGE sql AS 'SELECT 1';"
                                + " CREATE TABLE kind (id int PRIMARY KEY); INSERT INTO kind VALUES (1);"
                                + " CREATE TABLE item (kind int REFERENCES kind, name text);")
                .with("V2__check.sql", "ALTER TABLE item ADD CHECK (name <> 'bad');")
                .with("V3__row.sql", "INSERT INTO item VALUES (1, 'good');")
                .with("V4__idx.sql", "CREATE UNIQUE INDEX CONCURRENTLY item_idx ON item (name);");
        RehearsalTerms terms = terms(
                Set.of(),
                Map.of(
                        "1",
                        "INSERT INTO item VALUES (1, 'bad')",
                        "3",
                        "INSERT INTO item VALUES (1, 'good'); SET search_path = pg_catalog"));

        for (Rehearsal.Result result : List.of(
                Rehearsal.of(engine.catalog(), engine.server(), terms, new TrialStop()),
                Rehearsal.inDatabase(engine.catalog(), engine.server(), terms, new TrialStop(), null))) {
            assertThat(lines(errors(result.findings())))
                    .containsExactly("ERROR V2__check.sql 1 fails-on-rows", "ERROR V4__idx.sql 1 fails-on-rows");
            assertThat(result.findings())
                    .extracting(Finding::sentence)
                    .anySatisfy(sentence -> assertThat(sentence).contains("seed 1"))
                    .anySatisfy(sentence -> assertThat(sentence).contains("seed 3"));
        }
    }

    @Test
    void aStatementThatTakesLongerThanATrialMayIsNoFaultOfItsScript() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int);")
                .with("V2__long.sql", "SELECT 1;\nSELECT pg_sleep(3600);")
                .with("R__long.sql", "SELECT pg_sleep(3600);");
        RehearsalTerms terms = new RehearsalTerms(Set.of(), null, null, Map.of(), Duration.ofSeconds(1));

        for (Rehearsal.Result result : List.of(
                Rehearsal.of(engine.catalog(), engine.server(), terms, new TrialStop()),
                Rehearsal.inDatabase(engine.catalog(), engine.server(), terms, new TrialStop(), null))) {
            assertThat(lines(result.findings())).isNotEmpty().allMatch(line -> line.endsWith(" not-tried"));
        }
    }

    @Test
    void aSavepointEndsNoTransaction() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int);")
                .with(
                        "V2__savepoint.sql",
                        "SAVEPOINT a; INSERT INTO item VALUES (1); ROLLBACK TO a; RELEASE SAVEPOINT a;")
                .with("V3__savepoint.sql", "SAVEPOINT a;\nROLLBACK WORK TO SAVEPOINT a;\nROLLBACK;");

        assertThat(lines(rehearse(Map.of()).findings()))
                .containsExactly("WARNING V3__savepoint.sql 3 ends-its-transaction");
    }

    @Test
    void madeUpRowsShowWhatNeedsNoParticularValueAndCommentsAcknowledgeHazards() throws Exception {
        engine.with(
                        "V1__item.sql",
                        "CREATE TABLE item (id int PRIMARY KEY, name text, state text); CREATE TABLE other (id int, slug text);"
                                + " CREATE TABLE kept (id int);")
                .with("V2__slug.sql", "SELECT 1;\nALTER TABLE item ADD slug text NOT NULL;")
                .with("V3__name.sql", "ALTER TABLE item ALTER name SET NOT NULL;")
                .with(
                        "V4__state.sql",
                        "ALTER TABLE item ADD CHECK (state IN ('a', 'b')) NOT VALID;\n"
                                + "ALTER TABLE item VALIDATE CONSTRAINT item_state_check;")
                .with("V5__a.sql", "-- tenantry:allow ban-drop-table(other) nobody reads it\nDROP TABLE other, kept;")
                .with(
                        "V6__b.sql",
                        "-- tenantry:allow ban-drop-column\n-- tenantry:allow table-rewrite small\n"
                                + "ALTER TABLE item DROP name;")
                .with(
                        "V7__c.sql",
                        "/* tenantry:allow ban-drop-column*/\nCREATE INDEX CONCURRENTLY id_idx ON item (id);")
                .with(
                        "V8__d.sql",
                        "/* tenantry:allow unquoted-schema our names are plain */\n"
                                + "CREATE VIEW ids AS SELECT id FROM ${schema}.item;");

        assertThat(lines(rehearse(Map.of()).findings()))
                .containsExactly(
                        "WARNING V2__slug.sql 2 adding-required-field",
                        "WARNING V3__name.sql 1 fails-on-rows",
                        "WARNING V3__name.sql 1 adding-not-nullable-field",
                        "WARNING V4__state.sql 2 constraint-missing-not-valid",
                        "WARNING V5__a.sql 2 ban-drop-table",
                        "ERROR V6__b.sql 1 allow",
                        "WARNING V6__b.sql 2 allow",
                        "WARNING V6__b.sql 3 ban-drop-column",
                        "ERROR V7__c.sql 1 allow");
    }

    /** Whether it acknowledges something is not known, so nobody is asked to remove it. */
    @Test
    void aCommentIsNotCalledUnusedWhereItsHazardWasNotLookedFor() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int, name text);")
                .with("V2__a.sql", "-- tenantry:allow unquoted-schema our names are plain\nSELECT 1;")
                .with("V3__b.sql", "-- tenantry:allow ban-drop-column nobody reads it\nALTER TABLE item DROP name;");
        MigrationCatalog all = engine.catalog();

        assertThat(lines(Rehearsal.inDatabase(all, engine.server(), terms(Set.of(), Map.of()), new TrialStop(), null)
                        .findings()))
                .as("where no placeholder is looked for")
                .isEmpty();
        RehearsalTerms nothingReleased = new RehearsalTerms(Set.of(), Set.of(), null, Map.of(), LONGEST);
        assertThat(lines(Rehearsal.of(all, engine.server(), nothingReleased, new TrialStop())
                        .findings()))
                .as("where nothing is in use, but placeholders are looked for")
                .containsExactly("WARNING V2__a.sql 1 allow");

        engine.with(
                        "V3__b.sql",
                        "-- tenantry:allow ban-drop-column nobody reads it\nSELECT nothing_there;\nALTER TABLE item DROP name;")
                .with("V4__c.sql", "-- tenantry:allow ban-drop-column\nDROP TABLE item;");
        assertThat(lines(rehearse(Map.of()).findings()))
                .as("where a script fails before its end")
                .containsExactly("ERROR V3__b.sql 2 from-empty", "ERROR V4__c.sql 1 allow");
    }

    /** A time or a UUID differs in any two homes, and made-up rows take numbers by triggers. */
    @Test
    void rowsOfABaselineAreComparedWithoutValuesThatDifferInEachHome() throws Exception {
        String item = "CREATE TABLE item (id int PRIMARY KEY, made timestamptz DEFAULT clock_timestamp());"
                + " CREATE TABLE log (id serial, key uuid DEFAULT gen_random_uuid());"
                + " CREATE FUNCTION logged() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN INSERT INTO log DEFAULT VALUES; RETURN NEW; END';"
                + " INSERT INTO item VALUES (1); INSERT INTO log DEFAULT VALUES;"
                + " CREATE TRIGGER logged BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION logged();";
        engine.with("V1__item.sql", item).with("V2__b.sql", "SELECT 1;").with("B2__item.sql", item);
        assertThat(rehearse(Map.of()).findings()).isEmpty();

        engine.with("B2__item.sql", item + " UPDATE item SET id = 2;");
        assertThat(rehearse(Map.of()).findings()).singleElement().satisfies(finding -> {
            assertThat(lines(List.of(finding))).containsExactly("WARNING B2__item.sql null baseline-differs");
            assertThat(finding.sentence()).endsWith(": table item: other values in id");
        });
        assertThat(lines(Rehearsal.inDatabase(
                                engine.catalog(), engine.server(), terms(Set.of(), Map.of()), new TrialStop(), null)
                        .findings()))
                .containsExactly("WARNING B2__item.sql null baseline-differs");
    }

    @Test
    void aSecondRunAndABaselineMustLeaveTheSame() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int, name text);")
                .with("B1__item.sql", "CREATE TABLE item (id bigint, name text);")
                .with("R__time.sql", "COMMENT ON TABLE item IS '${flyway:timestamp}';")
                .with("afterMigrate.sql", "CREATE TABLE IF NOT EXISTS run (id int); INSERT INTO run VALUES (1);");

        List<Finding> findings = rehearse(Map.of()).findings();

        assertThat(lines(findings))
                .contains(
                        "ERROR B1__item.sql null baseline-differs",
                        "ERROR R__time.sql null second-run",
                        "ERROR null null second-run");
        assertThat(findings)
                .extracting(Finding::sentence)
                .anySatisfy(sentence -> assertThat(sentence).contains("column item.id: new home `bigint"))
                .anySatisfy(sentence -> assertThat(sentence).startsWith("a second run applies again: R__time.sql;"))
                .anySatisfy(sentence -> assertThat(sentence)
                        .startsWith("a second run of Flyway changes the home: ")
                        .contains("table run"));
    }

    @Test
    void scriptsThatWorkersRefuseAreNamedByKind() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int);")
                .with("V2__shared.sql", "CREATE TABLE public.shared_by_all (id int);");
        assertThat(lines(rehearse(Map.of()).findings())).contains("ERROR V2__shared.sql null leaves-schema");

        engine.with("V2__shared.sql", "DROP SCHEMA \"${schema}\" CASCADE;");
        assertThat(lines(rehearse(Map.of()).findings())).contains("ERROR V2__shared.sql null drops-schema");

        engine.with("V2__shared.sql", "SELECT 1;\nCOMMIT;").with("V3__wrong.sql", "SELECT 1;\nSELECT nothing_there;");
        assertThat(lines(rehearse(Map.of()).findings()))
                .contains("WARNING V2__shared.sql 2 ends-its-transaction", "ERROR V3__wrong.sql 2 from-empty");
    }

    @Test
    void whatFlywayDoesInPlaceOfAPlanAndWhoseMarkIsReplacedIsNamed() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int);")
                .with("V2__mark.sql", "COMMENT ON SCHEMA \"${schema}\" IS 'ours';")
                .with("V3__copy.sql", "COPY item FROM STDIN;\n1\n\\.\n")
                .with("V4__trick.sql", """
                        SELECT 1;
                        DO $$ DECLARE one_by_one boolean; BEGIN
                            EXECUTE 'SELECT statement_' || 'timestamp() > now()' INTO one_by_one;
                            IF NOT one_by_one THEN CREATE TABLE by_plan (id int); END IF;
                        END $$;
                        """);

        List<Finding> findings = rehearse(Map.of()).findings();

        assertThat(findings)
                .extracting(finding -> finding.severity() + " " + finding.script() + " " + finding.check())
                .containsExactly(
                        "WARNING V2__mark.sql replaces-mark",
                        "NOTE V3__copy.sql no-plan",
                        "WARNING V4__trick.sql plan-differs");
        assertThat(findings.get(2).sentence()).contains("by_plan");
    }

    /** PostgreSQL parses a whole message before it runs the first statement of it: then no savepoint of it is set. */
    @Test
    void aScriptThatPostgresqlCannotParseIsNamedWithItsLine() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int);")
                .with("V2__wrong.sql", "SELECT 1;\nALTER TABEL item ADD name text;")
                .with("V3__last.sql", "CREATE TABLE last (id int);");
        assertThat(lines(rehearse(Map.of()).findings())).containsExactly("ERROR V2__wrong.sql 2 from-empty");

        engine.with("V1__item.sql", "CREATE TABLE item (id int;");
        assertThat(lines(rehearse(Map.of()).findings())).containsExactly("ERROR V1__item.sql 1 from-empty");

        engine.with("V1__item.sql", "SELECT 1;\n\\set ON_ERROR_STOP on\nSELECT 1;");
        assertThat(lines(rehearse(Map.of()).findings())).containsExactly("ERROR V1__item.sql 2 from-empty");
        for (String shared : Arrays.asList(null, "app")) {
            assertThat(lines(Rehearsal.inDatabase(
                                    engine.catalog(),
                                    engine.server(),
                                    terms(Set.of(), Map.of()),
                                    new TrialStop(),
                                    shared)
                            .findings()))
                    .containsExactly("ERROR V1__item.sql 2 from-empty");
        }
    }

    @Test
    void aSeedWhoseWorkWouldStayOnTheServerIsRefused() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int, name text);").with("V2__b.sql", "SELECT 1;");
        String role = engine.owner() + "_of_seed";
        Map<String, String> seeds = Map.of("1", "INSERT INTO item VALUES (1, 'a'); CREATE ROLE " + role);
        engine.execute("CREATE TABLE public.shared (id int)");

        for (Rehearsal.Result result : List.of(
                rehearse(seeds),
                Rehearsal.inDatabase(engine.catalog(), engine.server(), terms(Set.of(), seeds), new TrialStop(), null),
                rehearse(Map.of("1", "INSERT INTO public.shared VALUES (1)")))) {
            assertThat(lines(result.findings())).containsExactly("ERROR V1__item.sql null seed");
            assertThat(result.findings().get(0).sentence()).containsPattern("role " + role + "|table public.shared");
        }
        assertThat(engine.query("SELECT rolname FROM pg_roles WHERE rolname = '" + role + "'"))
                .isEmpty();
        assertThat(engine.query("SELECT count(*) FROM public.shared")).containsExactly("0");

        assertThat(rehearse(Map.of("1", "DROP TABLE item CASCADE")).findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.sentence()).contains("leave only rows in it"));
    }

    @Test
    void aRoleThatMayNotCreateAPlaceIsToldWhatToGrant() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int);");
        try (Server ofOwner = engine.serverOfOwner()) {
            assertThat(Rehearsal.inDatabase(engine.catalog(), ofOwner, terms(Set.of(), Map.of()), new TrialStop(), null)
                            .findings())
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(lines(List.of(finding))).containsExactly("ERROR null null not-tried");
                        assertThat(finding.sentence()).endsWith("ALTER ROLE " + engine.owner() + " CREATEDB");
                    });
            assertThat(Rehearsal.of(engine.catalog(), ofOwner, terms(Set.of(), Map.of()), new TrialStop())
                            .findings())
                    .isEmpty();
            String database = engine.query("SELECT current_database()").get(0);
            engine.execute("REVOKE CREATE ON DATABASE " + database + " FROM " + engine.owner());
            assertThat(Rehearsal.of(engine.catalog(), ofOwner, terms(Set.of(), Map.of()), new TrialStop())
                            .findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.sentence())
                            .endsWith("GRANT CREATE ON DATABASE " + database + " TO " + engine.owner()));
        }
    }

    @Test
    void aHomeWhoseRowsTheRoleMayNotReadIsTriedAllTheSame() throws Exception {
        engine.with(
                        "V1__item.sql",
                        "CREATE TABLE item (id int); ALTER TABLE item ENABLE ROW LEVEL SECURITY;"
                                + " ALTER TABLE item FORCE ROW LEVEL SECURITY; CREATE POLICY every ON item USING (true);")
                .with("V2__view.sql", "SELECT 1;\nCREATE VIEW ids AS SELECT id FROM ${schema}.item;")
                .with("R__kind.sql", "CREATE TABLE kind (id int);");
        try (Server ofOwner = engine.serverOfOwner()) {
            List<Finding> findings = Rehearsal.of(engine.catalog(), ofOwner, terms(Set.of(), Map.of()), new TrialStop())
                    .findings();

            assertThat(lines(findings))
                    .containsExactly(
                            "WARNING null null not-tried",
                            "WARNING V2__view.sql 2 unquoted-schema",
                            "ERROR R__kind.sql 1 cannot-run-again");
            assertThat(findings.get(0).sentence()).contains("item", "BYPASSRLS");
        }
    }

    @Test
    void whatDatabasesOfTenantsShareIsNoTenantsOwn() throws Exception {
        String role = engine.owner() + "_of_all";
        String named = "public_" + role;
        engine.with("V1__role.sql", "CREATE ROLE \"app_${tenant}\";")
                .with("V2__role.sql", "CREATE ROLE " + role + ";")
                .with("V3__role.sql", "CREATE ROLE " + named + "; COMMENT ON ROLE " + named + " IS 'reads';");

        List<Finding> findings = Rehearsal.inDatabase(
                        engine.catalog(), engine.server(), terms(Set.of(), Map.of()), new TrialStop(), null)
                .findings();

        assertThat(lines(findings))
                .containsExactly("ERROR V2__role.sql null leaves-database", "ERROR V3__role.sql null leaves-database");
        assertThat(findings.get(0).sentence()).contains("role " + role);
        assertThat(engine.query("SELECT rolname FROM pg_roles WHERE rolname = '" + role + "'"))
                .isEmpty();
        engine.with(
                        "V2__role.sql",
                        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '" + role
                                + "') THEN CREATE ROLE " + role + "; END IF; END $$;")
                .without("V3__role.sql");
        assertThat(lines(Rehearsal.inDatabase(
                                engine.catalog(), engine.server(), terms(Set.of(), Map.of()), new TrialStop(), null)
                        .findings()))
                .containsExactly("WARNING V2__role.sql null leaves-database");
        assertThat(lines(Rehearsal.inDatabase(
                                engine.catalog(), engine.server(), terms(Set.of(), Map.of()), new TrialStop(), "app")
                        .findings()))
                .noneMatch(line -> line.contains("leaves-database"));
    }

    @Test
    void runsAtTheSameTimeDropWhatKilledOnesLeftAndNothingOfEachOther() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int);");
        String left = scratchDatabase("tenantry scratch");
        String used = scratchDatabase("tenantry scratch");
        String fresh = scratchDatabase(null);
        List<CompletableFuture<Rehearsal.Result>> runs = new ArrayList<>();
        try (Connection session = DevStack.shared().postgres().connect(used)) {
            for (int i = 0; i < 2; i++) {
                runs.add(CompletableFuture.supplyAsync(() -> quietly(() -> rehearse(Map.of()))));
                runs.add(CompletableFuture.supplyAsync(() -> quietly(() -> Rehearsal.inDatabase(
                        engine.catalog(), engine.server(), terms(Set.of(), Map.of()), new TrialStop(), null))));
            }
            assertThat(runs).allSatisfy(run -> {
                assertThat(run.join().findings()).isEmpty();
                assertThat(run.join().versions()).isEqualTo(1);
            });
            assertThat(session.isValid(1)).isTrue();
        }
        assertThat(engine.query("SELECT datname FROM pg_database WHERE datname IN ('" + left + "', '" + used + "', '"
                        + fresh + "')"))
                .containsExactlyInAnyOrder(used, fresh);
        engine.execute("DROP DATABASE " + fresh);
        engine.execute("DROP DATABASE IF EXISTS " + used);
    }

    private String scratchDatabase(@Nullable String comment) throws Exception {
        String name = TemporaryName.next("tenantry_scratch", Instant.now(), ThreadLocalRandom.current());
        engine.execute("CREATE DATABASE " + name);
        if (comment != null) {
            engine.execute("COMMENT ON DATABASE " + name + " IS '" + comment + "'");
        }
        return name;
    }

    private static Rehearsal.Result quietly(Callable<Rehearsal.Result> run) {
        try {
            return run.call();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void aPlanThatDiffersOnRowsLikeATenantsIsFound() throws Exception {
        engine.with(
                        "V1__item.sql",
                        "CREATE TABLE item (id int PRIMARY KEY, name text, made timestamptz DEFAULT now());")
                .with("V2__trick.sql", """
                        SELECT 1;
                        DO $$ DECLARE one_by_one boolean; BEGIN
                            EXECUTE 'SELECT statement_' || 'timestamp() > now()' INTO one_by_one;
                            IF NOT one_by_one THEN UPDATE item SET name = 'x' WHERE name = 'special'; END IF;
                        END $$;
                        """);

        List<Finding> findings =
                rehearse(Map.of("1", "INSERT INTO item VALUES (1, 'special')")).findings();

        assertThat(lines(findings)).containsExactly("WARNING null null plan-differs");
        assertThat(findings.get(0).sentence())
                .contains("table item: other values in name")
                .doesNotContain("made");
    }

    @Test
    void placeholdersWithoutQuotesFailForNamesThatNeedThem() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int, owner text DEFAULT '${tenant}');")
                .with("V2__view.sql", "SELECT 1;\nCREATE VIEW \"${schema}\".good AS SELECT id FROM \"${schema}\".item;")
                .with("V3__view.sql", "SELECT 1;\nCREATE VIEW bad AS SELECT id FROM ${schema}.item;")
                .with("V4__idx.sql", "CREATE INDEX CONCURRENTLY item_idx ON item (id);")
                .with("V5__view.sql", "CREATE VIEW \"${schema}\".after AS SELECT id FROM bad;")
                .with("V6__table.sql", "SELECT id FROM after;\n\nCREATE TABLE ${schema}.other (id int);")
                .with("R__last.sql", "GRANT USAGE ON SCHEMA ${schema} TO public;");

        assertThat(lines(rehearse(Map.of()).findings()))
                .containsExactly(
                        "WARNING V3__view.sql 2 unquoted-schema",
                        "WARNING V6__table.sql 3 unquoted-schema",
                        "WARNING R__last.sql 1 unquoted-schema");
    }

    @Test
    void scriptsOfTenantsDatabasesAndSharedOnesRunInADatabaseOfTheirOwn() throws Exception {
        engine.with(
                        "V1__item.sql",
                        "CREATE SCHEMA more; CREATE TABLE more.note (id serial, name text); CREATE TABLE item (id int);"
                                + " CREATE FUNCTION more.total() RETURNS int LANGUAGE sql AS 'SELECT 1';")
                .with("V2__idx.sql", "SELECT 1;\nCREATE INDEX item_idx ON ${schema}.item (id);")
                .with(
                        "V3__more.sql",
                        "INSERT INTO more.note (name) VALUES ('a');\nALTER TABLE more.note ADD extra text;\n"
                                + "UPDATE more.note SET extra = 'x';\nDROP FUNCTION more.total();");

        for (String shared : Arrays.asList(null, "app")) {
            Rehearsal.Result result = Rehearsal.inDatabase(
                    engine.catalog(), engine.server(), terms(Set.of(), Map.of()), new TrialStop(), shared);
            assertThat(lines(result.findings()))
                    .containsExactly(
                            "WARNING V2__idx.sql 2 require-concurrent-index-creation",
                            "WARNING V3__more.sql null ban-drop-function",
                            "WARNING V3__more.sql 3 backfill-under-lock");
            assertThat(result.versions()).isEqualTo(3);
        }
        engine.execute("CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext");
        engine.with("V4__mail.sql", "CREATE TABLE mail (address ext.citext);");
        assertThat(Rehearsal.inDatabase(
                                engine.catalog(), engine.server(), terms(Set.of(), Map.of()), new TrialStop(), "app")
                        .versions())
                .as("a shared home finds the extensions of its database")
                .isEqualTo(4);
        ScratchDatabases.awaitNoneStays(engine::query);
    }

    @Test
    void aScriptOutsideATransactionThatFailsIsNamedWithItsLine() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int);")
                .with("V2__idx.sql", "SELECT 1;\nCREATE INDEX CONCURRENTLY item_idx ON item (nothing_there);")
                .with("V2__idx.sql.conf", "executeInTransaction=false");
        assertThat(errors(rehearse(Map.of()).findings())).singleElement().satisfies(finding -> {
            assertThat(lines(List.of(finding))).containsExactly("ERROR V2__idx.sql 2 from-version");
            assertThat(finding.sentence()).contains("nothing_there", "42703");
        });
    }

    @Test
    void aSeedThatReturnsTooMuchIsNamedAndLeavesNothing() throws Exception {
        engine.close();
        long most = 2_000_000;
        engine = new EngineFixture(new ReceiveBudget(most, most, 0, Duration.ofMillis(1)));
        engine.with("V1__item.sql", "CREATE TABLE item (id int);");
        String seed = "INSERT INTO item VALUES (1); SELECT repeat('x', 1000) FROM generate_series(1, 20000);";

        assertThatThrownBy(() -> rehearse(Map.of("1", seed))).hasMessageContaining("the seed of version 1");
        engine.with("V2__much.sql", "SELECT repeat('x', 1000) FROM generate_series(1, 20000);");
        assertThat(lines(rehearse(Map.of()).findings())).contains("WARNING V2__much.sql null sends-too-much");
        assertThat(engine.query("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'tenantry_scratch')"))
                .isEmpty();
    }

    /** Nobody can answer them: the scripts must stay as they are. */
    @Test
    void whatFlywayRefusesWithoutAWordOfTheFileIsNamedOnce() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int);")
                .with("V2__mixed.sql", "ALTER TABLE item ADD a int;\nCREATE INDEX CONCURRENTLY a_idx ON item (a);");
        List<Finding> mixed = rehearse(Map.of()).findings();
        assertThat(lines(errors(mixed))).containsExactly("ERROR V2__mixed.sql 2 from-empty");
        assertThat(errors(mixed).get(0).sentence()).contains("needs a script of its own");

        engine.without("V2__mixed.sql").with("afterMigrate.sql", "SELECT 1;\nSELECT nothing_there;");
        assertThat(errors(rehearse(Map.of()).findings()))
                .singleElement()
                .satisfies(finding -> assertThat(finding.sentence()).startsWith("afterMigrate.sql failed: "));
    }

    @Test
    void aRepeatableScriptThatCannotRunAgainIsFoundWithWhatChanges() throws Exception {
        engine.with(
                        "V1__item.sql",
                        "CREATE TABLE item (id serial PRIMARY KEY, name text UNIQUE, at timestamptz, size int);")
                .with("R__a_table.sql", "SELECT 1;\nCREATE TABLE kind (name text);")
                .with("R__b_rows.sql", "INSERT INTO item (name) VALUES (NULL), (NULL);")
                .with("R__c_sizes.sql", "UPDATE item SET size = coalesce(size, 0) + 1;")
                .with(
                        "R__d_good.sql",
                        "INSERT INTO item (name, at) VALUES ('a', now()) ON CONFLICT (name) DO UPDATE SET at = now();"
                                + " CREATE OR REPLACE VIEW names AS SELECT name FROM item; DROP TABLE IF EXISTS lookup;"
                                + " CREATE TABLE lookup (id serial, key uuid DEFAULT gen_random_uuid()); INSERT INTO lookup"
                                + " DEFAULT VALUES;")
                .with("R__e_view.sql", "DROP VIEW IF EXISTS below; CREATE VIEW below AS SELECT id FROM item;")
                .with("R__f_view.sql", "CREATE OR REPLACE VIEW above AS SELECT id FROM below;");
        List<Finding> findings = Rehearsal.of(
                        engine.catalog(),
                        engine.server(),
                        terms(Set.of("V1__item.sql", "R__e_view.sql"), Map.of()),
                        new TrialStop())
                .findings();

        assertThat(lines(findings))
                .containsExactly(
                        "ERROR R__a_table.sql 2 cannot-run-again",
                        "WARNING R__b_rows.sql null cannot-run-again",
                        "WARNING R__c_sizes.sql null cannot-run-again",
                        "WARNING R__e_view.sql 1 cannot-run-again");
        assertThat(findings)
                .extracting(Finding::sentence)
                .anySatisfy(sentence -> assertThat(sentence).contains("42P07", "kind"))
                .anySatisfy(
                        sentence -> assertThat(sentence).containsPattern("table item: after it \\d+ rows, before it"))
                .anySatisfy(sentence -> assertThat(sentence).contains("table item: other values in size;"));
    }

    @Test
    void aScriptOutsideATransactionIsMeasuredStatementByStatement() throws Exception {
        String conf = "executeInTransaction=false\n";
        engine.with(
                        "V1__item.sql",
                        "CREATE TABLE item (id int, name text); CREATE INDEX item_idx ON item (id); CREATE TABLE other (id int);")
                .with(
                        "V2__vacuum.sql",
                        "ALTER TABLE IF EXISTS item ADD IF NOT EXISTS kind text DEFAULT 'a';\n"
                                + "ALTER TABLE IF EXISTS other SET UNLOGGED;\nVACUUM FULL item;")
                .with("V2__vacuum.sql.conf", conf)
                .with("V3__again.sql", "REINDEX INDEX CONCURRENTLY item_idx;")
                .with("V3__again.sql.conf", conf)
                .with("V4__reindex.sql", "REINDEX TABLE item;")
                .with(
                        "V5__mixed.sql",
                        "ALTER TABLE item ADD IF NOT EXISTS extra text;\nUPDATE item SET extra = 'x' WHERE NOT EXISTS (SELECT 1"
                                + " FROM item i WHERE i.extra = 'x');\nCREATE INDEX CONCURRENTLY IF NOT EXISTS extra_idx ON item (extra);\n"
                                + "CREATE INDEX IF NOT EXISTS name_idx ON item (name);\n"
                                + "ALTER TABLE IF EXISTS item ALTER id TYPE bigint;")
                .with("V5__mixed.sql.conf", conf)
                .with(
                        "V6__part.sql",
                        "CREATE TABLE mail (email varchar(9)); CREATE TABLE part (id int) PARTITION BY RANGE (id);"
                                + " CREATE INDEX part_idx ON part (id);"
                                + " CREATE TABLE part_rest PARTITION OF part DEFAULT;")
                .with(
                        "V6_1__mail.sql",
                        "ALTER TABLE IF EXISTS mail ALTER email TYPE text;\n"
                                + "CREATE INDEX CONCURRENTLY IF NOT EXISTS mail_idx ON mail (email);")
                .with("V6_1__mail.sql.conf", conf)
                .with("V7__part.sql", "REINDEX TABLE part;")
                .with("V7__part.sql.conf", conf)
                .with(
                        "V7_1__batches.sql",
                        "DO $$ BEGIN FOR i IN 1..3 LOOP UPDATE item SET extra = i::text; COMMIT; END LOOP; END $$;")
                .with("V7_1__batches.sql.conf", conf)
                .with(
                        "V7_2__fill.sql",
                        "CREATE PROCEDURE fill() LANGUAGE plpgsql AS 'BEGIN UPDATE item SET extra = 1; COMMIT; END';")
                .with("V7_3__call.sql", "CALL fill();")
                .with("V7_3__call.sql.conf", conf)
                .with("V7_4__idx.sql", "CREATE INDEX last_idx ON item (extra);");

        assertThat(lines(rehearse(Map.of()).findings()))
                .containsExactly(
                        "WARNING V2__vacuum.sql null table-rewrite",
                        "WARNING V2__vacuum.sql 2 table-rewrite",
                        "WARNING V4__reindex.sql 1 require-concurrent-reindex",
                        "WARNING V5__mixed.sql null cannot-run-again",
                        "WARNING V5__mixed.sql 4 require-concurrent-index-creation",
                        "WARNING V5__mixed.sql 5 changing-column-type",
                        "WARNING V7__part.sql null require-concurrent-reindex",
                        "WARNING V7_4__idx.sql 1 require-concurrent-index-creation");

        engine.with("V8__detach.sql", "REINDEX INDEX CONCURRENTLY item_idx;");
        assertThat(rehearse(Map.of()).findings())
                .filteredOn(finding -> finding.severity() == Severity.ERROR)
                .singleElement()
                .satisfies(finding -> assertThat(finding.sentence())
                        .contains("25001")
                        .endsWith("with executeInTransaction=false in the file V8__detach.sql.conf"));
    }

    @Test
    void aMigrationInJavaIsMeasuredToo() throws Exception {
        engine.with(
                        "V1__item.sql",
                        "CREATE TABLE item (id int, name text, size int); CREATE INDEX item_idx ON item (size);")
                .withJava(V2__DropName.class);

        List<Finding> findings = rehearse(Map.of()).findings();
        assertThat(lines(findings))
                .containsExactly(
                        "WARNING " + V2__DropName.class.getName() + " null changing-column-type",
                        "WARNING " + V2__DropName.class.getName() + " null require-concurrent-index-deletion",
                        "WARNING " + V2__DropName.class.getName() + " 2 allow");
        assertThat(findings.get(0).sentence()).endsWith(" <why> in the file V2__DropName.allow.sql beside its class");

        engine.with("V3__last.sql", "SELECT 1;");
        MigrationCatalog scripts = FlywayEngine.load(
                "users", engine.folder(), List.of(), engine.server().dataSource());
        Released released = new Released(engine.catalog(), scripts);
        assertThat(released.findings()).isEmpty();
        assertThat(released.scripts())
                .containsExactlyInAnyOrder("V1__item.sql", V2__DropName.class.getName(), "V3__last.sql");
    }

    @Test
    void madeUpRowsKeepToTheChecksAndTablesWithoutAnyAreNamed() throws Exception {
        engine.execute("CREATE FUNCTION public.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'");
        engine.with(
                        "V1__sale.sql",
                        "CREATE DOMAIN rank AS int CHECK (VALUE BETWEEN 40 AND 45); CREATE TABLE sale (id int PRIMARY KEY,"
                                + " status text NOT NULL CHECK (status IN ('new', 'it''s paid')),"
                                + " percent int NOT NULL CHECK (percent > 10 AND percent < 90), rank rank NOT NULL,"
                                + " currency char(3) NOT NULL CHECK (currency = upper(currency) AND length(currency) = 3),"
                                + " code varchar(9) NOT NULL CHECK (code ~ '^[0-9]{5}$'), tags text[] CHECK (cardinality(tags) > 0),"
                                + " low int NOT NULL, high int NOT NULL, CHECK (high > low), mac macaddr NOT NULL,"
                                + " bits bit(3) NOT NULL, place point NOT NULL, words tsvector NOT NULL,"
                                + " begins date NOT NULL, ends timestamptz NOT NULL, CHECK (ends > begins));"
                                + " CREATE TABLE line (sale int NOT NULL REFERENCES sale);"
                                + " CREATE TABLE account (iban text NOT NULL CHECK (iban ~ '^[A-Z]{2}-[a-f0-9]{20}$'));"
                                + " CREATE TABLE booking (iban text CHECK (iban IS NOT NULL AND iban ~ '^[A-Z]{2}-[a-f0-9]{20}$'));"
                                + " CREATE TABLE watched (id int); CREATE TRIGGER watched BEFORE INSERT ON watched FOR EACH ROW"
                                + " EXECUTE FUNCTION public.noted();"
                                + " CREATE TABLE indexed (words tsvector, body text); CREATE TRIGGER indexed BEFORE INSERT ON indexed"
                                + " FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger(words, 'pg_catalog.english', body);"
                                + " CREATE TABLE filled (LIKE account INCLUDING ALL);"
                                + " INSERT INTO filled VALUES ('DE-00000000000000000000');")
                .with("V2__code.sql", "ALTER TABLE line ADD code text NOT NULL;")
                .with("V3__region.sql", "ALTER TABLE account ADD region text;\nUPDATE account SET region = 'eu';")
                .with("V4__empty.sql", "TRUNCATE account;");

        List<Finding> findings = rehearse(Map.of()).findings();

        assertThat(lines(findings))
                .containsExactly(
                        "WARNING V2__code.sql 1 adding-required-field",
                        "WARNING V3__region.sql 2 backfill-under-lock",
                        "WARNING V4__empty.sql 1 truncating-table");
        assertThat(findings)
                .extracting(Finding::sentence)
                .anySatisfy(sentence -> assertThat(sentence).contains(": account, booking, watched;"))
                .anySatisfy(sentence -> assertThat(sentence).contains("fails on each home that has rows"));
    }

    @Test
    void allIsRolledBackFromAnAllowedScriptThatReachesOutsideOn() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int, name text);")
                .with("V2__shared.sql", "CREATE TABLE public.shared_by_all (id int);")
                .with("V3__check.sql", "ALTER TABLE item ADD CONSTRAINT named CHECK (name <> '') NOT VALID;")
                .with("V4__valid.sql", "ALTER TABLE item VALIDATE CONSTRAINT named;")
                .with("V5__idx.sql", "CREATE INDEX item_idx ON item (id);")
                .with("V5_1__fill.sql", "ALTER TABLE item ADD x text;\nUPDATE item SET x = 'a' WHERE name = 'b';")
                .with(
                        "V5_2__valid.sql",
                        "ALTER TABLE item ADD CONSTRAINT other CHECK (name <> 'c') NOT VALID;\n"
                                + "ALTER TABLE item VALIDATE CONSTRAINT other;")
                .with("V5_3__rows.sql", "UPDATE item SET x = 'b';")
                .with("V6__idx.sql", "CREATE INDEX CONCURRENTLY item_idx2 ON item (name);");
        RehearsalTerms terms = new RehearsalTerms(
                Set.of("V2__shared.sql"), null, null, Map.of("2", "INSERT INTO item VALUES (1, 'a')"), LONGEST);

        List<Finding> findings = Rehearsal.of(engine.catalog(), engine.server(), terms, new TrialStop())
                .findings();

        assertThat(lines(findings))
                .containsExactly(
                        "WARNING V2__shared.sql null leaves-schema",
                        "WARNING V5__idx.sql 1 require-concurrent-index-creation",
                        "WARNING V5_1__fill.sql 2 backfill-under-lock",
                        "WARNING V5_2__valid.sql 2 constraint-missing-not-valid",
                        "WARNING V6__idx.sql null not-tried");
        assertThat(findings)
                .anySatisfy(finding -> assertThat(finding.sentence()).contains("which hold locks on tables"))
                .anySatisfy(
                        finding -> assertThat(finding.sentence())
                                .contains(
                                        "V2__shared.sql makes or changes table public.shared_by_all, outside the schema: make that once"));
        assertThat(engine.query("SELECT to_regclass('public.shared_by_all')")).containsExactly("null");
    }

    @Test
    void whereTheServerCountsNoScansEachLockCounts() throws Exception {
        engine.execute(
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET track_counts = off', current_database()); END $$");
        engine.with("V1__item.sql", "CREATE TABLE item (id int CONSTRAINT there CHECK (id IS NOT NULL));")
                .with("V2__not_null.sql", "ALTER TABLE item ALTER id SET NOT NULL;");

        assertThat(lines(rehearse(Map.of()).findings()))
                .containsExactly(
                        "WARNING null null not-measured", "WARNING V2__not_null.sql 1 adding-not-nullable-field");
    }

    private Rehearsal.Result rehearse(Map<String, String> seeds) throws Exception {
        return Rehearsal.of(engine.catalog(), engine.server(), terms(Set.of(), seeds), new TrialStop());
    }
}
