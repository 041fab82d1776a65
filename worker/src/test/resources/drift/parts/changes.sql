-- As changes.sql of the folder above; most homes have several changes.

-- many kinds at once: each is named, and nothing else
-- differs: extra column address.zip: text
-- differs: changed column job.body: text COLLATE "POSIX" here, text in the reference
-- differs: changed comment on column job.title: a title here, the title in the reference
-- differs: changed comment on index job_by_title on job: none here, by title in the reference
-- differs: changed domain email: AS character varying(40) COLLATE "default" NOT NULL DEFAULT 'some'::character varying
-- differs: changed enum mood: 'low', 'happy' here, 'sad', 'happy' in the reference
-- differs: changed function total(integer,integer): …teger\n LANGUAGE sql\nAS $function$SELECT a + b$function$ here,
-- differs: changed index job_by_state on job: statistics 1=500 here, not in the reference
-- differs: changed rule keep_job on job: disabled here, not in the reference
-- differs: changed sequence job_serial_no_seq: AS integer START 1 INCREMENT 1 MINVALUE 1 MAXVALUE 2147483647 CACHE 1
-- differs: changed sequence numbers: AS bigint START 1 INCREMENT 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 here,
-- differs: changed table job: WITH fillfactor=70, ENABLE ROW LEVEL SECURITY here, ENABLE ROW LEVEL SECURITY in the
-- differs: changed trigger touch_job on job: enabled always here, not in the reference
ALTER INDEX job_by_state ALTER COLUMN 1 SET STATISTICS 500;
ALTER TABLE job ALTER COLUMN body TYPE text COLLATE "POSIX";
ALTER TABLE job SET (fillfactor = 70);
ALTER TABLE job ENABLE ALWAYS TRIGGER touch_job;
ALTER TABLE job DISABLE RULE keep_job;
ALTER FUNCTION total VOLATILE;
ALTER SEQUENCE job_serial_no_seq OWNED BY NONE;
ALTER SEQUENCE numbers CACHE 1;
ALTER DOMAIN email SET DEFAULT 'some';
ALTER TYPE mood RENAME VALUE 'sad' TO 'low';
ALTER TYPE address ADD ATTRIBUTE zip text;
COMMENT ON COLUMN job.title IS 'a title';
COMMENT ON INDEX job_by_title IS NULL;

