-- One-detail changes of what nasty.sql makes, each run alone and rolled back. "changes:" is the label that must differ;
-- what follows "undo:" must give the first snapshot again. A number in parentheses: the first PostgreSQL that can do it.

-- changes: owner of schema
ALTER SCHEMA "${schema}" OWNER TO snapshot_reader;
-- changes: privileges on schema
GRANT USAGE ON SCHEMA "${schema}" TO snapshot_reader;
-- undo:
REVOKE USAGE ON SCHEMA "${schema}" FROM snapshot_reader;
-- changes: security labels of schema
INSERT INTO pg_seclabel (objoid, classoid, objsubid, provider, label)
VALUES ('"${schema}"'::regnamespace, 'pg_namespace'::regclass, 0, 'provider', 'secret');

-- changes: table added_table
CREATE TABLE added_table (id integer);
-- undo:
DROP TABLE added_table;
-- changes: table scratch
DROP TABLE scratch;
-- changes: table renamed
ALTER TABLE scratch RENAME TO renamed;
-- undo:
ALTER TABLE renamed RENAME TO scratch;
-- changes: owner of table members
ALTER TABLE members OWNER TO snapshot_reader;
-- changes: privileges on table members
REVOKE GRANT OPTION FOR UPDATE ON members FROM snapshot_reader;
-- changes: privileges on table serial_table
GRANT SELECT ON serial_table TO snapshot_reader;
-- undo:
REVOKE SELECT ON serial_table FROM snapshot_reader;
-- changes: privileges on table serial_table
GRANT TRUNCATE ON serial_table TO PUBLIC;
-- changes: privileges on table serial_table
REVOKE ALL ON serial_table FROM postgres;
-- changes: table scratch
ALTER TABLE scratch SET LOGGED;
-- undo:
ALTER TABLE scratch SET UNLOGGED;
-- changes: table members
ALTER TABLE members DISABLE ROW LEVEL SECURITY;
-- changes: table members
ALTER TABLE members FORCE ROW LEVEL SECURITY;
-- undo:
ALTER TABLE members NO FORCE ROW LEVEL SECURITY;
-- changes: table members
ALTER TABLE members SET (fillfactor = 71);
-- changes: table members
ALTER TABLE members RESET (autovacuum_enabled);
-- undo:
ALTER TABLE members SET (autovacuum_enabled = off);
-- changes: table members
ALTER TABLE members SET (toast.autovacuum_enabled = on);
-- changes: table scratch
ALTER TABLE scratch SET TABLESPACE snapshot_tablespace;
-- undo:
ALTER TABLE scratch SET TABLESPACE pg_default;
-- changes: table scratch (15)
ALTER TABLE scratch SET ACCESS METHOD snapshot_method;
-- changes: table scratch
ALTER TABLE scratch REPLICA IDENTITY DEFAULT;
-- changes: table scratch
ALTER TABLE scratch REPLICA IDENTITY NOTHING;
-- changes: index scratch_pkey
ALTER TABLE scratch REPLICA IDENTITY USING INDEX scratch_pkey;
-- changes: table derived
ALTER TABLE derived NO INHERIT base2;
-- changes: table derived
ALTER TABLE derived NO INHERIT base;
ALTER TABLE derived INHERIT base;
-- changes: table of_entry
ALTER TABLE of_entry NOT OF;
-- undo:
ALTER TABLE of_entry OF entry;
-- changes: table events_2024
ALTER TABLE events DETACH PARTITION events_2024;
-- changes: table events_2024
ALTER TABLE events DETACH PARTITION events_2024;
ALTER TABLE events ATTACH PARTITION events_2024 FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2024-12-31 00:00:00+00');
-- changes: table events_2024
ALTER TABLE events DETACH PARTITION events_2024;
ALTER TABLE events ATTACH PARTITION events_2024 FOR VALUES FROM ('2024-01-01 00:00:00+01') TO ('2025-01-01 00:00:00+00');
-- changes: table events_rest
ALTER TABLE events DETACH PARTITION events_rest;
-- changes: table by_hash
DROP TABLE by_hash;
CREATE TABLE by_hash (id integer, other integer) PARTITION BY HASH (other);
-- changes: comment on table members
COMMENT ON TABLE members IS 'else';
-- changes: comment on table scratch
COMMENT ON TABLE scratch IS 'scratch';
-- undo:
COMMENT ON TABLE scratch IS NULL;
-- changes: security labels of table members
INSERT INTO pg_seclabel (objoid, classoid, objsubid, provider, label)
VALUES ('members'::regclass, 'pg_class'::regclass, 0, 'provider', 'secret');
-- changes: table "no columns"
CREATE TABLE "no columns" ();

