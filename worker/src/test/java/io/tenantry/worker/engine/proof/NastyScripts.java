package io.tenantry.worker.engine.proof;

import java.util.LinkedHashMap;
import java.util.Map;

/** Migrations that are hard for code that takes scripts apart, or runs several as one. */
final class NastyScripts {
    private NastyScripts() {}

    /** Quotes within quotes, comments, line ends, a byte order mark, braces, question marks, placeholders. */
    static Map<String, String> language() {
        Map<String, String> scripts = new LinkedHashMap<>();
        scripts.put("V1__functions.sql", """
                CREATE FUNCTION outer_one() RETURNS text LANGUAGE plpgsql AS $outer$
                DECLARE inner_text text := $$semi;colon '; $not_outer$ -- no comment$$;
                BEGIN
                    /* a ; in a comment /* nested; */ */
                    EXECUTE $q$SELECT 'a;b'; $q$;
                    RETURN inner_text || ';';
                END $outer$;
                CREATE FUNCTION atomic_one(a int) RETURNS int LANGUAGE sql
                BEGIN ATOMIC
                    SELECT a + 1;
                    SELECT CASE WHEN a > 0 THEN a ELSE 0 END;
                END;
                CREATE PROCEDURE proc(INOUT n int) LANGUAGE plpgsql AS $$ BEGIN n := n + 1; END $$;
                DO $$ BEGIN PERFORM outer_one(); END $$;
                CALL proc(1);
                """);
        scripts.put("V2__only_comments.sql", "-- nothing; at all\n/* and; nothing here either */\n");
        scripts.put(
                "V3__windows.sql",
                "\uFEFFCREATE TABLE lines (a text);\r\nINSERT INTO lines VALUES ('one\r\ntwo');\r\n-- end\r\n");
        scripts.put("V4__operators.sql", """
                CREATE TABLE doc (id int PRIMARY KEY, body jsonb, note text DEFAULT '{fn now()} ? {d ''2020-01-01''}');
                INSERT INTO doc (id, body) SELECT 1, '{"a": "?"}'::jsonb WHERE '{"a":1}'::jsonb ? 'a';
                CREATE INDEX doc_body ON doc USING gin (body);
                INSERT INTO doc (id, note) VALUES (2, E'it\\'s; ''quoted'''), (3, U&'d\\0061t\\+000061');
                """);
        scripts.put("V5__placeholders.sql", """
                CREATE TABLE whose (tenant text DEFAULT '${tenant}', place text DEFAULT '${schema}');
                INSERT INTO whose DEFAULT VALUES; INSERT INTO whose VALUES ('${TENANT}', '${flyway:defaultSchema}');
                CREATE FUNCTION here() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM ${schema}.whose';
                COMMENT ON TABLE "${schema}".whose IS 'no ${tenant}';
                """);
        scripts.put("V6__no_end.sql", "ALTER TABLE doc ADD COLUMN late int;\nSELECT 1 -- no semicolon, and a comment;");
        scripts.put("R__who.sql", "CREATE OR REPLACE VIEW who AS SELECT '${tenant}'::text AS tenant, outer_one();");
        return scripts;
    }

    /** What a schema can be made of. */
    static Map<String, String> shapes() {
        Map<String, String> scripts = new LinkedHashMap<>();
        scripts.put("V1__types.sql", """
                CREATE TYPE mood AS ENUM ('sad', 'ok');
                CREATE DOMAIN percent AS numeric CHECK (VALUE BETWEEN 0 AND 100);
                CREATE TYPE pair AS (a int, b mood);
                CREATE TABLE person (
                    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                    name text NOT NULL UNIQUE, mood mood DEFAULT 'ok', share percent, both_of pair,
                    upper_name text GENERATED ALWAYS AS (upper(name)) STORED,
                    boss bigint REFERENCES person DEFERRABLE INITIALLY DEFERRED);
                """);
        scripts.put("V2__add_value.sql", "ALTER TYPE mood ADD VALUE 'happy' AFTER 'ok';");
        scripts.put("V3__use_value.sql", "INSERT INTO person (name, mood) VALUES ('Ann', 'happy');");
        scripts.put("V4__partitions.sql", """
                CREATE TABLE event (id bigint, at date NOT NULL, person bigint REFERENCES person) PARTITION BY RANGE (at);
                CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
                CREATE TABLE event_rest PARTITION OF event DEFAULT;
                CREATE INDEX event_at ON event (at);
                INSERT INTO event VALUES (1, '2024-05-05', 1), (2, '2030-01-01', 1);
                """);
        scripts.put("V5__code.sql", """
                CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := trim(NEW.name); RETURN NEW; END $$;
                CREATE TRIGGER person_touch BEFORE INSERT OR UPDATE OF name ON person FOR EACH ROW EXECUTE FUNCTION touch();
                CREATE VIEW happy AS SELECT * FROM person WHERE mood = 'happy' WITH CHECK OPTION;
                CREATE MATERIALIZED VIEW count_by_mood AS SELECT mood, count(*) FROM person GROUP BY mood;
                CREATE RULE no_delete AS ON DELETE TO person DO INSTEAD NOTHING;
                """);
        scripts.put("V6__rights.sql", """
                ALTER TABLE person ENABLE ROW LEVEL SECURITY;
                CREATE POLICY own ON person FOR SELECT USING (name = current_user);
                GRANT SELECT ON person TO PUBLIC;
                COMMENT ON COLUMN person.mood IS 'today''s';
                ALTER TABLE person ALTER COLUMN name SET STATISTICS 500, ADD CONSTRAINT short CHECK (length(name) < 99) NOT VALID;
                ALTER TABLE event SET (fillfactor = 70);
                """.replace(
                "ALTER TABLE event SET (fillfactor = 70);\n", "ALTER TABLE event_rest SET (fillfactor = 70);\n"));
        return scripts;
    }