-- the same, other changes
-- differs: changed aggregate sum_of(integer): (integer) RETURNS integer, SFUNC = int4pl(integer,integer), STYPE = integer, INITCOND = '1' here,
-- differs: extra cast (address AS text): WITH INOUT, AS ASSIGNMENT
-- differs: changed column job.tags: character varying(3)[] here, text[] in the reference
-- differs: changed column log_ab.job: integer DEFAULT 3 inherited here, integer inherited in the reference
-- differs: changed unique constraint job_during on job: UNIQUE (room, during) here, UNIQUE (room, during WITHOUT
-- differs: changed foreign key job_parent_fkey on job: FOREIGN KEY (parent) REFERENCES job(id) ON DELETE CASCADE here,
-- differs: changed unique constraint job_title on job: UNIQUE (title) here, UNIQUE NULLS NOT DISTINCT (title) in the
-- differs: missing operator ===(integer,integer): result boolean, function int4eq(integer,integer), commutator
-- differs: missing statistics job_stats: CREATE STATISTICS job_stats (dependencies) ON state, title FROM job
-- differs: changed table base: UNLOGGED here, not in the reference
-- differs: changed text search configuration words: …iiword with simple, file with simple, float with simple, host with
-- differs: changed text search dictionary stems: accept = 'false' here, not in the reference
-- differs: changed view job_writable: AS  SELECT id,\n    title\n   FROM job\n  WHERE (id > 0); here, WITH
-- differs: changed view open_job: …ecurity_barrier=true security_invoker=true, AS  SELECT id,\n    state,\n    title\n
DROP STATISTICS job_stats;
ALTER TABLE job ALTER CONSTRAINT job_parent_fkey NOT DEFERRABLE;
ALTER TABLE job DROP CONSTRAINT job_during;
ALTER TABLE job ADD CONSTRAINT job_during UNIQUE (room, during);
ALTER TABLE job DROP CONSTRAINT job_title;
ALTER TABLE job ADD CONSTRAINT job_title UNIQUE (title);
ALTER TEXT SEARCH CONFIGURATION words DROP MAPPING FOR email;
ALTER TEXT SEARCH DICTIONARY stems (accept = false);
DROP AGGREGATE sum_of(int);
CREATE AGGREGATE sum_of(int) (sfunc = int4pl, stype = int, initcond = '1');
DROP OPERATOR ===(int, int);
CREATE CAST (address AS text) WITH INOUT AS ASSIGNMENT;
ALTER VIEW open_job SET (security_invoker = true);
ALTER VIEW job_writable RESET (check_option);
ALTER TABLE base SET UNLOGGED;
ALTER TABLE log_ab ALTER COLUMN job SET DEFAULT 3;
ALTER TABLE job ALTER COLUMN tags TYPE varchar(3)[];

-- the same, other changes
-- differs: changed column job.body: text STORAGE EXTERNAL here, text in the reference
-- differs: changed foreign key job_parent_fkey on job: FOREIGN KEY (parent) REFERENCES job(id) ON DELETE CASCADE
-- differs: changed unique constraint job_title on job: UNIQUE NULLS NOT DISTINCT (title) INCLUDE (id) here, UNIQUE NULLS
-- differs: changed domain email: …) COLLATE "default" DEFAULT \nCASE\n    WHEN (CURRENT_USER = ANY (ARRAY['a'::name,
-- differs: changed enum mood: 'sad', 'glad', 'happy' here, 'sad', 'happy' in the reference
-- differs: changed function total(integer,integer): …GUAGE sql\n IMMUTABLE SECURITY DEFINER\nAS $function$SELECT a +
-- differs: changed index job_pkey on job: clustered here, not in the reference
-- differs: changed sequence numbers: AS bigint START 1 INCREMENT 1 MINVALUE 1 MAXVALUE 1000 CACHE 10 here, AS bigint
-- differs: changed statistics job_stats: statistics 50 here, not in the reference
-- differs: changed table job: REPLICA IDENTITY FULL here, not in the reference
-- differs: changed trigger touch_job on job: enabled for replication only here, not in the reference
ALTER TABLE job ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE job REPLICA IDENTITY FULL;
ALTER TABLE job CLUSTER ON job_pkey;
ALTER TABLE job ENABLE REPLICA TRIGGER touch_job;
ALTER FUNCTION total SECURITY DEFINER;
ALTER SEQUENCE numbers MAXVALUE 1000;
ALTER DOMAIN email DROP NOT NULL;
ALTER TYPE mood ADD VALUE 'glad' BEFORE 'happy';
ALTER STATISTICS job_stats SET STATISTICS 50;
ALTER TABLE job ALTER CONSTRAINT job_parent_fkey NOT ENFORCED;
ALTER TABLE job DROP CONSTRAINT job_title;
ALTER TABLE job ADD CONSTRAINT job_title UNIQUE NULLS NOT DISTINCT (title) INCLUDE (id);

-- the same, other changes
-- differs: changed collation plain: provider libc, encoding UTF8, collate POSIX, ctype POSIX here, provider libc, encoding
-- differs: changed column open_job.title: text COLLATE "C" DEFAULT 'none'::text here, text COLLATE "C" in the reference
-- differs: extra check constraint base_id on base: CHECK ((id > 0))
-- differs: changed check constraint job_state on job: …text[]))) NO INHERIT NOT ENFORCED here, …text[]))) NO INHERIT in
-- differs: changed index job_by_state on job: …]::text[])), at DESC) WHERE state::text <> ALL (ARRAY['x'::character
-- differs: changed index job_by_title on job: CREATE INDEX job_by_title ON job USING btree (title text_pattern_ops)
-- differs: changed operator ===(integer,integer): restrict eqsel(internal,oid,internal,integer) here, not in the
-- differs: changed privileges on column job.title: SELECT granted to drift_reader with grant option, SELECT revoked from
-- differs: changed privileges on enum mood: USAGE revoked from PUBLIC
-- differs: changed privileges on function total(integer,integer): EXECUTE revoked from PUBLIC
-- differs: changed privileges on sequence numbers: USAGE granted to drift_reader
DROP INDEX job_by_title;
CREATE INDEX job_by_title ON job (title text_pattern_ops);
COMMENT ON INDEX job_by_title IS 'by title';
DROP INDEX job_by_state;
CREATE INDEX job_by_state ON job ((state IN ('a', 'b')), at DESC) WHERE state NOT IN ('x', 'y');
ALTER OPERATOR ===(int, int) SET (restrict = eqsel);
DROP COLLATION plain;
CREATE COLLATION plain (provider = libc, locale = 'POSIX');
GRANT SELECT (title) ON job TO drift_reader WITH GRANT OPTION;
REVOKE EXECUTE ON FUNCTION total(int, int) FROM PUBLIC;
GRANT USAGE ON SEQUENCE numbers TO drift_reader;
REVOKE USAGE ON TYPE mood FROM PUBLIC;
ALTER VIEW open_job ALTER COLUMN title SET DEFAULT 'none';
ALTER TABLE job DROP CONSTRAINT job_state;
ALTER TABLE job ADD CONSTRAINT job_state CHECK (state IN ('new', 'open')) NO INHERIT NOT ENFORCED;
ALTER TABLE base ADD CONSTRAINT base_id CHECK (id > 0);

-- the same, other changes
-- differs: changed column job.at: timestamp(3) with time zone DEFAULT now() here, timestamp with time zone DEFAULT now()
-- differs: changed column job.body: text COMPRESSION pglz here, text in the reference
-- differs: changed foreign key job_parent_fkey on job: FOREIGN KEY (parent) REFERENCES job(id) ON DELETE SET NULL
-- differs: changed check constraint job_state on job: CHECK (((state)::text = ANY ((ARRAY['new'::character varying,
-- differs: extra function helper(): CREATE OR REPLACE FUNCTION helper()\n RETURNS event_trigger\n LANGUAGE plpgsql\nAS
-- differs: changed function is_open(character varying,character varying): …character varying, 'old'::character
-- differs: changed function total(integer,integer): …GUAGE sql\n IMMUTABLE COST 7\nAS $function$SELECT a + b$function$
-- differs: changed index job_by_title on job: CREATE INDEX job_by_title ON job USING btree (title) INCLUDE (state) here,
-- differs: changed index job_pkey on job: replica identity here, not in the reference
-- differs: missing index log_at on log: CREATE INDEX log_at ON ONLY log USING btree (at)
-- differs: extra index log_at2 on log: CREATE INDEX log_at2 ON ONLY log USING btree (at)
-- differs: changed policy job_seen on job: …SSIVE FOR SELECT TO PUBLIC USING (((state)::text = ANY
-- differs: changed privileges on table job: SELECT granted to PUBLIC
-- differs: extra published table job in drift_pub on job
-- differs: extra range type span: subtype integer, multirange type span_multirange, operator class int4_ops
-- differs: changed table child: INHERITS base in the reference, not here
-- differs: changed table job: WITH autovacuum_enabled=off, ENABLE ROW LEVEL SECURITY, REPLICA IDENTITY USING INDEX here,
-- differs: changed table log_other: INHERITS log, DEFAULT in the reference, not here
-- differs: changed trigger check_job on job: …EFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN (new.state::text = ANY
ALTER TABLE job ALTER COLUMN body SET COMPRESSION pglz;
ALTER TABLE job SET (autovacuum_enabled = off);
ALTER TABLE job REPLICA IDENTITY USING INDEX job_pkey;
ALTER TABLE child NO INHERIT base;
ALTER POLICY job_seen ON job TO PUBLIC;
ALTER FUNCTION total COST 7;
ALTER TABLE job DROP CONSTRAINT job_parent_fkey;
ALTER TABLE job ADD CONSTRAINT job_parent_fkey FOREIGN KEY (parent) REFERENCES job ON DELETE SET NULL DEFERRABLE;
DROP INDEX job_by_title;
CREATE INDEX job_by_title ON job (title) INCLUDE (state);
COMMENT ON INDEX job_by_title IS 'by title';
ALTER TABLE log DETACH PARTITION log_other;
CREATE TYPE span AS RANGE (subtype = int4);
GRANT SELECT ON job TO PUBLIC;
ALTER INDEX log_at RENAME TO log_at2;
ALTER TABLE job DROP CONSTRAINT job_state;
ALTER TABLE job ADD CONSTRAINT job_state CHECK (state IN ('new', 'open'));
CREATE FUNCTION helper() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
ALTER TABLE job ALTER COLUMN at TYPE timestamptz(3);
DROP TRIGGER check_job ON job;
CREATE CONSTRAINT TRIGGER check_job AFTER INSERT ON job DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN (NEW.state IN ('open', 'new')) EXECUTE FUNCTION touch();
CREATE OR REPLACE FUNCTION is_open(s varchar, t varchar DEFAULT 'a') RETURNS boolean LANGUAGE sql STABLE RETURN s IN ('open', 'old') OR t IN ('a', 'b');
RESET ROLE;
CREATE PUBLICATION drift_pub FOR TABLE job;

-- the same, other changes
-- differs: missing column job.body: text
-- differs: extra column job.text: text
-- differs: extra check constraint job_condition on job: CHECK (((state)::text = ANY ((ARRAY['new'::character varying,
-- differs: missing check constraint job_state on job: CHECK (((state)::text = ANY ((ARRAY['new'::character varying,
-- differs: extra foreign table far_job: (id integer OPTIONS column_name=id2, token text) SERVER far, OPTIONS
-- differs: changed function total(integer,integer): …UAGE sql\n IMMUTABLE\n SET search_path TO 'public'\nAS
-- differs: changed index job_by_title on job: …ops) INCLUDE (state) WITH (fillfactor='50') here, CREATE INDEX
-- differs: missing index log_at on log: CREATE INDEX log_at ON ONLY log USING btree (at)
-- differs: changed table job: TOAST WITH autovacuum_enabled=off, ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY
-- differs: missing table log_ab: (id integer NOT NULL inherited, kind character varying(4) NOT NULL inherited, at
ALTER TABLE job SET (toast.autovacuum_enabled = off);
ALTER TABLE job FORCE ROW LEVEL SECURITY;
ALTER FUNCTION total SET search_path = public;
ALTER INDEX job_by_title SET (fillfactor = 50);
DROP TABLE log_ab;
DROP INDEX log_at;
ALTER TABLE job RENAME COLUMN body TO text;
ALTER TABLE job RENAME CONSTRAINT job_state TO job_condition;
RESET ROLE;
CREATE FOREIGN TABLE far_job (id int OPTIONS (column_name 'id2'), token text) SERVER far OPTIONS (table_name 'job', fetch_size '77');

-- the same, other changes
-- differs: extra column base.more: text
-- differs: extra column job.big: text DEFAULT repeat('x'::text, 10000)
-- differs: changed column job.title: text COLLATE "C" SET n_distinct=5 here, text COLLATE "C" in the reference
-- differs: changed foreign key log_job_fkey on log: FOREIGN KEY (job) REFERENCES job(id) ON UPDATE CASCADE here, FOREIGN
-- differs: changed function is_open(character varying,character varying): …er varying DEFAULT 'b'::character varying)\n
-- differs: changed owner of enum mood: drift_reader here
-- differs: changed owner of function touch(): drift_reader here
-- differs: changed owner of sequence numbers: drift_reader here
-- differs: changed owner of view open_job: drift_reader here
-- differs: changed statistics job_expr: …character varying, 'c'::character varying]::text[])) FROM job here, …character
-- differs: extra table "Big Table": (id integer NOT NULL, "a.b" text)
-- differs: changed table day_1: INHERITS day, FOR VALUES FROM ('2025-12-31 22:00:00+00') TO ('2027-12-31 22:00:00+00')
-- differs: changed trigger check_job on job: disabled here, not in the reference
-- differs: changed trigger touch_job on job: disabled here, not in the reference
ALTER TABLE base ADD COLUMN more text;
ALTER TABLE job ALTER COLUMN title SET (n_distinct = 5);
ALTER TABLE log DROP CONSTRAINT log_job_fkey;
ALTER TABLE log ADD CONSTRAINT log_job_fkey FOREIGN KEY (job) REFERENCES job ON UPDATE CASCADE;
CREATE OR REPLACE FUNCTION is_open(s varchar, t varchar DEFAULT 'b') RETURNS boolean LANGUAGE sql STABLE RETURN s IN ('open', 'new') OR t IN ('a', 'b');
DROP STATISTICS job_expr;
CREATE STATISTICS job_expr ON (lower(title)), (state IN ('a', 'c')) FROM job;
ALTER TABLE job DISABLE TRIGGER USER;
ALTER TABLE day DETACH PARTITION day_1; ALTER TABLE day ATTACH PARTITION day_1 FOR VALUES FROM ('2026-01-01 00:00+02') TO ('2028-01-01 00:00+02');
CREATE TABLE "Big Table" (id int PRIMARY KEY, "a.b" text);
ALTER TABLE job ADD COLUMN big text DEFAULT repeat('x', 10000);
RESET ROLE;
ALTER SEQUENCE numbers OWNER TO drift_reader; ALTER TYPE mood OWNER TO drift_reader; ALTER VIEW open_job OWNER TO drift_reader; ALTER FUNCTION touch OWNER TO drift_reader;

-- what goes with other changes
-- differs: changed column job.title: text COLLATE "C" STATISTICS 5 here, text COLLATE "C" in the reference
-- differs: missing foreign key job_parent_fkey on job: FOREIGN KEY (parent) REFERENCES job(id) ON DELETE CASCADE
-- differs: missing primary key job_pkey on job: PRIMARY KEY (id)
-- differs: missing foreign key log_job_fkey on log: FOREIGN KEY (job) REFERENCES job(id)
-- differs: changed function total(integer,integer): …GUAGE sql\n IMMUTABLE PARALLEL SAFE\nAS $function$SELECT a +
-- differs: changed procedure close_all(character varying): …));\n DELETE FROM basis\n   WHERE ((basis.kind)::text = ANY
-- differs: missing table base: (id integer, kind character varying(4), late text)
-- differs: extra table basis: (id integer, kind character varying(4), late text)
-- differs: changed table child: INHERITS basis here, INHERITS base in the reference
-- differs: changed table log: …character varying, 'c'::character varying])::text[])))) here, …character varying,
-- differs: missing view job_count: AS  SELECT j.id,\n    j.state,\n    count(*) AS n\n   FROM (job j\n     JOIN job k ON
ALTER FUNCTION total PARALLEL SAFE;
ALTER TABLE base RENAME TO basis;
ALTER TABLE job ALTER COLUMN title SET STATISTICS 5;
DROP TABLE log;
CREATE TABLE log (id int NOT NULL, kind varchar(4) NOT NULL, at date CHECK (at > '2020-01-01'), job int REFERENCES job) PARTITION BY LIST ((kind IN ('a', 'c')));
CREATE TABLE log_ab PARTITION OF log FOR VALUES IN (true);
CREATE TABLE log_other PARTITION OF log DEFAULT;
CREATE INDEX log_at ON log (at);
ALTER TABLE job DROP CONSTRAINT job_pkey CASCADE;

-- other names, comments, rights
-- differs: changed column job.at: timestamp with time zone DEFAULT clock_timestamp() here, timestamp with time zone DEFAULT
-- differs: changed comment on unique constraint job_title on job: one title here, none in the reference
-- differs: changed comment on function touch(): touches here, none in the reference
-- differs: changed comment on policy job_new on job: new here, none in the reference
-- differs: extra check constraint "kind, of base" on base: CHECK (((kind)::text = ANY ((ARRAY['a'::character varying,
-- differs: missing check constraint base_kind_check on base: CHECK (((kind)::text = ANY ((ARRAY['a'::character varying,
-- differs: extra check constraint short on email: CHECK ((length((VALUE)::text) < 30)) NOT VALID
-- differs: extra enum "Mood": 'sad', 'happy'
-- differs: missing enum mood: 'sad', 'happy'
-- differs: extra function total(integer): CREATE OR REPLACE FUNCTION total(a integer)\n RETURNS integer\n LANGUAGE sql\nAS
-- differs: extra index "Titel, nach ""Zeit"" sortiert" on job: CREATE INDEX "Titel, nach ""Zeit"" sortiert" ON job USING btree
-- differs: missing index job_by_title on job: CREATE INDEX job_by_title ON job USING btree (title text_pattern_ops) INCLUDE
-- differs: extra policy "seen. by" on job: PERMISSIVE FOR SELECT TO drift_reader USING (((state)::text = ANY
-- differs: missing policy job_seen on job: PERMISSIVE FOR SELECT TO drift_reader USING (((state)::text = ANY
-- differs: changed privileges on schema: CREATE granted to PUBLIC
-- differs: changed privileges on table job: MAINTAIN granted to drift_reader
-- differs: extra sequence "Nümmern": AS bigint START 1 INCREMENT 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 10
-- differs: missing sequence numbers: AS bigint START 1 INCREMENT 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 10
ALTER INDEX job_by_title RENAME TO "Titel, nach ""Zeit"" sortiert";
ALTER SEQUENCE numbers RENAME TO "Nümmern";
ALTER POLICY job_seen ON job RENAME TO "seen. by";
ALTER TABLE base RENAME CONSTRAINT base_kind_check TO "kind, of base";
ALTER TYPE mood RENAME TO "Mood";
ALTER TABLE job ALTER COLUMN at SET DEFAULT clock_timestamp();
ALTER DOMAIN email ADD CONSTRAINT short CHECK (length(VALUE) < 30) NOT VALID;
CREATE FUNCTION total(a int) RETURNS int LANGUAGE sql AS 'SELECT a';
GRANT CREATE ON SCHEMA "${schema}" TO PUBLIC;
GRANT MAINTAIN ON job TO drift_reader;
COMMENT ON CONSTRAINT job_title ON job IS 'one title';
COMMENT ON POLICY job_new ON job IS 'new';
COMMENT ON FUNCTION touch() IS 'touches';

-- keys, triggers and options in other ways
-- differs: extra cast (mood AS integer): WITH FUNCTION, AS IMPLICIT, function mood_number(mood)
-- differs: missing column address.city: text
-- differs: extra column address.town: text
-- differs: extra column child.n: integer NOT NULL GENERATED BY DEFAULT AS IDENTITY
-- differs: changed column job.body: text NOT NULL here, text in the reference
-- differs: changed column job.serial_no: integer NOT NULL here, integer NOT NULL DEFAULT nextval('job_serial_no_seq'::regclass)
-- differs: extra check constraint child_more on child: CHECK ((more <> ''::text)) NOT VALID
-- differs: changed foreign key job_parent_fkey on job: FOREIGN KEY (parent) REFERENCES job(id) MATCH FULL ON DELETE SET NULL
-- differs: changed unique constraint job_title on job: UNIQUE NULLS NOT DISTINCT (title) DEFERRABLE here, UNIQUE NULLS NOT
-- differs: missing function is_open(character varying,character varying): CREATE OR REPLACE FUNCTION is_open(s character
-- differs: extra function is_shut(character varying,character varying): CREATE OR REPLACE FUNCTION is_shut(s character varying,
-- differs: extra function mood_number(mood): CREATE OR REPLACE FUNCTION mood_number(mood)\n RETURNS integer\n LANGUAGE sql\n
-- differs: changed function total(integer,integer): …GUAGE sql\n IMMUTABLE STRICT\nAS $function$SELECT a + b$function$ here,
-- differs: changed index job_by_state on job: …t DESC NULLS LAST) WITH (deduplicate_items=off) WHERE state::text <> ALL
-- differs: changed policy job_new on job: RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK (((state)::text = ANY
-- differs: changed trigger touch_job on job: …_job BEFORE UPDATE OF title ON job FOR EACH ROW WHEN (new.state::text = ANY
ALTER TABLE job DROP CONSTRAINT job_parent_fkey;
ALTER TABLE job ADD CONSTRAINT job_parent_fkey FOREIGN KEY (parent) REFERENCES job MATCH FULL ON DELETE SET NULL (parent);
ALTER TABLE job DROP CONSTRAINT job_title;
ALTER TABLE job ADD CONSTRAINT job_title UNIQUE NULLS NOT DISTINCT (title) DEFERRABLE;
ALTER INDEX job_by_state SET (deduplicate_items = off);
DROP TRIGGER touch_job ON job;
CREATE TRIGGER touch_job BEFORE UPDATE OF title ON job FOR EACH ROW WHEN (NEW.state IN ('open', 'new')) EXECUTE FUNCTION touch();
DROP POLICY job_new ON job;
CREATE POLICY job_new ON job AS RESTRICTIVE FOR INSERT WITH CHECK (state IN ('open', 'new'));
ALTER TABLE child ADD COLUMN n int GENERATED BY DEFAULT AS IDENTITY (START 7 INCREMENT 3);
ALTER FUNCTION total STRICT;
ALTER FUNCTION is_open RENAME TO is_shut;
ALTER TYPE address RENAME ATTRIBUTE city TO town;
ALTER TABLE child ADD CONSTRAINT child_more CHECK (more <> '') NOT VALID;
ALTER TABLE job ALTER COLUMN serial_no DROP DEFAULT;
ALTER TABLE job ALTER COLUMN body SET NOT NULL;
RESET ROLE;
CREATE FUNCTION mood_number(mood) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE CAST (mood AS int) WITH FUNCTION mood_number(mood) AS IMPLICIT;

-- partitions, keys in time, names that need quotes, what PostgreSQL 18 brought, what only a superuser makes
-- differs: extra column job.twice: integer GENERATED ALWAYS AS ((id * 2)) VIRTUAL
-- differs: extra function apart(integer,integer): CREATE OR REPLACE FUNCTION apart(a integer, b integer)\n RETURNS integer\n
-- differs: missing index late_job_id on late_job: CREATE UNIQUE INDEX late_job_id ON late_job USING btree (id)
-- differs: changed materialized view late_job: AS  SELECT id,\n    state\n   FROM job\n  WHERE ((state)::text = 'open'::text);
-- differs: extra operator class backwards USING btree: for integer, family backwards
-- differs: extra operator family backwards USING btree: operator 1 >(integer,integer), operator 2 >=(integer,integer), operator
-- differs: changed privileges on table base: DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE and UPDATE revoked
-- differs: changed security labels of table job: dummy=secret here, none in the reference
-- differs: extra table "Öl ""x"" y, z": ("a ""b""" integer, nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn text)
-- differs: extra table day_2: (id integer NOT NULL inherited, at timestamp with time zone NOT NULL inherited, note character
-- differs: changed table job: WITH parallel_workers=2, TOAST WITH vacuum_truncate=off, ENABLE ROW LEVEL SECURITY here, ENABLE
-- differs: extra table log_cd: (id integer NOT NULL inherited, kind character varying(4) NOT NULL inherited, at date inherited,
-- differs: extra table stay: (room int4range, during tsrange)
-- differs: extra transform mood LANGUAGE sql: from SQL prsd_lextype(internal)
-- differs: extra trigger "touch it" on job: CREATE TRIGGER "touch it" BEFORE UPDATE ON job FOR EACH ROW WHEN (new.state::text =
-- differs: missing trigger touch_job on job: CREATE TRIGGER touch_job BEFORE UPDATE ON job FOR EACH ROW WHEN (new.state::text =
-- differs: extra trigger seen on log_other: CREATE TRIGGER seen AFTER INSERT ON log_other REFERENCING NEW TABLE AS fresh FOR
-- differs: extra trigger open_jobs on open_job: CREATE TRIGGER open_jobs INSTEAD OF INSERT ON open_job FOR EACH ROW EXECUTE
-- differs: changed view job_count: …e,\n    count(*) AS number\n   FROM (job j\n     JOIN job k ON ((k.parent = j.id)))\n  WHERE
ALTER TABLE job ADD COLUMN twice int GENERATED ALWAYS AS (id * 2) VIRTUAL;
CREATE TABLE stay (room int4range, during tsrange, FOREIGN KEY (room, PERIOD during) REFERENCES job (room, PERIOD during));
CREATE TABLE log_cd PARTITION OF log FOR VALUES IN (false);
CREATE TABLE day_2 (id int NOT NULL, at timestamptz NOT NULL, note varchar(10), CONSTRAINT day_note_check CHECK (note IN ('none', 'some')));
ALTER TABLE day ATTACH PARTITION day_2 FOR VALUES FROM ('2027-01-01 00:00+02') TO ('2028-01-01 00:00+02');
CREATE TABLE "Öl ""x"" y, z" ("a ""b""" int, "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" text);
ALTER TRIGGER touch_job ON job RENAME TO "touch it";
ALTER TABLE job SET (parallel_workers = 2, toast.vacuum_truncate = off);
CREATE TRIGGER open_jobs INSTEAD OF INSERT ON open_job FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER seen AFTER INSERT ON log_other REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION touch();
ALTER VIEW job_count RENAME COLUMN n TO number;
DROP MATERIALIZED VIEW late_job;
CREATE MATERIALIZED VIEW late_job AS SELECT id, state FROM job WHERE state IN ('open') WITH NO DATA;
REVOKE ALL ON base FROM CURRENT_USER;
RESET ROLE;
CREATE FUNCTION apart(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a - b';
CREATE OPERATOR CLASS backwards FOR TYPE int USING btree AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 apart(int, int);
CREATE TRANSFORM FOR mood LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal));
INSERT INTO pg_seclabel VALUES ('job'::regclass, 'pg_class'::regclass, 0, 'dummy', 'secret');

-- columns that came back to their parent, and a function that its new owner could use before
-- differs: changed column child.id: integer inherited and local here, integer inherited in the reference
-- differs: changed column child.kind: character varying(4) inherited and local here, character varying(4) inherited
-- differs: changed column child.late: text inherited and local here, text inherited in the reference
-- differs: changed check constraint base_kind_check on child:
-- differs: changed owner of function total(integer,integer): drift_reader here
-- differs: changed privileges on function total(integer,integer): EXECUTE revoked from drift_reader
ALTER TABLE child NO INHERIT base; ALTER TABLE child INHERIT base;
RESET ROLE;
ALTER FUNCTION total OWNER TO drift_reader;

-- same: what is done and undone, and what says the same in another way
-- materialized view that was filled
REFRESH MATERIALIZED VIEW late_job;
-- name of domain's not null
ALTER DOMAIN email RENAME CONSTRAINT email_not_null TO email_there;
-- reindex
REINDEX TABLE job;
-- cluster, vacuum full rewrites
CLUSTER job USING job_pkey;
ALTER TABLE job SET WITHOUT CLUSTER;
-- truncate with restart
TRUNCATE job RESTART IDENTITY CASCADE;
-- sequence restart, setval
ALTER SEQUENCE numbers RESTART WITH 500;
SELECT setval('job_serial_no_seq', 77);
-- a session temporary table
CREATE TEMP TABLE gone (id int);
-- an index dropped and made again
DROP INDEX job_by_state;
CREATE INDEX job_by_state ON job ((state IN ('a', 'b')), at DESC NULLS LAST) WHERE state NOT IN ('x', 'y');
-- grant and revoke
GRANT INSERT ON job TO drift_reader; REVOKE INSERT ON job FROM drift_reader;
GRANT SELECT ON base TO PUBLIC; REVOKE SELECT ON base FROM PUBLIC;
-- grant column revoke
GRANT SELECT (body) ON job TO drift_reader; REVOKE SELECT (body) ON job FROM drift_reader;
-- owner's privileges made explicit
GRANT ALL ON base TO CURRENT_USER;
-- column added and dropped
ALTER TABLE job ADD COLUMN x int; ALTER TABLE job DROP COLUMN x;
-- detached and attached
ALTER TABLE log DETACH PARTITION log_ab; ALTER TABLE log ATTACH PARTITION log_ab FOR VALUES IN (true);
-- detached and attached with PK, CHECK, trigger
ALTER TABLE day DETACH PARTITION day_1; ALTER TABLE day ATTACH PARTITION day_1 FOR VALUES FROM ('2026-01-01 00:00+02') TO ('2027-01-01 00:00+02');
-- function replaced by itself
CREATE OR REPLACE FUNCTION total(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + b';
-- view replaced by itself
CREATE OR REPLACE VIEW open_job WITH (security_barrier) AS SELECT id, state, title FROM job WHERE state IN ('open', 'new');
-- FK dropped and made NOT VALID and validated
ALTER TABLE job DROP CONSTRAINT job_parent_fkey;
ALTER TABLE job ADD CONSTRAINT job_parent_fkey FOREIGN KEY (parent) REFERENCES job ON DELETE CASCADE DEFERRABLE NOT VALID;
ALTER TABLE job VALIDATE CONSTRAINT job_parent_fkey;
-- NOT NULL by check
ALTER TABLE job ALTER state DROP NOT NULL; ALTER TABLE job ADD CONSTRAINT x NOT NULL state NOT VALID; ALTER TABLE job VALIDATE CONSTRAINT x;
-- comment set and removed
COMMENT ON TABLE base IS 'x'; COMMENT ON TABLE base IS NULL;
-- tables' options set and reset
ALTER TABLE job SET (fillfactor = 70); ALTER TABLE job RESET (fillfactor);
-- column's statistics target reset
ALTER TABLE job ALTER title SET STATISTICS 10; ALTER TABLE job ALTER title SET STATISTICS -1;
-- storage default
ALTER TABLE job ALTER body SET STORAGE EXTENDED; ALTER TABLE job ALTER body SET COMPRESSION default;
-- type changed and back
ALTER TABLE base ALTER id TYPE bigint; ALTER TABLE base ALTER id TYPE int;
-- enabling triggers again
ALTER TABLE job DISABLE TRIGGER touch_job; ALTER TABLE job ENABLE TRIGGER touch_job;
-- unlogged and back
ALTER TABLE base SET UNLOGGED; ALTER TABLE base SET LOGGED;
-- default privileges and back
ALTER DEFAULT PRIVILEGES IN SCHEMA "${schema}" GRANT SELECT ON TABLES TO drift_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA "${schema}" REVOKE SELECT ON TABLES FROM drift_reader;
-- rename and back
ALTER TABLE job RENAME TO job2; ALTER TABLE job2 RENAME TO job;
-- policies' order, index order
DROP POLICY job_new ON job; CREATE POLICY job_new ON job FOR INSERT WITH CHECK (state IN ('open', 'new'));
-- restored default with cast
ALTER TABLE job ALTER state SET DEFAULT 'new'::character varying;
RESET ROLE;
CREATE USER MAPPING FOR drift_reader SERVER far OPTIONS (user 'a', password 'geheim');
-- same: what belongs to the server, to sessions or to rows, and what comes back
SELECT lo_create(0);
ALTER SEQUENCE job_serial_no_seq OWNED BY NONE; ALTER SEQUENCE job_serial_no_seq OWNED BY job.serial_no;
ALTER TYPE mood RENAME VALUE 'sad' TO 'low'; ALTER TYPE mood RENAME VALUE 'low' TO 'sad';
ALTER TYPE mood RENAME TO temper; ALTER TYPE temper RENAME TO mood;
ALTER TABLE base ADD COLUMN more2 int DEFAULT 7; ALTER TABLE base DROP COLUMN more2;
REVOKE ALL ON base FROM CURRENT_USER; GRANT ALL ON base TO CURRENT_USER;
GRANT SELECT ON base TO drift_reader WITH GRANT OPTION; REVOKE ALL ON base FROM drift_reader;
ALTER INDEX job_by_title SET (fillfactor = 50); ALTER INDEX job_by_title RESET (fillfactor);
ALTER INDEX job_pkey RENAME TO other; ALTER INDEX other RENAME TO job_pkey;
ALTER TABLE job ALTER CONSTRAINT job_parent_fkey DEFERRABLE INITIALLY DEFERRED; ALTER TABLE job ALTER CONSTRAINT job_parent_fkey DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE job ALTER CONSTRAINT job_parent_fkey NOT ENFORCED; ALTER TABLE job ALTER CONSTRAINT job_parent_fkey ENFORCED;
ALTER TABLE job DISABLE ROW LEVEL SECURITY; ALTER TABLE job ENABLE ROW LEVEL SECURITY;
ALTER TABLE job REPLICA IDENTITY FULL; ALTER TABLE job REPLICA IDENTITY DEFAULT;
DROP VIEW job_writable; CREATE VIEW job_writable (id, title) WITH (check_option = local) AS (SELECT   id, title FROM job WHERE (id > 0));
ALTER FUNCTION total SET work_mem = '8MB'; ALTER FUNCTION total RESET ALL;
ALTER DOMAIN email DROP DEFAULT; ALTER DOMAIN email SET DEFAULT CASE WHEN current_user IN ('a', 'b') THEN 'some' ELSE 'none' END;
CREATE TABLE held (id int) WITH (autovacuum_enabled = off); DROP TABLE held;
CREATE INDEX log_kind ON log (kind); DROP INDEX log_kind;
RESET ROLE;
ALTER ROLE drift_reader SET work_mem = '8MB';
ALTER ROLE drift_reader RESET work_mem;
-- same: pg_dump and a restore put the columns of a parent before those of its child
ALTER TABLE child RENAME TO older;
CREATE TABLE child (more text DEFAULT 'x') INHERITS (base);
DROP TABLE older;
-- same: a foreign key to a partitioned table after a restore
ALTER TABLE keeper DROP CONSTRAINT keeper_k_fkey;
ALTER TABLE kept DETACH PARTITION kept_other;
ALTER TABLE kept ATTACH PARTITION kept_other DEFAULT;
ALTER TABLE keeper ADD CONSTRAINT keeper_k_fkey FOREIGN KEY (k) REFERENCES kept;
-- same: everything made again from what PostgreSQL prints, as pg_dump and a restore do
DO $$
DECLARE
    r record;
    key text;
    home oid := current_schema()::regnamespace;
BEGIN
    FOR r IN SELECT oid::regclass AS v, pg_get_viewdef(oid) AS def, reloptions FROM pg_class WHERE relnamespace = home AND relkind = 'v' LOOP
        EXECUTE format('CREATE OR REPLACE VIEW %s %s AS %s', r.v, 'WITH (' || array_to_string(r.reloptions, ',') || ')', r.def);
    END LOOP;
    SELECT pg_get_viewdef('late_job'::regclass) INTO key;
    DROP MATERIALIZED VIEW late_job;
    EXECUTE 'CREATE MATERIALIZED VIEW late_job AS ' || rtrim(key, ';') || ' WITH NO DATA';
    CREATE UNIQUE INDEX late_job_id ON late_job USING btree (id);
    FOR r IN SELECT t.tgname, t.tgrelid::regclass AS c, pg_get_triggerdef(t.oid) AS def FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE relnamespace = home AND NOT tgisinternal AND tgparentid = 0 LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', r.tgname, r.c);
        EXECUTE r.def;
    END LOOP;
    FOR r IN SELECT pg_get_ruledef(t.oid) AS def FROM pg_rewrite t JOIN pg_class c ON c.oid = ev_class WHERE relnamespace = home AND relkind = 'r' LOOP
        EXECUTE replace(r.def, 'CREATE RULE', 'CREATE OR REPLACE RULE');
    END LOOP;
    FOR r IN SELECT polname, polrelid::regclass AS c, polcmd, pg_get_expr(polqual, polrelid) AS q, pg_get_expr(polwithcheck, polrelid) AS k FROM pg_policy p JOIN pg_class c ON c.oid = polrelid WHERE relnamespace = home LOOP
        EXECUTE format('ALTER POLICY %I ON %s %s %s', r.polname, r.c, 'USING (' || r.q || ')', 'WITH CHECK (' || r.k || ')');
    END LOOP;
    FOR r IN SELECT conname, conrelid::regclass AS c, pg_get_constraintdef(k.oid) AS def FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid WHERE relnamespace = home AND contype IN ('c', 'x') AND conislocal LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.c, r.conname);
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', r.c, r.conname, r.def);
    END LOOP;
    FOR r IN SELECT i.indexrelid::regclass::text AS n, pg_get_indexdef(i.indexrelid) AS def, obj_description(i.indexrelid, 'pg_class') AS said FROM pg_index i JOIN pg_class c ON c.oid = indrelid WHERE relnamespace = home AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid) AND relkind = 'r' AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = indexrelid) LOOP
        EXECUTE 'DROP INDEX ' || r.n;
        EXECUTE r.def;
        EXECUTE coalesce(format('COMMENT ON INDEX %s IS %L', r.n, r.said), 'SELECT 1');
    END LOOP;
    FOR r IN SELECT d.adrelid::regclass AS c, attname, pg_get_expr(adbin, adrelid) AS def, attgenerated FROM pg_attrdef d JOIN pg_class c ON c.oid = adrelid JOIN pg_attribute a ON attrelid = adrelid AND attnum = adnum WHERE relnamespace = home LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET %s', r.c, r.attname, CASE r.attgenerated WHEN '' THEN 'DEFAULT ' || r.def ELSE 'EXPRESSION AS (' || r.def || ')' END);
    END LOOP;
    FOR r IN SELECT t.oid::regtype AS t, conname, pg_get_constraintdef(k.oid) AS def FROM pg_constraint k JOIN pg_type t ON t.oid = contypid WHERE typnamespace = home AND contype = 'c' LOOP
        EXECUTE format('ALTER DOMAIN %s DROP CONSTRAINT %I', r.t, r.conname);
        EXECUTE format('ALTER DOMAIN %s ADD CONSTRAINT %I %s', r.t, r.conname, r.def);
    END LOOP;
    FOR r IN SELECT t.oid::regtype AS t, pg_get_expr(typdefaultbin, 0) AS def FROM pg_type t WHERE typnamespace = home AND typtype = 'd' AND typdefaultbin IS NOT NULL LOOP
        EXECUTE format('ALTER DOMAIN %s SET DEFAULT %s', r.t, r.def);
    END LOOP;
    FOR r IN SELECT stxname, pg_get_statisticsobjdef(oid) AS def FROM pg_statistic_ext WHERE stxnamespace = home LOOP
        EXECUTE format('DROP STATISTICS %I', r.stxname);
        EXECUTE r.def;
    END LOOP;
    FOR r IN SELECT pg_get_functiondef(oid) AS def FROM pg_proc WHERE pronamespace = home AND prokind <> 'a' LOOP
        EXECUTE r.def;
    END LOOP;
    key := pg_get_partkeydef('log'::regclass);
    DROP TABLE log;
    EXECUTE 'CREATE TABLE log (id int NOT NULL, kind varchar(4) NOT NULL, at date CHECK (at > ''2020-01-01''), job int REFERENCES job) PARTITION BY ' || key;
    CREATE TABLE log_ab PARTITION OF log FOR VALUES IN (true);
    CREATE TABLE log_other PARTITION OF log DEFAULT;
    CREATE INDEX log_at ON log (at);
END $$;