-- changes: column members.added
ALTER TABLE members DROP COLUMN added;
-- changes: column members.another
ALTER TABLE members ADD COLUMN another integer;
-- undo:
ALTER TABLE members DROP COLUMN another;
-- changes: column scratch.id
ALTER TABLE scratch RENAME COLUMN id TO number;
-- undo:
ALTER TABLE scratch RENAME COLUMN number TO id;
-- changes: column members.added
ALTER TABLE members ALTER COLUMN added TYPE bigint;
-- changes: column entry.body
ALTER TYPE entry ALTER ATTRIBUTE body TYPE varchar(11) CASCADE;
-- changes: column of_entry.body
ALTER TYPE entry ALTER ATTRIBUTE body TYPE varchar(11) CASCADE;
-- changes: column base.label
ALTER TABLE base ALTER COLUMN label TYPE text COLLATE "C";
-- undo:
ALTER TABLE base ALTER COLUMN label TYPE text;
-- changes: column base.label
ALTER TABLE base ALTER COLUMN label SET NOT NULL;
-- undo:
ALTER TABLE base ALTER COLUMN label DROP NOT NULL;
-- changes: column members.added
ALTER TABLE members ALTER COLUMN added DROP NOT NULL;
-- changes: column members.added
ALTER TABLE members ALTER COLUMN added SET DEFAULT 8;
-- undo:
ALTER TABLE members ALTER COLUMN added SET DEFAULT 7;
-- changes: column members.added
ALTER TABLE members ALTER COLUMN added DROP DEFAULT;
-- changes: column members.created
ALTER TABLE members ALTER COLUMN created SET DEFAULT '2024-01-01 12:00:00+01';
-- changes: column members.slug
ALTER TABLE members ALTER COLUMN slug DROP EXPRESSION;
-- changes: column members.slug
ALTER TABLE members DROP COLUMN slug;
ALTER TABLE members ADD COLUMN slug text GENERATED ALWAYS AS (lower(name) || '-' || 'y') STORED;
-- changes: column members.id
ALTER TABLE members ALTER COLUMN id SET GENERATED BY DEFAULT;
-- undo:
ALTER TABLE members ALTER COLUMN id SET GENERATED ALWAYS;
-- changes: column members.id
ALTER TABLE members ALTER COLUMN id DROP IDENTITY;
-- changes: sequence members_id_seq
ALTER TABLE members ALTER COLUMN id SET INCREMENT BY 3;
-- undo:
ALTER TABLE members ALTER COLUMN id SET INCREMENT BY 2;
-- changes: column members.name
ALTER TABLE members ALTER COLUMN name SET STORAGE MAIN;
-- changes: column base.label
ALTER TABLE base ALTER COLUMN label SET COMPRESSION pglz;
-- undo:
ALTER TABLE base ALTER COLUMN label SET COMPRESSION DEFAULT;
-- changes: column members.name
ALTER TABLE members ALTER COLUMN name SET STATISTICS 501;
-- changes: column base.label
ALTER TABLE base ALTER COLUMN label SET STATISTICS 0;
-- undo:
ALTER TABLE base ALTER COLUMN label SET STATISTICS -1;
-- changes: column members.score
ALTER TABLE members ALTER COLUMN score SET (n_distinct = 21);
-- changes: column members.score
ALTER TABLE members ALTER COLUMN score SET (n_distinct_inherited = 3);
-- undo:
ALTER TABLE members ALTER COLUMN score RESET (n_distinct_inherited);
-- changes: column base2.more
ALTER TABLE base2 DROP COLUMN more;
ALTER TABLE base2 ADD COLUMN in_between integer;
ALTER TABLE base2 ADD COLUMN more text;
-- changes: column derived.label
ALTER TABLE base ALTER COLUMN label TYPE varchar;
-- changes: column derived.more
ALTER TABLE derived NO INHERIT base2;
-- changes: privileges on column members.name
REVOKE UPDATE (name) ON members FROM snapshot_writer;
-- changes: privileges on column members.score
GRANT SELECT (score) ON members TO snapshot_writer;
-- undo:
REVOKE SELECT (score) ON members FROM snapshot_writer;
-- changes: comment on column members.name
COMMENT ON COLUMN members.name IS E'line one\nline three';
-- changes: comment on column members.score
COMMENT ON COLUMN members.score IS 'points';
-- undo:
COMMENT ON COLUMN members.score IS NULL;
-- changes: column remote.id
ALTER FOREIGN TABLE remote ALTER COLUMN id OPTIONS (SET column_name 'number');
-- changes: column member_names.name
ALTER VIEW member_names ALTER COLUMN name DROP DEFAULT;
-- changes: security labels of column members.name
INSERT INTO pg_seclabel (objoid, classoid, objsubid, provider, label)
VALUES ('members'::regclass, 'pg_class'::regclass, 2, 'provider', 'secret');

-- changes: constraint members."name is short"
ALTER TABLE members VALIDATE CONSTRAINT "name is short";
-- changes: constraint members."name is short"
ALTER TABLE members DROP CONSTRAINT "name is short";
-- changes: constraint members.short
ALTER TABLE members RENAME CONSTRAINT "name is short" TO short;
-- undo:
ALTER TABLE members RENAME CONSTRAINT short TO "name is short";
-- changes: constraint members.members_email_key
ALTER TABLE members DROP CONSTRAINT members_email_key;
ALTER TABLE members ADD CONSTRAINT members_email_key UNIQUE (email) DEFERRABLE;
-- changes: constraint members.members_email_key
ALTER TABLE members DROP CONSTRAINT members_email_key;
ALTER TABLE members ADD CONSTRAINT members_email_key UNIQUE (email);
-- changes: constraint events_2024.events_2024_check
ALTER TABLE events_2024 DROP CONSTRAINT events_2024_check;
ALTER TABLE events_2024 ADD CONSTRAINT events_2024_check CHECK (payload IS NOT NULL) NO INHERIT;
-- changes: constraint events_2024.events_2024_check
ALTER TABLE events_2024 DROP CONSTRAINT events_2024_check;
ALTER TABLE events_2024 ADD CONSTRAINT events_2024_check CHECK (payload IS NULL) NOT VALID;
-- changes: constraint "Odd ""Table"""."Odd ""Table""_Odd ""Column""_fkey"
ALTER TABLE "Odd ""Table""" DROP CONSTRAINT "Odd ""Table""_Odd ""Column""_fkey";
ALTER TABLE "Odd ""Table""" ADD FOREIGN KEY ("Odd ""Column""") REFERENCES members ON DELETE SET NULL;
-- changes: constraint "Odd ""Table"""."Odd ""Table""_Odd ""Column""_fkey"
ALTER TABLE "Odd ""Table""" ALTER CONSTRAINT "Odd ""Table""_Odd ""Column""_fkey" DEFERRABLE;
-- undo:
ALTER TABLE "Odd ""Table""" ALTER CONSTRAINT "Odd ""Table""_Odd ""Column""_fkey" NOT DEFERRABLE;
-- changes: constraint "Odd ""Table"""."Odd ""Table""_Odd ""Column""_fkey"
ALTER TABLE "Odd ""Table""" DISABLE TRIGGER ALL;
-- undo:
ALTER TABLE "Odd ""Table""" ENABLE TRIGGER ALL;
-- changes: constraint "Odd ""Table"""."Odd ""Table""_Odd ""Column""_fkey"
ALTER TABLE "Odd ""Table""" DROP CONSTRAINT "Odd ""Table""_Odd ""Column""_fkey";
CREATE UNIQUE INDEX first_choice ON members (id);
ALTER TABLE members DROP CONSTRAINT members_pkey CASCADE;
ALTER TABLE "Odd ""Table""" ADD FOREIGN KEY ("Odd ""Column""") REFERENCES members (id) ON DELETE CASCADE;
-- changes: constraint base.at_least
ALTER TABLE base ADD CONSTRAINT at_least CHECK (id > 0);
-- undo:
ALTER TABLE base DROP CONSTRAINT at_least;
-- changes: constraint derived.at_least
ALTER TABLE base ADD CONSTRAINT at_least CHECK (id > 0);
-- changes: constraint members.no_overlap
ALTER TABLE members DROP CONSTRAINT no_overlap;
ALTER TABLE members ADD CONSTRAINT no_overlap EXCLUDE USING gist (active WITH &&) WHERE (id > 3);
-- changes: constraint members."name is short"
UPDATE pg_constraint SET coninhcount = 1 WHERE conname = 'name is short' AND conrelid = 'members'::regclass;
-- changes: comment on constraint members."name is short"
COMMENT ON CONSTRAINT "name is short" ON members IS NULL;
-- changes: constraint email.email_check
ALTER DOMAIN email DROP CONSTRAINT email_check;
-- changes: constraint email.no_blank
ALTER DOMAIN email ADD CONSTRAINT no_blank CHECK (VALUE !~ ' ');
-- undo:
ALTER DOMAIN email DROP CONSTRAINT no_blank;
-- changes: constraint positive.above_zero
ALTER DOMAIN positive DROP CONSTRAINT above_zero;
ALTER DOMAIN positive ADD CONSTRAINT above_zero CHECK (VALUE > 0) NOT VALID;
-- changes: comment on constraint positive.above_zero
COMMENT ON CONSTRAINT above_zero ON DOMAIN positive IS 'more';
-- changes: constraint members.members_name_not_null (18)
ALTER TABLE members ALTER CONSTRAINT members_name_not_null NO INHERIT;
-- changes: constraint members.named (18)
ALTER TABLE members RENAME CONSTRAINT members_name_not_null TO named;
-- changes: constraint base.positive (18)
ALTER TABLE base ADD CONSTRAINT positive CHECK (id > 0) NOT ENFORCED;
-- changes: constraint base.label_there (18)
ALTER TABLE base ADD CONSTRAINT label_there NOT NULL label NOT VALID;
-- changes: column base.computed (18)
ALTER TABLE base ADD COLUMN computed integer GENERATED ALWAYS AS (id * 2) VIRTUAL;

