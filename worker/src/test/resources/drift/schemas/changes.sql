-- As changes.sql of the folder above, each in a tenant's own database.

-- differs: changed comment on schema audit: x here, what happened in the reference
-- differs: changed owner of schema of_t0: drift_reader here,
-- differs: changed privileges on schema audit: USAGE granted to drift_reader
-- differs: changed privileges on schema of_t0: CREATE and USAGE granted to PUBLIC
-- differs: missing schema "Old-1": (table item)
-- differs: extra schema closed: not read, since the worker's role lacks USAGE on it
-- differs: extra schema more: (function f(), table item)
-- differs: changed column audit.log.what: text DEFAULT 'a'::text here, text in the reference
-- differs: changed comment on index audit.log_pkey on audit.log: key here, none in the reference
-- differs: extra default privileges in schema audit of
-- differs: changed function audit.noted(): …
-- differs: missing index audit.log_what on audit.log: CREATE INDEX log_what ON log USING btree (what)
-- differs: changed owner of table audit.log: drift_reader here,
-- differs: changed privileges on sequence audit.numbers: USAGE granted to drift_reader
-- differs: changed sequence audit.numbers: AS bigint START 1 INCREMENT 5
-- differs: extra table audit.more: (id integer)
-- differs: missing view audit.today: AS  SELECT what
-- differs: extra column of_t0.item.note: text
DROP INDEX audit.log_what;
ALTER TABLE audit.log ALTER what SET DEFAULT 'a';
COMMENT ON INDEX audit.log_pkey IS 'key';
COMMENT ON SCHEMA audit IS 'x';
GRANT USAGE ON SCHEMA audit TO drift_reader;
GRANT USAGE ON SEQUENCE audit.numbers TO drift_reader;
ALTER SEQUENCE audit.numbers INCREMENT 5;
ALTER FUNCTION audit.noted() SECURITY DEFINER;
DROP VIEW audit.today;
CREATE TABLE audit.more (id int);
ALTER DEFAULT PRIVILEGES IN SCHEMA audit GRANT USAGE ON TYPES TO drift_reader;
DROP SCHEMA "Old-1" CASCADE;
CREATE SCHEMA more;
CREATE TABLE more.item (id serial);
CREATE FUNCTION more.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
ALTER TABLE of_t0.item ADD note text;
RESET ROLE;
ALTER TABLE audit.log OWNER TO drift_reader;
ALTER SCHEMA of_t0 OWNER TO drift_reader;
GRANT ALL ON SCHEMA of_t0 TO PUBLIC;
CREATE SCHEMA closed;

-- what a restore does: other numbers of columns, other spellings, another order of privileges
-- same: nothing
DO $$ DECLARE known text; BEGIN
    SELECT pg_get_constraintdef(oid) INTO known FROM pg_constraint WHERE conname = 'known';
    DROP TABLE audit.entry;
    CREATE TABLE audit.entry (id int CONSTRAINT other_name NOT NULL, state varchar(10));
    EXECUTE 'ALTER TABLE audit.entry ADD CONSTRAINT known ' || known;
    GRANT UPDATE ON audit.entry TO PUBLIC;
    GRANT SELECT ON audit.entry TO drift_reader;
    PERFORM nextval('audit.numbers');
    INSERT INTO audit.log (what) VALUES ('a');
END $$;
