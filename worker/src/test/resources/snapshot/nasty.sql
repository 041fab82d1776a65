-- What makes snapshots hard: run with search_path = the schema. Knows the roles snapshot_reader and snapshot_writer,
-- the foreign server snapshot_server and the publication snapshot_publication.
CREATE TYPE mood AS ENUM ('sad', 'ok');
ALTER TYPE mood ADD VALUE 'so-so' BEFORE 'ok';
CREATE TYPE address AS (street text COLLATE "C", "zip code" varchar(10), mood mood);
COMMENT ON COLUMN address.street IS 'it''s the street';
CREATE DOMAIN positive AS integer DEFAULT 1 NOT NULL CONSTRAINT above_zero CHECK (VALUE > 0);
CREATE DOMAIN email AS text COLLATE "C" CHECK (VALUE ~ '^[^@]+@[^@]+$');
CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi, multirange_type_name = spans);
CREATE TYPE words AS RANGE (subtype = text, collation = "C", subtype_opclass = text_pattern_ops);
CREATE DOMAIN code AS varchar(5) COLLATE "POSIX";
CREATE TYPE inside;
CREATE FUNCTION inside_in(cstring) RETURNS inside LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION inside_out(inside) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE inside (input = inside_in, output = inside_out, internallength = 4, passedbyvalue);
CREATE COLLATION plain (provider = libc, locale = 'C');
CREATE SEQUENCE ticket AS integer START 100 INCREMENT 5 MAXVALUE 100000 CACHE 3 CYCLE;

CREATE TABLE members (
    id bigint GENERATED ALWAYS AS IDENTITY (START 10 INCREMENT 2) PRIMARY KEY,
    name text COLLATE plain NOT NULL,
    email email UNIQUE DEFERRABLE INITIALLY DEFERRED,
    mood mood DEFAULT 'ok',
    home address,
    score positive,
    active span,
    ticket integer DEFAULT nextval('ticket'),
    slug text GENERATED ALWAYS AS (lower(name) || '-' || 'x') STORED,
    document tsvector,
    tags text[] DEFAULT ARRAY['a', 'b''c'],
    created timestamptz NOT NULL DEFAULT '2024-01-01 12:00:00+02',
    obsolete integer,
    CONSTRAINT no_overlap EXCLUDE USING gist (active WITH &&)
) WITH (fillfactor = 70, autovacuum_enabled = off, toast.autovacuum_enabled = off);
ALTER TABLE members DROP COLUMN obsolete;
ALTER TABLE members ADD CONSTRAINT "name is short" CHECK (length(name) < 100) NOT VALID;
ALTER TABLE members ADD COLUMN added integer DEFAULT 7 NOT NULL;
ALTER SEQUENCE ticket OWNED BY members.ticket;
ALTER TABLE members ALTER COLUMN name SET STORAGE EXTERNAL, ALTER COLUMN name SET STATISTICS 500;
ALTER TABLE members ALTER COLUMN score SET (n_distinct = 20);
CREATE INDEX members_name ON members (lower(name) text_pattern_ops DESC, mood) WHERE mood <> 'sad'::mood;
CREATE UNIQUE INDEX "Members Upper" ON members (upper(name)) INCLUDE (score) WITH (fillfactor = 60);
ALTER TABLE members CLUSTER ON members_pkey;
COMMENT ON TABLE members IS 'Who''s in: "everybody"; -- not a comment';
COMMENT ON COLUMN members.name IS E'line one\nline two';
COMMENT ON CONSTRAINT "name is short" ON members IS 'short';
COMMENT ON INDEX members_name IS 'by name';
GRANT SELECT, UPDATE ON members TO snapshot_reader WITH GRANT OPTION;
GRANT INSERT ON members TO PUBLIC;
GRANT UPDATE (name) ON members TO snapshot_writer;

CREATE TABLE "Odd ""Table""" ("Odd ""Column""" integer REFERENCES members ON DELETE CASCADE, "select" json, point point, xml xml);
CREATE TABLE serial_table (id serial, small smallserial, PRIMARY KEY (id, small));

CREATE TABLE events (at timestamptz NOT NULL, member bigint REFERENCES members (id), kind mood, payload jsonb)
    PARTITION BY RANGE (at);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2025-01-01 00:00:00+00');
CREATE TABLE events_rest PARTITION OF events DEFAULT PARTITION BY LIST (kind);
CREATE TABLE events_rest_ok PARTITION OF events_rest FOR VALUES IN ('ok', 'sad');
CREATE INDEX events_member ON events (member, at);
CREATE TABLE by_hash (id integer, other integer) PARTITION BY HASH (id);
ALTER TABLE events_2024 ADD CONSTRAINT events_2024_check CHECK (payload IS NOT NULL);

CREATE TABLE base (id integer NOT NULL, label text);
CREATE TABLE base2 (id integer NOT NULL, more text);
CREATE TABLE derived (extra integer) INHERITS (base, base2);
CREATE TYPE entry AS (title text, body varchar(10));
CREATE TABLE of_entry OF entry;
CREATE UNLOGGED TABLE scratch (id integer PRIMARY KEY);
ALTER TABLE scratch REPLICA IDENTITY FULL;