-- changes: index added_index
CREATE INDEX added_index ON base (id);
-- undo:
DROP INDEX added_index;
-- changes: index members_name
DROP INDEX members_name;
-- changes: index members_name
DROP INDEX members_name;
CREATE INDEX members_name ON members (lower(name) text_pattern_ops, mood) WHERE mood <> 'sad'::mood;
-- changes: index members_name
DROP INDEX members_name;
CREATE INDEX members_name ON members (lower(name) DESC, mood) WHERE mood <> 'sad'::mood;
-- changes: index members_name
DROP INDEX members_name;
CREATE INDEX members_name ON members (lower(name) text_pattern_ops DESC, mood);
-- changes: index members_name
DROP INDEX members_name;
CREATE UNIQUE INDEX members_name ON members (lower(name) text_pattern_ops DESC, mood) WHERE mood <> 'sad'::mood;
-- changes: index members_name
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'members_name'::regclass;
-- changes: index members_name
UPDATE pg_index SET indisready = false WHERE indexrelid = 'members_name'::regclass;
-- changes: index members_name
UPDATE pg_index SET indislive = false WHERE indexrelid = 'members_name'::regclass;
-- changes: index members_name
UPDATE pg_index SET indimmediate = false WHERE indexrelid = 'members_name'::regclass;
-- changes: index members_name
UPDATE pg_index SET indisprimary = true WHERE indexrelid = 'members_name'::regclass;
-- changes: index members_pkey
ALTER TABLE members SET WITHOUT CLUSTER;
-- undo:
ALTER TABLE members CLUSTER ON members_pkey;
-- changes: index members_name
ALTER INDEX members_name SET TABLESPACE snapshot_tablespace;
-- undo:
ALTER INDEX members_name SET TABLESPACE pg_default;
-- changes: index "Members Upper"
ALTER INDEX "Members Upper" SET (fillfactor = 61);
-- changes: index members_name
ALTER INDEX members_name ALTER COLUMN 1 SET STATISTICS 200;
-- changes: index renamed_index
ALTER INDEX members_name RENAME TO renamed_index;
-- changes: index events_2024_member_at_idx
CREATE INDEX events_member_2 ON ONLY events (member, at);
DROP INDEX events_member;
CREATE INDEX events_2024_member_at_idx ON events_2024 (member, at);
-- changes: index base_2
CREATE INDEX base_2 ON base USING hash (label);
-- changes: comment on index members_name
COMMENT ON INDEX members_name IS NULL;
-- changes: extension of index members_name
ALTER INDEX members_name DEPENDS ON EXTENSION postgres_fdw;
-- undo:
ALTER INDEX members_name NO DEPENDS ON EXTENSION postgres_fdw;
-- changes: index moods_mood
DROP INDEX moods_mood;
-- changes: index members_email_null (15)
CREATE UNIQUE INDEX members_email_null ON members (email) NULLS NOT DISTINCT;

-- changes: sequence added_sequence
CREATE SEQUENCE added_sequence;
-- undo:
DROP SEQUENCE added_sequence;
-- changes: sequence ticket
ALTER SEQUENCE ticket AS bigint;
-- changes: sequence ticket
ALTER SEQUENCE ticket START 101;
-- changes: sequence ticket
ALTER SEQUENCE ticket INCREMENT 6;
-- changes: sequence ticket
ALTER SEQUENCE ticket MINVALUE 2;
-- changes: sequence ticket
ALTER SEQUENCE ticket MAXVALUE 100001;
-- undo:
ALTER SEQUENCE ticket MAXVALUE 100000;
-- changes: sequence ticket
ALTER SEQUENCE ticket CACHE 4;
-- changes: sequence ticket
ALTER SEQUENCE ticket NO CYCLE;
-- changes: sequence ticket
ALTER SEQUENCE ticket OWNED BY NONE;
-- changes: sequence ticket
ALTER SEQUENCE ticket OWNED BY members.added;
-- undo:
ALTER SEQUENCE ticket OWNED BY members.ticket;
-- changes: sequence ticket (15)
ALTER SEQUENCE ticket SET UNLOGGED;
-- changes: privileges on sequence ticket
GRANT USAGE ON SEQUENCE ticket TO snapshot_reader;
-- undo:
REVOKE USAGE ON SEQUENCE ticket FROM snapshot_reader;
-- changes: owner of sequence ticket
ALTER SEQUENCE ticket OWNED BY NONE;
ALTER SEQUENCE ticket OWNER TO snapshot_reader;
-- changes: comment on sequence ticket
COMMENT ON SEQUENCE ticket IS 'no';

