package io.tenantry.worker.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.Glob;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What counts as a difference, and how it is said; each entry is written as {@code label | part of | definition}. */
class ComparisonTest {
    private static final String USERS = "table users | | USING heap";
    private static final String ID = "column users.id | table users | integer NOT NULL (position 1)";

    @Test
    void saysCodesOfTheCatalogsInWords() {
        assertThat(lines(
                        List.of(
                                USERS,
                                ID,
                                "column users.data | table users | text STORAGE x (position 2)",
                                "policy users.mine | table users | PERMISSIVE FOR r TO PUBLIC USING (true)",
                                "rule users.keep | table users | enabled O, CREATE RULE keep AS ON DELETE TO users DO INSTEAD NOTHING",
                                "trigger users.audit | table users | enabled O, CREATE TRIGGER audit ...",
                                "privileges on default privileges of app on r | default privileges of app on r |"
                                        + " reader=SELECT/app",
                                "default privileges of app on r | | "),
                        List.of(
                                USERS,
                                ID,
                                "column users.data | table users | text STORAGE e (position 2)",
                                "policy users.mine | table users | RESTRICTIVE FOR w TO PUBLIC USING (true)",
                                "rule users.keep | table users | enabled A, CREATE RULE keep AS ON DELETE TO users DO INSTEAD NOTHING",
                                "trigger users.audit | table users | enabled R, CREATE TRIGGER audit ...")))
                .containsExactly(
                        "changed column users.data: text STORAGE EXTERNAL here, text STORAGE EXTENDED in the reference",
                        "missing default privileges of app on tables: SELECT to reader",
                        "changed policy mine on users: RESTRICTIVE FOR UPDATE TO PUBLIC USING (true) here, PERMISSIVE FOR"
                                + " SELECT TO PUBLIC USING (true) in the reference",
                        "changed rule keep on users: enabled always here, not in the reference",
                        "changed trigger audit on users: enabled for replication only here, not in the reference");
    }

    @Test
    void saysWhatWasGrantedAndRevokedWhoeverTheOwnerIs() {
        assertThat(lines(
                        List.of(
                                USERS,
                                "owner of table users | table users | app",
                                "privileges on table users | table users | app=SELECT/app, app=UPDATE/app, old=DELETE/app,"
                                        + " old=INSERT/app"),
                        List.of(
                                USERS,
                                "owner of table users | table users | alice",
                                "privileges on table users | table users | PUBLIC=SELECT/alice, alice=SELECT/alice,"
                                        + " alice=UPDATE/alice, bob=SELECT*/alice")))
                .containsExactly(
                        "changed owner of table users: alice here, app in the reference",
                        "changed privileges on table users: SELECT granted to PUBLIC, SELECT granted to bob with grant option,"
                                + " DELETE and INSERT revoked from old");
    }

    @Test
    void namesDefaultPrivilegesOfTheSchemaByWhatTheyAreOf() {
        String what = "default privileges of app on r | | ";
        String privileges = "privileges on default privileges of app on r | default privileges of app on r | ";
        assertThat(lines(
                        List.of(what, privileges + "reader=SELECT/app"),
                        List.of(what, privileges + "writer=SELECT/app")))
                .containsExactly(
                        "changed privileges on default privileges of app on tables: SELECT granted to writer, SELECT"
                                + " revoked from reader");
    }

    @Test
    void namesTheCauseWithoutWhatFollowsFromIt() {
        List<String> reference = List.of(
                USERS,
                ID,
                "column users.name | table users | text (position 2)",
                "column users.mail | table users | text (position 3)",
                "constraint users.users_pkey | table users | PRIMARY KEY (id), index users_pkey",
                "index users_pkey | table users | CREATE UNIQUE INDEX users_pkey ..., primary",
                "sequence users_id_seq | | AS integer OWNED BY users.id",
                "owner of sequence users_id_seq | sequence users_id_seq | app");

        assertThat(lines(reference, List.of(USERS, ID, reference.get(3), reference.get(6), reference.get(7))))
                .as("columns after a missing one keep their place")
                .containsExactly(
                        "missing column users.name: text", "missing primary key users_pkey on users: PRIMARY KEY (id)");
        assertThat(lines(reference, List.of()))
                .containsExactly("missing table users: (id integer NOT NULL, name text, mail text)");
        assertThat(lines(
                        List.of(),
                        List.of(
                                "table \"a.b\" | | USING heap",
                                "column \"a.b\".id | table \"a.b\" | text (position 1)")))
                .containsExactly("extra table \"a.b\": (id text)");
    }