CREATE VIEW member_names AS SELECT m.id, m.name, (m.home).street FROM members m WHERE m.mood = 'ok';
ALTER VIEW member_names ALTER COLUMN name SET DEFAULT 'nobody';
CREATE VIEW checked WITH (security_barrier) AS SELECT id, name FROM members WHERE id > 0 WITH LOCAL CHECK OPTION;
CREATE RECURSIVE VIEW numbers (n) AS SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 5;
CREATE MATERIALIZED VIEW moods AS SELECT mood, count(*) AS members FROM members GROUP BY mood;
CREATE UNIQUE INDEX moods_mood ON moods (mood);
CREATE MATERIALIZED VIEW unpopulated AS SELECT 1 AS one WITH NO DATA;

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $body$
BEGIN
    -- $$ nested $$ and 'quotes' and "identifiers"
    EXECUTE $sql$ SELECT 'it''s' $sql$;
    new.added := new.added + 1;
    RETURN new;
END
$body$;
CREATE FUNCTION member_count(m mood DEFAULT 'ok', OUT total bigint) LANGUAGE sql STABLE PARALLEL SAFE COST 20
    AS 'SELECT count(*) FROM members WHERE mood = m';
CREATE FUNCTION inline_body(a positive) RETURNS integer LANGUAGE sql IMMUTABLE RETURN a + 1;
CREATE FUNCTION all_members() RETURNS SETOF members LANGUAGE sql ROWS 50 AS $$ SELECT * FROM members $$;
CREATE PROCEDURE purge(IN days integer, INOUT gone integer DEFAULT 0) LANGUAGE plpgsql
    SET work_mem = '8MB' SET search_path = pg_catalog AS $$ BEGIN gone := days; END $$;
CREATE FUNCTION concat_state(text, mood) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT coalesce($1, '') || $2 $$;
CREATE AGGREGATE all_moods(mood) (sfunc = concat_state, stype = text, initcond = '>');
CREATE FUNCTION mood_less(mood, mood) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1::text < $2::text $$;
CREATE OPERATOR <<< (leftarg = mood, rightarg = mood, function = mood_less, restrict = scalarltsel);
CREATE FUNCTION mood_to_int(mood) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT length($1::text) $$;
CREATE CAST (mood AS integer) WITH FUNCTION mood_to_int(mood) AS ASSIGNMENT;
CREATE FUNCTION of_internal(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'textout';
CREATE TRANSFORM FOR mood LANGUAGE sql (FROM SQL WITH FUNCTION of_internal(internal));
CREATE OPERATOR FAMILY mood_family USING btree;
CREATE FUNCTION mood_order(mood, mood) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT 0 $$;
CREATE OPERATOR CLASS mood_class FOR TYPE mood USING btree FAMILY mood_family
    AS OPERATOR 1 <<<, FUNCTION 1 mood_order(mood, mood);

CREATE TRIGGER touch_member BEFORE UPDATE OF name ON members FOR EACH ROW WHEN (old.name <> new.name)
    EXECUTE FUNCTION touch('one', 'it''s two');
CREATE CONSTRAINT TRIGGER checked_later AFTER INSERT ON members DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION touch();
CREATE FUNCTION ignore() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER on_events AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION ignore();
ALTER TABLE members DISABLE TRIGGER checked_later;
CREATE RULE no_delete AS ON DELETE TO serial_table DO INSTEAD NOTHING;
CREATE RULE log_insert AS ON INSERT TO member_names DO INSTEAD INSERT INTO of_entry VALUES (new.name);

ALTER TABLE members ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON members FOR UPDATE TO snapshot_reader, snapshot_writer
    USING (name = current_user) WITH CHECK (EXISTS (SELECT FROM base b WHERE b.id = members.id));
CREATE POLICY nobody ON members AS RESTRICTIVE FOR SELECT USING (false);

CREATE STATISTICS member_statistics (ndistinct, dependencies) ON name, mood FROM members;
CREATE STATISTICS expression_statistics ON (lower(name)), score FROM members;
CREATE TEXT SEARCH DICTIONARY simple_words (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH PARSER split (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE lookup (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH CONFIGURATION words (COPY = english);
ALTER TEXT SEARCH CONFIGURATION words ALTER MAPPING FOR asciiword, word WITH simple_words, english_stem;
CREATE INDEX members_document ON members USING gin (to_tsvector('words', name));
CREATE CONVERSION latin_to_utf8 FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;

CREATE FOREIGN TABLE remote (id integer OPTIONS (column_name 'no'), name text NOT NULL)
    SERVER snapshot_server OPTIONS (table_name 'remote', schema_name 'elsewhere');
ALTER DEFAULT PRIVILEGES IN SCHEMA "${schema}" GRANT SELECT ON TABLES TO snapshot_reader;
ALTER PUBLICATION snapshot_publication ADD TABLE members, serial_table;

INSERT INTO members (name, email, home, score, active) VALUES
    ('Ann', 'ann@example.com', ROW ('Elm St', '1', 'ok'), 3, '[1, 2)'),
    ('Bob', NULL, NULL, 4, '[3, 4)'),
    ('', 'c@example.com', ROW (NULL, '', NULL), 5, 'empty');
INSERT INTO events SELECT '2024-02-01 00:00:00+00', id, 'ok', '{"a": 1}' FROM members;
INSERT INTO events VALUES ('2026-02-01 00:00:00+00', NULL, 'sad', NULL);
INSERT INTO "Odd ""Table""" SELECT 10, '{"a" : 1}', '(1, 2)', NULL;
INSERT INTO serial_table DEFAULT VALUES;
INSERT INTO derived VALUES (1, 'x', 'y', 2);
REFRESH MATERIALIZED VIEW moods;