-- changes: view member_names
CREATE OR REPLACE VIEW member_names AS SELECT m.id, m.name, (m.home).street FROM members m WHERE m.mood = 'sad';
-- changes: view checked
ALTER VIEW checked SET (security_barrier = false);
-- changes: view checked
ALTER VIEW checked SET (check_option = cascaded);
-- changes: view checked (15)
ALTER VIEW checked SET (security_invoker = true);
-- changes: view added_view
CREATE VIEW added_view AS SELECT 1 AS one;
-- undo:
DROP VIEW added_view;
-- changes: owner of view numbers
ALTER VIEW numbers OWNER TO snapshot_reader;
-- changes: privileges on view numbers
GRANT SELECT ON numbers TO PUBLIC;
-- undo:
REVOKE SELECT ON numbers FROM PUBLIC;
-- changes: comment on view numbers
COMMENT ON VIEW numbers IS 'one to five';
-- changes: materialized view unpopulated
REFRESH MATERIALIZED VIEW unpopulated;
-- changes: materialized view moods
REFRESH MATERIALIZED VIEW moods WITH NO DATA;
-- undo:
REFRESH MATERIALIZED VIEW moods;
-- changes: materialized view moods
ALTER MATERIALIZED VIEW moods SET (fillfactor = 50);
-- changes: materialized view unpopulated
DROP MATERIALIZED VIEW unpopulated;
CREATE MATERIALIZED VIEW unpopulated AS SELECT 2 AS one WITH NO DATA;
-- changes: comment on materialized view moods
COMMENT ON MATERIALIZED VIEW moods IS 'x';

-- changes: rule serial_table.no_delete
CREATE OR REPLACE RULE no_delete AS ON DELETE TO serial_table WHERE old.id > 3 DO INSTEAD NOTHING;
-- changes: rule serial_table.no_delete
ALTER TABLE serial_table DISABLE RULE no_delete;
-- undo:
ALTER TABLE serial_table ENABLE RULE no_delete;
-- changes: rule serial_table.renamed
ALTER RULE no_delete ON serial_table RENAME TO renamed;
-- changes: comment on rule serial_table.no_delete
COMMENT ON RULE no_delete ON serial_table IS 'keep';

-- changes: trigger members.touch_member
DROP TRIGGER touch_member ON members;
-- changes: trigger members.touch_member
DROP TRIGGER touch_member ON members;
CREATE TRIGGER touch_member BEFORE UPDATE OF name ON members FOR EACH ROW WHEN (old.name <> new.name)
    EXECUTE FUNCTION touch('one', 'two');
-- changes: trigger members.touch_member
DROP TRIGGER touch_member ON members;
CREATE TRIGGER touch_member BEFORE UPDATE ON members FOR EACH ROW WHEN (old.name <> new.name)
    EXECUTE FUNCTION touch('one', 'it''s two');
-- changes: trigger members.touch_member
ALTER TABLE members DISABLE TRIGGER touch_member;
-- undo:
ALTER TABLE members ENABLE TRIGGER touch_member;
-- changes: trigger members.touch_member
ALTER TABLE members ENABLE ALWAYS TRIGGER touch_member;
-- changes: trigger members.checked_later
ALTER TABLE members ENABLE REPLICA TRIGGER checked_later;
-- changes: trigger members.renamed
ALTER TRIGGER touch_member ON members RENAME TO renamed;
-- changes: trigger events_2024.on_events
DROP TRIGGER on_events ON events;
CREATE TRIGGER on_events AFTER INSERT ON events_2024 FOR EACH ROW EXECUTE FUNCTION ignore();
-- changes: trigger base.counted
CREATE TRIGGER counted AFTER INSERT ON base REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ignore();
-- undo:
DROP TRIGGER counted ON base;
-- changes: comment on trigger members.touch_member
COMMENT ON TRIGGER touch_member ON members IS 'touch';
-- changes: extension of trigger members.touch_member
ALTER TRIGGER touch_member ON members DEPENDS ON EXTENSION postgres_fdw;

-- changes: policy members.nobody
DROP POLICY nobody ON members;
-- changes: policy members.nobody
DROP POLICY nobody ON members;
CREATE POLICY nobody ON members AS PERMISSIVE FOR SELECT USING (false);
-- changes: policy members.nobody
DROP POLICY nobody ON members;
CREATE POLICY nobody ON members AS RESTRICTIVE FOR DELETE USING (false);
-- changes: policy members.nobody
ALTER POLICY nobody ON members USING (true);
-- undo:
ALTER POLICY nobody ON members USING (false);
-- changes: policy members.own_rows
ALTER POLICY own_rows ON members TO snapshot_reader;
-- undo:
ALTER POLICY own_rows ON members TO snapshot_writer, snapshot_reader;
-- changes: policy members.own_rows
ALTER POLICY own_rows ON members WITH CHECK (true);
-- changes: comment on policy members.nobody
COMMENT ON POLICY nobody ON members IS 'nobody';

-- changes: statistics member_statistics
DROP STATISTICS member_statistics;
-- changes: statistics member_statistics
DROP STATISTICS member_statistics;
CREATE STATISTICS member_statistics (ndistinct) ON name, mood FROM members;
-- changes: statistics member_statistics
ALTER STATISTICS member_statistics SET STATISTICS 300;
-- undo:
ALTER STATISTICS member_statistics SET STATISTICS -1;
-- changes: statistics expression_statistics
DROP STATISTICS expression_statistics;
CREATE STATISTICS expression_statistics ON (upper(name)), score FROM members;
-- changes: owner of statistics member_statistics
ALTER STATISTICS member_statistics OWNER TO snapshot_reader;
-- changes: comment on statistics member_statistics
COMMENT ON STATISTICS member_statistics IS 'x';
-- changes: statistics public.elsewhere
CREATE STATISTICS public.elsewhere ON id, label FROM base;