    /** A restore makes them before those of the child; a partition is restored as a table, and attached. */
    @Test
    void theOrderOfInheritedColumnsCountsInPartitionsOnly() {
        List<String> own = List.of(
                "column users.more | table users | text (position 1)",
                "column users.note | table users | text (position 2)");
        List<String> reference =
                List.of(own.get(0), own.get(1), "column users.id | table users | integer inherited 1 (position 3)");
        List<String> restored = List.of(
                "column users.id | table users | integer inherited 1 (position 1)",
                "column users.more | table users | text (position 2)",
                "column users.note | table users | text (position 3)");
        List<String> moved = List.of(
                "column users.note | table users | text (position 1)",
                "column users.more | table users | text (position 2)",
                reference.get(2));

        assertThat(lines(with("INHERITS base, USING heap", reference), with("INHERITS base, USING heap", restored)))
                .isEmpty();
        assertThat(lines(with("INHERITS base, USING heap", reference), with("INHERITS base, USING heap", moved)))
                .containsExactly("changed column order of table users: note, more here, more, note in the reference");
        assertThat(lines(
                        with("INHERITS base, FOR VALUES IN (1), USING heap", reference),
                        with("INHERITS base, FOR VALUES IN (1), USING heap", restored)))
                .containsExactly(
                        "changed column order of table users: id, more, note here, more, note, id in the reference");
    }

    private static List<String> with(String definition, List<String> columns) {
        return Stream.concat(Stream.of("table users | | " + definition), columns.stream())
                .toList();
    }

    @Test
    void seesAnotherOrderOfTheColumns() {
        assertThat(lines(
                        List.of(USERS, ID, "column users.name | table users | text (position 2)"),
                        List.of(
                                USERS,
                                "column users.id | table users | integer NOT NULL (position 3)",
                                "column users.name | table users | text (position 1)",
                                "column users.more | table users | text (position 2)")))
                .containsExactly(
                        "extra column users.more: text",
                        "changed column order of table users: name, id here, id, name in the reference");
    }

    @Test
    void leavesOutVersionTablesMembersOfExtensionsAndWhatIsExcluded() {
        List<String> home = List.of(
                "table alembic_version | | USING heap",
                "column alembic_version.version_num | table alembic_version | text (position 1)",
                "table django_migrations | | USING heap",
                "sequence django_migrations_id_seq | | AS bigint IDENTITY OF django_migrations.id",
                "owner of sequence django_migrations_id_seq | sequence django_migrations_id_seq | app",
                "function similarity(text,text) | | ...",
                "extension of function similarity(text,text) | function similarity(text,text) | e pg_trgm",
                "extension pg_trgm | | version 1.6",
                "table audit_log | | USING heap",
                "index audit_log_at | table audit_log | CREATE INDEX",
                "constraint users.id_there | table users | NOT NULL id",
                USERS,
                ID);

        assertThat(lines(List.of(USERS, ID), home, new Glob("table audit_*"))).isEmpty();
        assertThat(lines(List.of(USERS, ID), home)).containsExactly("extra table audit_log");
        assertThat(differences(Isolation.SHARED, List.of(USERS, ID), home, new Glob("* audit_*")))
                .as("one of a shared home's database may be the DBA's")
                .isEmpty();
        assertThat(differences(Isolation.DATABASE, List.of(USERS, ID), home, new Glob("* audit_*")))
                .as("a database has its own extensions")
                .containsExactly("extra extension pg_trgm");
    }