    /** Data, and what no plan can do: for Flyway, in the midst of plans. */
    static Map<String, String> data() {
        Map<String, String> scripts = new LinkedHashMap<>();
        scripts.put("V1__items.sql", """
                CREATE TABLE item (id int PRIMARY KEY, key uuid DEFAULT gen_random_uuid(), at timestamptz DEFAULT now(),
                    luck double precision DEFAULT random(), name text);
                INSERT INTO item (id, name) SELECT n, 'item ' || n FROM generate_series(1, 50) n;
                """);
        scripts.put(
                "V2__copy.sql",
                "COPY item (id, name) FROM STDIN;\n51\tfrom; copy\n52\t\\N\n\\.\nUPDATE item SET name = 'x' WHERE id = 52;\n");
        scripts.put("V3__concurrently.sql", "CREATE INDEX CONCURRENTLY item_name ON item (name);");
        scripts.put("V4__deferred.sql", """
                CREATE TABLE part (id int PRIMARY KEY, item int REFERENCES item DEFERRABLE INITIALLY DEFERRED);
                INSERT INTO part VALUES (1, 51);
                """);
        scripts.put("V5__after_deferred.sql", "ALTER TABLE part ADD COLUMN weight numeric(10, 2) DEFAULT 1.5;");
        scripts.put("V6__session.sql", "SET search_path = pg_catalog;\nSET application_name = 'left behind';\n");
        scripts.put("V7__after_session.sql", "CREATE TABLE last_one (a int);");
        scripts.put("R__a_view.sql", "CREATE OR REPLACE VIEW few AS SELECT id FROM item;");
        scripts.put("R__b_view.sql", "CREATE OR REPLACE VIEW more AS SELECT id FROM few;");
        return scripts;
    }

    /** A baseline that stands for what came before it. */
    static Map<String, String> baseline() {
        Map<String, String> scripts = new LinkedHashMap<>();
        scripts.put("V1__a.sql", "CREATE TABLE a (id int);");
        scripts.put("V2__b.sql", "ALTER TABLE a ADD COLUMN b int;");
        scripts.put("B2__a_with_b.sql", "CREATE TABLE a (id int, b int);");
        scripts.put("V3__c.sql", "ALTER TABLE a ADD COLUMN c int;");
        scripts.put("R__v.sql", "CREATE OR REPLACE VIEW v AS SELECT id FROM a;");
        return scripts;
    }

    /** Scripts that meet the rows of a tenant, and triggers of rows. */
    static Map<String, String> rows() {
        Map<String, String> scripts = new LinkedHashMap<>();
        scripts.put("V1__person.sql", """
                CREATE TABLE person (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, note text,
                    tenant text DEFAULT '${tenant}', version int NOT NULL DEFAULT 0);
                CREATE INDEX person_name ON person (name);
                CREATE TABLE booking (id int PRIMARY KEY, person bigint NOT NULL REFERENCES person, price numeric(8, 2), paid boolean);
                """);
        scripts.put("V2__journal.sql", """
                CREATE TABLE journal (id bigint GENERATED ALWAYS AS IDENTITY, what text, who bigint, before text, after text);
                CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF TG_OP = 'UPDATE' THEN NEW.version := OLD.version + 1; END IF;
                    INSERT INTO journal (what, who, before, after)
                        VALUES (TG_OP, NEW.id, CASE TG_OP WHEN 'UPDATE' THEN OLD::text END, NEW::text);
                    RETURN NEW;
                END $$;
                CREATE TRIGGER person_keep BEFORE INSERT OR UPDATE ON person FOR EACH ROW EXECUTE FUNCTION keep();
                """);
        scripts.put("V3__backfill.sql", """
                UPDATE person SET name = initcap(name);
                UPDATE person SET name = name || ' ' || version WHERE EXISTS (SELECT FROM booking WHERE person = person.id);
                """);
        scripts.put("V4__invoice.sql", """
                CREATE TABLE invoice AS SELECT person, sum(price) AS price, count(*) FILTER (WHERE paid) AS paid FROM booking GROUP BY person;
                ALTER TABLE invoice ADD PRIMARY KEY (person);
                INSERT INTO person (name) SELECT 'invoice of ' || person FROM invoice ORDER BY person;
                """);
        scripts.put("V5__types.sql", """
                ALTER TABLE booking ALTER COLUMN price TYPE bigint USING (price * 100)::bigint, ALTER COLUMN paid SET DEFAULT false;
                ALTER TABLE person ADD COLUMN short text GENERATED ALWAYS AS (left(name, 3)) STORED, ADD CHECK (length(name) > 0);
                DO $$ DECLARE p record; BEGIN
                    FOR p IN SELECT id FROM person WHERE version > 1 ORDER BY id LOOP
                        UPDATE person SET name = name || '!' WHERE id = p.id;
                    END LOOP;
                END $$;
                """);
        scripts.put("V6__index.sql", "CREATE UNIQUE INDEX CONCURRENTLY person_name_id ON person (name, id);");
        scripts.put("V7__delete.sql", "DELETE FROM booking WHERE paid IS NOT TRUE;\nTRUNCATE invoice;");
        return scripts;
    }
}