-- changes: function added_function()
CREATE FUNCTION added_function() RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- undo:
DROP FUNCTION added_function;
-- changes: function all_members()
DROP FUNCTION all_members;
-- changes: function mood_to_int(mood)
CREATE OR REPLACE FUNCTION mood_to_int(mood) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT 1 + length($1::text) $$;
-- changes: function mood_to_int(mood)
ALTER FUNCTION mood_to_int STRICT;
-- undo:
ALTER FUNCTION mood_to_int CALLED ON NULL INPUT;
-- changes: function mood_to_int(mood)
ALTER FUNCTION mood_to_int STABLE;
-- changes: function mood_to_int(mood)
ALTER FUNCTION mood_to_int SECURITY DEFINER;
-- changes: function mood_to_int(mood)
ALTER FUNCTION mood_to_int LEAKPROOF;
-- changes: function mood_to_int(mood)
ALTER FUNCTION mood_to_int PARALLEL RESTRICTED;
-- changes: function mood_to_int(mood)
ALTER FUNCTION mood_to_int COST 7;
-- changes: function all_members()
ALTER FUNCTION all_members ROWS 7;
-- changes: function mood_to_int(mood)
ALTER FUNCTION mood_to_int SET work_mem = '9MB';
-- undo:
ALTER FUNCTION mood_to_int RESET work_mem;
-- changes: function touch()
ALTER FUNCTION touch SET search_path = public;
-- changes: function touch()
ALTER FUNCTION touch SET search_path = "${schema}", public;
-- undo:
ALTER FUNCTION touch SET search_path = "${schema}";
-- changes: function inline_body(positive)
CREATE OR REPLACE FUNCTION inline_body(a positive) RETURNS integer LANGUAGE sql IMMUTABLE RETURN a + 2;
-- changes: function member_count(mood)
CREATE OR REPLACE FUNCTION member_count(m mood DEFAULT 'sad', OUT total bigint) LANGUAGE sql STABLE PARALLEL SAFE COST 20
    AS 'SELECT count(*) FROM members WHERE mood = m';
-- changes: procedure purge(integer,integer)
ALTER PROCEDURE purge RESET work_mem;
-- undo:
ALTER PROCEDURE purge RESET ALL;
ALTER PROCEDURE purge SET work_mem = '8MB';
ALTER PROCEDURE purge SET search_path = pg_catalog;
-- changes: owner of function touch()
ALTER FUNCTION touch OWNER TO snapshot_reader;
-- changes: privileges on function touch()
REVOKE EXECUTE ON FUNCTION touch FROM PUBLIC;
-- undo:
GRANT EXECUTE ON FUNCTION touch TO PUBLIC;
-- changes: privileges on procedure purge(integer,integer)
GRANT EXECUTE ON PROCEDURE purge TO snapshot_reader;
-- changes: comment on function touch()
COMMENT ON FUNCTION touch IS 'x';
-- changes: extension of function touch()
ALTER FUNCTION touch DEPENDS ON EXTENSION postgres_fdw;
-- changes: function windowed(integer)
CREATE FUNCTION windowed(integer) RETURNS integer LANGUAGE internal WINDOW AS 'window_row_number';
-- changes: security labels of function touch()
INSERT INTO pg_seclabel (objoid, classoid, objsubid, provider, label)
VALUES ('touch'::regproc, 'pg_proc'::regclass, 0, 'provider', 'secret');

-- changes: aggregate all_moods(mood)
DROP AGGREGATE all_moods(mood);
-- changes: aggregate all_moods(mood)
CREATE OR REPLACE AGGREGATE all_moods(mood) (sfunc = concat_state, stype = text, initcond = '<');
-- changes: aggregate all_moods(mood)
CREATE OR REPLACE AGGREGATE all_moods(mood) (sfunc = concat_state, stype = text, initcond = '>', parallel = safe);
-- changes: aggregate all_moods(mood)
CREATE OR REPLACE AGGREGATE all_moods(mood) (sfunc = concat_state, stype = text, initcond = '>', sspace = 64);
-- changes: aggregate all_moods(mood)
CREATE OR REPLACE AGGREGATE all_moods(mood) (sfunc = concat_state, stype = text, initcond = '>', finalfunc = upper);
-- changes: aggregate all_moods(mood)
CREATE OR REPLACE AGGREGATE all_moods(mood) (sfunc = concat_state, stype = text, initcond = '>', combinefunc = textcat);
-- changes: aggregate all_moods(mood)
CREATE OR REPLACE AGGREGATE all_moods(mood) (sfunc = concat_state, stype = text, initcond = '>', finalfunc_modify = shareable);
-- changes: aggregate all_moods(mood)
CREATE FUNCTION inverse(text, mood) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT $1 $$;
CREATE OR REPLACE AGGREGATE all_moods(mood) (sfunc = concat_state, stype = text, initcond = '>',
    msfunc = concat_state, minvfunc = inverse, mstype = text, minitcond = '');
-- changes: aggregate all_moods(mood)
UPDATE pg_proc SET proargnames = '{x}' WHERE oid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_proc SET prorettype = 'integer'::regtype WHERE oid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_aggregate SET aggkind = 'h' WHERE aggfnoid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_aggregate SET aggnumdirectargs = 1 WHERE aggfnoid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_aggregate SET aggtransfn = 'textcat'::regproc WHERE aggfnoid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_aggregate SET aggtranstype = 'varchar'::regtype WHERE aggfnoid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_aggregate SET aggfinalextra = true WHERE aggfnoid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_aggregate SET aggserialfn = 'touch'::regproc WHERE aggfnoid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_aggregate SET aggdeserialfn = 'touch'::regproc WHERE aggfnoid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_aggregate SET aggmtransfn = 'touch'::regproc WHERE aggfnoid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_aggregate SET aggminvtransfn = 'touch'::regproc WHERE aggfnoid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_aggregate SET aggmtranstype = 'text'::regtype WHERE aggfnoid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_aggregate SET aggmtransspace = 8 WHERE aggfnoid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_aggregate SET aggmfinalfn = 'touch'::regproc WHERE aggfnoid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_aggregate SET aggmfinalextra = true WHERE aggfnoid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_aggregate SET aggmfinalmodify = 'w' WHERE aggfnoid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_aggregate SET aggminitval = 'x' WHERE aggfnoid = 'all_moods'::regproc;
-- changes: aggregate all_moods(mood)
UPDATE pg_aggregate SET aggsortop = '<<<'::regoper WHERE aggfnoid = 'all_moods'::regproc;
-- changes: comment on aggregate all_moods(mood)
COMMENT ON AGGREGATE all_moods(mood) IS 'all';
-- changes: owner of aggregate all_moods(mood)
ALTER AGGREGATE all_moods(mood) OWNER TO snapshot_reader;
-- changes: privileges on aggregate all_moods(mood)
GRANT EXECUTE ON FUNCTION all_moods(mood) TO snapshot_reader;