    @Test
    void leavesOutWhatIsExcludedByTheNameThatTheOutputHas() {
        List<String> reference = List.of(USERS, ID);
        List<String> home = List.of(
                USERS,
                ID,
                "constraint users.positive | table users | CHECK ((id > 0))",
                "trigger users.audit | table users | enabled O, CREATE TRIGGER audit ...",
                "index users_id | table users | CREATE INDEX users_id ON users USING btree (id)");
        assertThat(lines(reference, home)).hasSize(3);

        assertThat(lines(
                        reference,
                        home,
                        new Glob("check constraint positive on users"),
                        new Glob("trigger audit"),
                        new Glob("index * on users")))
                .isEmpty();
        assertThat(lines(reference, home, new Glob("constraint users.positive"), new Glob("trigger users.*")))
                .as("by the names that were the only ones before")
                .hasSize(1);
        assertThat(lines(
                        List.of(USERS, ID, "column users.name | table users | text (position 2)"),
                        List.of(
                                USERS,
                                "column users.id | table users | integer NOT NULL (position 2)",
                                "column users.name | table users | text (position 1)",
                                "constraint users.there | table users | NOT NULL id NO INHERIT",
                                "comment on column users.name | column users.name | hers"),
                        new Glob("column order of *"),
                        new Glob("not-null constraint users.id"),
                        new Glob("comment on column users.*")))
                .as("the order of columns has no name in a snapshot, and a NOT NULL another one")
                .isEmpty();
        assertThat(lines(
                        List.of(USERS, ID),
                        List.of(
                                USERS,
                                ID,
                                "constraint users.positive | table users | CHECK ((id > 0))",
                                "comment on constraint users.positive | constraint users.positive | ours"),
                        new Glob("comment on check constraint positive on users")))
                .containsExactly("extra check constraint positive on users: CHECK ((id > 0))");
    }

    @Test
    void comparesFurtherSchemasOfADatabaseWithTheirNames() {
        String log = "in schema \"a: b\": table log | schema \"a: b\" | USING heap";
        String id = "in schema \"a: b\": column log.id | in schema \"a: b\": table log | integer (position 1)";
        List<String> reference = List.of(
                "schema \"a: b\" | | ",
                "owner of schema \"a: b\" | schema \"a: b\" | app",
                log,
                id,
                "in schema \"a: b\": sequence log_id_seq | schema \"a: b\" | AS integer OWNED BY log.id",
                "in schema \"a: b\": sequence other | schema \"a: b\" | AS integer",
                "in schema \"a: b\": constraint log.positive | in schema \"a: b\": table log | CHECK ((id > 0))",
                "in schema \"a: b\": trigger log.noted | in schema \"a: b\": table log | enabled O, CREATE TRIGGER ...",
                "in schema \"a: b\": default privileges of app on r | schema \"a: b\" | ",
                "in schema \"a: b\": extension pg_trgm | schema \"a: b\" | version 1");
        List<String> home = List.of(
                reference.get(0),
                "owner of schema \"a: b\" | schema \"a: b\" | boss",
                log,
                "in schema \"a: b\": column log.id | in schema \"a: b\": table log | bigint (position 2)",
                reference.get(5),
                "in schema \"a: b\": comment on table log | in schema \"a: b\": table log | hers",
                "schema closed | | not read, since the worker's role lacks USAGE on it");

        assertThat(differences(Isolation.DATABASE, reference, home))
                .containsExactly(
                        "changed owner of schema \"a: b\": boss here, app in the reference",
                        "extra schema closed: not read, since the worker's role lacks USAGE on it",
                        "changed column \"a: b\".log.id: bigint here, integer in the reference",
                        "changed comment on table \"a: b\".log: hers here, none in the reference",
                        "missing check constraint positive on \"a: b\".log: CHECK ((id > 0))",
                        "missing default privileges in schema \"a: b\" of app on tables",
                        "missing extension pg_trgm in schema \"a: b\"",
                        "missing sequence \"a: b\".log_id_seq: AS integer OWNED BY log.id",
                        "missing trigger noted on \"a: b\".log: CREATE TRIGGER ...");
        assertThat(differences(Isolation.DATABASE, reference, List.of()))
                .containsExactly(
                        "missing schema \"a: b\": (default privileges of app on tables, extension pg_trgm, sequence other, table log)");
        assertThat(differences(
                        Isolation.DATABASE,
                        reference,
                        home,
                        new Glob("schema closed"),
                        new Glob("owner of schema *"),
                        new Glob("* \"a: b\".log*"),
                        new Glob("* on \"a: b\".log"),
                        new Glob("default privileges in schema *"),
                        new Glob("extension pg_trgm in *")))
                .isEmpty();
        assertThat(differences(Isolation.DATABASE, reference, home, new Glob("schema *")))
                .as("what is in it goes with it")
                .isEmpty();
    }