-- changes: enum mood
ALTER TYPE mood ADD VALUE 'ecstatic';
-- changes: enum mood
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';
-- undo:
ALTER TYPE mood RENAME VALUE 'blue' TO 'sad';
-- changes: enum two
CREATE TYPE two AS ENUM ('a', 'b');
-- undo:
DROP TYPE two;
-- changes: enum mood
UPDATE pg_enum SET enumsortorder = -enumsortorder WHERE enumtypid = 'mood'::regtype;
-- changes: privileges on enum mood
REVOKE USAGE ON TYPE mood FROM PUBLIC;
-- undo:
GRANT USAGE ON TYPE mood TO PUBLIC;
-- changes: owner of enum mood
ALTER TYPE mood OWNER TO snapshot_reader;
-- changes: comment on enum mood
COMMENT ON TYPE mood IS 'x';
-- changes: composite type address
ALTER TYPE address RENAME TO location;
-- changes: column address.country
ALTER TYPE address ADD ATTRIBUTE country text CASCADE;
-- changes: comment on column address.street
COMMENT ON COLUMN address.street IS NULL;
-- changes: comment on composite type address
COMMENT ON TYPE address IS 'x';
-- changes: privileges on composite type address
GRANT USAGE ON TYPE address TO snapshot_reader;
-- changes: domain positive
ALTER DOMAIN positive SET DEFAULT 2;
-- undo:
ALTER DOMAIN positive SET DEFAULT 1;
-- changes: domain positive
ALTER DOMAIN positive DROP DEFAULT;
-- changes: domain positive
ALTER DOMAIN positive DROP NOT NULL;
-- changes: domain code
DROP DOMAIN code;
CREATE DOMAIN code AS varchar(6) COLLATE "POSIX";
-- changes: domain code
DROP DOMAIN code;
CREATE DOMAIN code AS varchar(5) COLLATE "C";
-- changes: owner of domain positive
ALTER DOMAIN positive OWNER TO snapshot_reader;
-- changes: comment on domain positive
COMMENT ON DOMAIN positive IS 'x';
-- changes: range type words
DROP TYPE words;
CREATE TYPE words AS RANGE (subtype = varchar, collation = "C", subtype_opclass = text_pattern_ops);
-- changes: range type words
DROP TYPE words;
CREATE TYPE words AS RANGE (subtype = text, collation = "POSIX", subtype_opclass = text_pattern_ops);
-- changes: range type words
DROP TYPE words;
CREATE TYPE words AS RANGE (subtype = text, collation = "C");
-- changes: range type words
UPDATE pg_range SET rngcanonical = 'int4range_canonical'::regproc WHERE rngtypid = 'words'::regtype;
-- changes: range type span
UPDATE pg_range SET rngsubdiff = 0 WHERE rngtypid = 'span'::regtype;
-- changes: range type span
ALTER TYPE spans RENAME TO many_spans;
-- changes: comment on range type span
COMMENT ON TYPE span IS 'x';
-- changes: shell type shell
CREATE TYPE shell;
-- changes: base type inside
UPDATE pg_type SET typlen = 2 WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typbyval = false WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typalign = 's' WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typstorage = 'x' WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typcategory = 'S' WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typispreferred = true WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typdelim = ';' WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typelem = 'integer'::regtype WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typsubscript = 'array_subscript_handler'::regproc WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typcollation = 100 WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typdefault = '1' WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typinput = 'int4in'::regproc WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typoutput = 'int4out'::regproc WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typreceive = 'int4recv'::regproc WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typsend = 'int4send'::regproc WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typmodin = 'varchartypmodin'::regproc WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typmodout = 'varchartypmodout'::regproc WHERE oid = 'inside'::regtype;
-- changes: base type inside
UPDATE pg_type SET typanalyze = 'range_typanalyze'::regproc WHERE oid = 'inside'::regtype;

-- changes: cast (mood AS integer)
DROP CAST (mood AS integer);
-- changes: cast (mood AS integer)
DROP CAST (mood AS integer);
CREATE CAST (mood AS integer) WITH FUNCTION mood_to_int(mood) AS IMPLICIT;
-- changes: cast (mood AS integer)
UPDATE pg_cast SET castmethod = 'b' WHERE castsource = 'mood'::regtype AND casttarget = 'integer'::regtype;
-- changes: cast (mood AS integer)
UPDATE pg_cast SET castfunc = 'touch'::regproc WHERE castsource = 'mood'::regtype AND casttarget = 'integer'::regtype;
-- changes: cast (text AS mood)
CREATE CAST (text AS mood) WITH INOUT;
-- changes: cast (scratch AS mood)
CREATE FUNCTION of_row(scratch) RETURNS mood LANGUAGE sql AS $$ SELECT 'ok'::mood $$;
CREATE CAST (scratch AS mood) WITH FUNCTION of_row(scratch);
-- changes: cast (point AS integer)
CREATE FUNCTION of_point(point) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT 1 $$;
CREATE CAST (point AS integer) WITH FUNCTION of_point(point);
-- changes: comment on cast (mood AS integer)
COMMENT ON CAST (mood AS integer) IS 'x';
-- changes: transform mood LANGUAGE sql
DROP TRANSFORM FOR mood LANGUAGE sql;
-- changes: transform mood LANGUAGE sql
UPDATE pg_transform SET trffromsql = 0 WHERE trftype = 'mood'::regtype;
-- changes: transform mood LANGUAGE sql
UPDATE pg_transform SET trftosql = trffromsql WHERE trftype = 'mood'::regtype;
-- changes: transform point LANGUAGE sql
CREATE TRANSFORM FOR point LANGUAGE sql (FROM SQL WITH FUNCTION of_internal(internal));