    @Test
    void saysWhatIsPublishedAndWhatIsUnloggedOnce() {
        String id = "column users.id | table users | integer (position 1)";
        String published = "publication namespace schema in publication news | | ";
        String inside = "in schema audit: publication namespace schema in publication news | schema audit | ";
        List<String> reference =
                List.of(USERS, id, "sequence users_id_seq | | AS integer OWNED BY users.id", "schema audit | | ");
        List<String> home = List.of(
                "table users | | UNLOGGED, USING heap",
                id,
                "sequence users_id_seq | | UNLOGGED AS integer OWNED BY users.id",
                "schema audit | | ",
                published,
                inside);

        assertThat(lines(reference, home))
                .containsExactly(
                        "extra published schema in publication news",
                        "changed table users: UNLOGGED here, not in the reference",
                        "extra published schema audit in publication news");
        assertThat(lines(reference, home, new Glob("published schema *"), new Glob("table users")))
                .isEmpty();
        assertThat(lines(reference, List.of(USERS, id, home.get(2), reference.get(3))))
                .as("the sequence alone")
                .hasSize(1);
    }

    @Test
    void countsObjectsWhoseNamesAreComputedFromTheTenants() {
        String mark = "${tenantry:depends-on-name}";
        List<String> reference = List.of(
                USERS,
                "column users.id | table users | " + mark + "integer DEFAULT 7 (position 1)",
                "table p_1 | | " + mark + "USING heap",
                "column p_1.id | table p_1 | " + mark + "integer (position 1)",
                "owner of table p_1 | table p_1 | " + mark + "app");
        List<String> home = List.of(
                USERS,
                "column users.id | table users | integer DEFAULT 8 (position 1)",
                "table p_2 | | USING heap",
                "column p_2.id | table p_2 | integer (position 1)",
                "owner of table p_2 | table p_2 | app");
        List<String> more = Stream.concat(home.stream(), Stream.of("table hers | | USING heap"))
                .toList();

        assertThat(lines(reference, home)).isEmpty();
        assertThat(lines(reference, List.of(USERS)))
                .containsExactly("missing column users.id: integer DEFAULT 7", "missing table p_1: (id integer)");
        assertThat(lines(reference, more))
                .containsExactly(
                        "extra table hers", "missing table p_1: (id integer)", "extra table p_2: (id integer)");
    }

    @Test
    void saysAnAggregateAsPeopleMakeIt() {
        String codes =
                "kind n, direct arguments 0, parallel %s, sfunc int4pl(integer,integer), stype integer, finalfunc"
                        + " modify r, initcond '0', mfinalfunc modify r";
        assertThat(lines(
                        List.of("aggregate total(integer) | | arguments a integer, result integer, "
                                + String.format(codes, "u")),
                        List.of("aggregate total(integer) | | arguments a integer, result integer, "
                                + String.format(codes, "s"))))
                .containsExactly("changed aggregate total(integer): PARALLEL = SAFE here, not in the reference");
        assertThat(AggregateWords.of("arguments a integer, result integer, "
                        + String.format(codes, "u").replace("modify r, i", "modify w, i")))
                .isEqualTo("(a integer) RETURNS integer, SFUNC = int4pl(integer,integer), STYPE = integer,"
                        + " FINALFUNC_MODIFY = READ_WRITE, INITCOND = '0'");
    }

    private static List<String> lines(List<String> reference, List<String> home, Glob... excluded) {
        return differences(Isolation.SCHEMA, reference, home, excluded);
    }

    private static List<String> differences(
            Isolation isolation, List<String> reference, List<String> home, Glob... excluded) {
        return Comparison.of(
                        ComparableSnapshot.of(snapshot(reference), isolation, List.of(excluded)),
                        ComparableSnapshot.of(snapshot(home), isolation, List.of(excluded)))
                .differences()
                .stream()
                .map(Wording::of)
                .toList();
    }

    private static CatalogSnapshot snapshot(List<String> entries) {
        SortedMap<String, Entry> all = new TreeMap<>();
        for (String entry : entries) {
            String[] parts = entry.split(" ?\\| ?", 3);
            all.put(parts[0], new Entry(parts[1].strip(), parts[2]));
        }
        return new CatalogSnapshot(all);
    }
}