-- changes: operator <<<(mood,mood)
ALTER OPERATOR <<< (mood, mood) SET (restrict = NONE);
-- undo:
ALTER OPERATOR <<< (mood, mood) SET (restrict = scalarltsel);
-- changes: operator <<<(mood,mood)
ALTER OPERATOR <<< (mood, mood) SET (join = scalarltjoinsel);
-- changes: operator >>>(mood,mood)
CREATE OPERATOR >>> (leftarg = mood, rightarg = mood, function = mood_less, commutator = <<<);
-- changes: operator <<<(mood,mood)
CREATE OPERATOR >>> (leftarg = mood, rightarg = mood, function = mood_less, commutator = <<<);
-- changes: operator <<<(mood,mood)
CREATE OPERATOR >>> (leftarg = mood, rightarg = mood, function = mood_less, negator = <<<);
-- changes: operator <<<(mood,mood)
UPDATE pg_operator SET oprresult = 'integer'::regtype WHERE oid = '<<<'::regoper;
-- changes: operator <<<(mood,mood)
UPDATE pg_operator SET oprcode = 'touch'::regproc WHERE oid = '<<<'::regoper;
-- changes: operator <<<(mood,mood)
UPDATE pg_operator SET oprcanhash = true WHERE oid = '<<<'::regoper;
-- changes: operator <<<(mood,mood)
UPDATE pg_operator SET oprcanmerge = true WHERE oid = '<<<'::regoper;
-- changes: owner of operator <<<(mood,mood)
ALTER OPERATOR <<< (mood, mood) OWNER TO snapshot_reader;
-- changes: comment on operator <<<(mood,mood)
COMMENT ON OPERATOR <<< (mood, mood) IS 'x';
-- changes: operator class mood_class USING btree
DROP OPERATOR CLASS mood_class USING btree;
-- changes: operator class mood_class USING btree
UPDATE pg_opclass SET opcdefault = true WHERE opcname = 'mood_class' AND opcnamespace = '"${schema}"'::regnamespace;
-- changes: operator class mood_class USING btree
UPDATE pg_opclass SET opcintype = 'address'::regtype WHERE opcname = 'mood_class' AND opcnamespace = '"${schema}"'::regnamespace;
-- changes: operator class mood_class USING btree
UPDATE pg_opclass SET opckeytype = 'integer'::regtype WHERE opcname = 'mood_class' AND opcnamespace = '"${schema}"'::regnamespace;
-- changes: operator class mood_class USING btree
UPDATE pg_opclass SET opcfamily = (SELECT oid FROM pg_opfamily WHERE opfname = 'text_ops' LIMIT 1) WHERE opcname = 'mood_class' AND opcnamespace = '"${schema}"'::regnamespace;
-- changes: operator class renamed USING btree
ALTER OPERATOR CLASS mood_class USING btree RENAME TO renamed;
-- changes: owner of operator class mood_class USING btree
ALTER OPERATOR CLASS mood_class USING btree OWNER TO snapshot_reader;
-- changes: comment on operator class mood_class USING btree
COMMENT ON OPERATOR CLASS mood_class USING btree IS 'x';
-- changes: operator family mood_family USING btree
CREATE OPERATOR >>> (leftarg = mood, rightarg = mood, function = mood_less);
ALTER OPERATOR FAMILY mood_family USING btree ADD OPERATOR 5 >>> (mood, mood);
-- changes: operator family mood_family USING btree
ALTER OPERATOR FAMILY mood_family USING btree ADD FUNCTION 4 (mood, mood) btequalimage(oid);
-- changes: owner of operator family mood_family USING btree
ALTER OPERATOR FAMILY mood_family USING btree OWNER TO snapshot_reader;
-- changes: comment on operator family mood_family USING btree
COMMENT ON OPERATOR FAMILY mood_family USING btree IS 'x';

-- changes: collation other
CREATE COLLATION other (provider = libc, locale = 'POSIX');
-- undo:
DROP COLLATION other;
-- changes: collation plain
UPDATE pg_collation SET collctype = 'POSIX' WHERE collname = 'plain' AND collnamespace = '"${schema}"'::regnamespace;
-- changes: collation plain
UPDATE pg_collation SET collisdeterministic = false
WHERE collname = 'plain' AND collnamespace = '"${schema}"'::regnamespace;
-- changes: collation plain
UPDATE pg_collation SET collprovider = 'i' WHERE collname = 'plain' AND collnamespace = '"${schema}"'::regnamespace;
-- changes: collation plain
UPDATE pg_collation SET collencoding = -1 WHERE collname = 'plain' AND collnamespace = '"${schema}"'::regnamespace;
-- changes: collation plain
UPDATE pg_collation SET collcollate = 'POSIX' WHERE collname = 'plain' AND collnamespace = '"${schema}"'::regnamespace;
-- changes: collation plain (17)
UPDATE pg_collation SET colllocale = 'de' WHERE collname = 'plain' AND collnamespace = '"${schema}"'::regnamespace;
-- changes: collation plain (16)
UPDATE pg_collation SET collicurules = '&V << w' WHERE collname = 'plain' AND collnamespace = '"${schema}"'::regnamespace;
-- changes: owner of collation plain
ALTER COLLATION plain OWNER TO snapshot_reader;
-- changes: comment on collation plain
COMMENT ON COLLATION plain IS 'x';
-- changes: conversion latin_to_utf8
DROP CONVERSION latin_to_utf8;
-- changes: conversion latin_to_utf8
DROP CONVERSION latin_to_utf8;
CREATE DEFAULT CONVERSION latin_to_utf8 FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
-- changes: conversion latin_to_utf8
UPDATE pg_conversion SET conforencoding = 9 WHERE conname = 'latin_to_utf8' AND connamespace = '"${schema}"'::regnamespace;
-- changes: conversion latin_to_utf8
UPDATE pg_conversion SET contoencoding = 9 WHERE conname = 'latin_to_utf8' AND connamespace = '"${schema}"'::regnamespace;
-- changes: conversion latin_to_utf8
UPDATE pg_conversion SET conproc = 'utf8_to_iso8859_1'::regproc WHERE conname = 'latin_to_utf8' AND connamespace = '"${schema}"'::regnamespace;
-- changes: owner of conversion latin_to_utf8
ALTER CONVERSION latin_to_utf8 OWNER TO snapshot_reader;
-- changes: comment on conversion latin_to_utf8
COMMENT ON CONVERSION latin_to_utf8 IS 'x';

-- changes: text search configuration words
ALTER TEXT SEARCH CONFIGURATION words DROP MAPPING FOR url;
-- changes: text search configuration words
ALTER TEXT SEARCH CONFIGURATION words ALTER MAPPING FOR asciiword, word WITH english_stem, simple_words;
-- undo:
ALTER TEXT SEARCH CONFIGURATION words ALTER MAPPING FOR asciiword, word WITH simple_words, english_stem;
-- changes: text search configuration words
UPDATE pg_ts_config SET cfgparser = (SELECT oid FROM pg_ts_parser WHERE prsname = 'split') WHERE oid = 'words'::regconfig;
-- changes: owner of text search configuration words
ALTER TEXT SEARCH CONFIGURATION words OWNER TO snapshot_reader;
-- changes: comment on text search configuration words
COMMENT ON TEXT SEARCH CONFIGURATION words IS 'x';
-- changes: text search dictionary simple_words
ALTER TEXT SEARCH DICTIONARY simple_words (ACCEPT = false);
-- changes: text search dictionary simple_words
UPDATE pg_ts_dict SET dicttemplate = (SELECT oid FROM pg_ts_template WHERE tmplname = 'lookup')
WHERE oid = 'simple_words'::regdictionary;
-- changes: text search dictionary other
CREATE TEXT SEARCH DICTIONARY other (TEMPLATE = simple);
-- changes: owner of text search dictionary simple_words
ALTER TEXT SEARCH DICTIONARY simple_words OWNER TO snapshot_reader;
-- changes: text search parser split
UPDATE pg_ts_parser SET prsstart = 'touch'::regproc WHERE prsname = 'split';
-- changes: text search parser split
UPDATE pg_ts_parser SET prstoken = 'touch'::regproc WHERE prsname = 'split';
-- changes: text search parser split
UPDATE pg_ts_parser SET prsend = 'touch'::regproc WHERE prsname = 'split';
-- changes: text search parser split
UPDATE pg_ts_parser SET prsheadline = 'touch'::regproc WHERE prsname = 'split';
-- changes: text search parser split
UPDATE pg_ts_parser SET prslextype = 'touch'::regproc WHERE prsname = 'split';
-- changes: comment on text search parser split
COMMENT ON TEXT SEARCH PARSER split IS 'x';
-- changes: text search template lookup
UPDATE pg_ts_template SET tmplinit = 'touch'::regproc WHERE tmplname = 'lookup';
-- changes: text search template lookup
UPDATE pg_ts_template SET tmpllexize = 'touch'::regproc WHERE tmplname = 'lookup';
-- changes: comment on text search template lookup
COMMENT ON TEXT SEARCH TEMPLATE lookup IS 'x';

-- changes: privileges on default privileges of postgres on r
ALTER DEFAULT PRIVILEGES IN SCHEMA "${schema}" GRANT INSERT ON TABLES TO snapshot_reader;
-- undo:
ALTER DEFAULT PRIVILEGES IN SCHEMA "${schema}" REVOKE INSERT ON TABLES FROM snapshot_reader;
-- changes: default privileges of postgres on f
ALTER DEFAULT PRIVILEGES IN SCHEMA "${schema}" GRANT EXECUTE ON FUNCTIONS TO snapshot_reader;
-- changes: default privileges of snapshot_writer on r
ALTER DEFAULT PRIVILEGES FOR ROLE snapshot_writer IN SCHEMA "${schema}" GRANT SELECT ON TABLES TO snapshot_reader;

-- changes: foreign table remote
ALTER FOREIGN TABLE remote OPTIONS (SET table_name 'other');
-- changes: foreign table remote
ALTER FOREIGN TABLE remote OPTIONS (DROP schema_name);
-- undo:
ALTER FOREIGN TABLE remote OPTIONS (ADD schema_name 'elsewhere');
-- changes: foreign table remote
DROP FOREIGN TABLE remote;
CREATE FOREIGN TABLE remote (id integer OPTIONS (column_name 'no'), name text NOT NULL)
    SERVER snapshot_server_2 OPTIONS (table_name 'remote', schema_name 'elsewhere');
-- changes: comment on foreign table remote
COMMENT ON FOREIGN TABLE remote IS 'x';

-- changes: owner of extension tsm_system_rows
UPDATE pg_extension SET extowner = 'snapshot_reader'::regrole WHERE extname = 'tsm_system_rows';
-- changes: extension tsm_system_rows
UPDATE pg_extension SET extversion = '99' WHERE extname = 'tsm_system_rows';
-- changes: comment on extension tsm_system_rows
COMMENT ON EXTENSION tsm_system_rows IS NULL;
-- changes: extension citext
CREATE EXTENSION citext SCHEMA "${schema}";
-- changes: extension of table base
ALTER EXTENSION postgres_fdw ADD TABLE base;

-- changes: published table base in snapshot_publication
ALTER PUBLICATION snapshot_publication ADD TABLE base;
-- undo:
ALTER PUBLICATION snapshot_publication DROP TABLE base;
-- changes: published table members in snapshot_publication
ALTER PUBLICATION snapshot_publication DROP TABLE members;
-- changes: published table members in snapshot_publication (15)
ALTER PUBLICATION snapshot_publication DROP TABLE members;
ALTER PUBLICATION snapshot_publication ADD TABLE members WHERE (id > 5);
-- changes: published table members in snapshot_publication (15)
ALTER PUBLICATION snapshot_publication DROP TABLE members;
ALTER PUBLICATION snapshot_publication ADD TABLE members (id, name);
-- changes: publication namespace schema in publication snapshot_publication (15)
ALTER PUBLICATION snapshot_publication ADD TABLES IN SCHEMA "${schema}";
-- undo:
ALTER PUBLICATION snapshot_publication DROP TABLES IN SCHEMA "${schema}";
