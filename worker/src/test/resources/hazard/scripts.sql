-- Scripts on the home of base.sql, and what must be found in them. "finds:" names the hazards with their lines in the
-- script below; without a name nothing must be found.

-- finds: require-concurrent-index-creation 1
CREATE INDEX note_idx ON customer (note);
-- finds: require-concurrent-index-creation 2
-- the line before the statement
DO $$ BEGIN
    EXECUTE 'CREATE INDEX note_idx ON customer (note)';
END $$;
-- finds: require-concurrent-index-creation 1
CREATE INDEX ON reading (value);
-- finds:
CREATE TABLE fresh (id integer);
CREATE INDEX ON fresh (id);
-- finds:
CREATE INDEX only_idx ON ONLY reading (value);
-- finds:
ALTER INDEX sensor_idx ATTACH PARTITION sensor_old_idx;
-- finds: require-concurrent-index-deletion 1
DROP INDEX sensor_idx;

-- finds: require-concurrent-index-deletion 1
DROP INDEX customer_email_idx;
-- finds: require-concurrent-index-deletion 1
DO $$ BEGIN DROP INDEX customer_email_idx; END $$;

-- finds: require-concurrent-reindex 1
DO $$ BEGIN EXECUTE 'REINDEX INDEX customer_email_idx'; END $$;
-- finds: require-concurrent-reindex 1
REINDEX INDEX customer_email_idx;
-- finds: require-concurrent-reindex 1
REINDEX TABLE orders;

-- finds: changing-column-type 1
ALTER TABLE customer ALTER amount TYPE bigint;
-- finds: changing-column-type 1
DO $$ BEGIN ALTER TABLE customer ALTER amount TYPE bigint; END $$;
-- finds: changing-column-type 1
ALTER TABLE customer ALTER email TYPE varchar(20);
-- finds: changing-column-type 1
ALTER TABLE customer ALTER code TYPE text;
-- finds:
ALTER TABLE customer ALTER email TYPE varchar(80);
-- finds:
ALTER TABLE customer ALTER email TYPE text;

-- finds: adding-not-nullable-field 2
UPDATE customer SET note = 'x' WHERE note IS NULL;
ALTER TABLE customer ALTER note SET NOT NULL;
-- finds: adding-not-nullable-field 2
UPDATE customer SET note = 'x' WHERE note IS NULL;
DO $$ BEGIN ALTER TABLE customer ALTER note SET NOT NULL; END $$;
-- finds: adding-not-nullable-field 2
DELETE FROM reading WHERE value IS NULL;
ALTER TABLE reading_old ALTER value SET NOT NULL;
-- finds: adding-not-nullable-field 3
UPDATE customer SET note = 'x' WHERE note IS NULL;
ALTER TABLE customer ADD CONSTRAINT note_there NOT NULL note NOT VALID;
ALTER TABLE customer VALIDATE CONSTRAINT note_there;
-- finds: backfill-under-lock 2, adding-not-nullable-field 3, adding-required-field null
ALTER TABLE customer ADD extra text;
UPDATE customer SET extra = 'x';
ALTER TABLE customer ALTER extra SET NOT NULL;
-- finds:
ALTER TABLE customer ALTER always SET NOT NULL;
-- finds:
ALTER TABLE customer ADD CONSTRAINT note_there CHECK (note IS NOT NULL) NOT VALID;

-- finds: constraint-missing-not-valid 1
ALTER TABLE customer ADD CONSTRAINT any_note CHECK (note <> 'never');
-- finds: constraint-missing-not-valid 1
ALTER TABLE reading ADD CONSTRAINT not_so_low CHECK (value > -5);
-- finds: constraint-missing-not-valid 1
DO $$ BEGIN ALTER TABLE customer ADD CONSTRAINT any_note CHECK (note <> 'never'); END $$;
-- finds: constraint-missing-not-valid 2
ALTER TABLE customer ADD CONSTRAINT any_note CHECK (note <> 'never') NOT VALID;
ALTER TABLE customer VALIDATE CONSTRAINT any_note;
-- finds:
ALTER TABLE customer VALIDATE CONSTRAINT amount_is_positive;

-- finds: adding-foreign-key-constraint 2
UPDATE orders SET customer_id = NULL;
ALTER TABLE orders ADD CONSTRAINT second_fk FOREIGN KEY (customer_id) REFERENCES customer (id);
-- finds: adding-foreign-key-constraint 2
UPDATE orders SET customer_id = NULL;
DO $$ BEGIN
    ALTER TABLE orders ADD CONSTRAINT second_fk FOREIGN KEY (customer_id) REFERENCES customer (id);
END $$;
-- finds:
ALTER TABLE orders ADD CONSTRAINT second_fk FOREIGN KEY (customer_id) REFERENCES customer (id) NOT VALID;
-- finds:
ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_fk;
-- finds:
CREATE TABLE fresh (id bigint PRIMARY KEY, customer_id bigint REFERENCES customer (id));

-- finds: disallowed-unique-constraint 1
ALTER TABLE reading_new ADD PRIMARY KEY (at);
-- finds: disallowed-unique-constraint 1
DO $$ BEGIN ALTER TABLE customer ADD UNIQUE (id, note); END $$;
-- finds:
ALTER TABLE customer ADD CONSTRAINT code_key UNIQUE USING INDEX customer_code_idx;

-- finds:
ALTER TABLE ONLY sensor ADD CONSTRAINT sensor_key UNIQUE (at);
ALTER TABLE sensor_old ADD CONSTRAINT sensor_old_key UNIQUE USING INDEX sensor_old_key;
ALTER INDEX sensor_key ATTACH PARTITION sensor_old_key;
-- finds: disallowed-unique-constraint 1
ALTER TABLE sensor ADD CONSTRAINT sensor_key UNIQUE (at);

-- finds: adding-exclusion-constraint 1
ALTER TABLE orders ADD EXCLUDE USING btree (id WITH =);

-- finds: adding-field-with-default 1
ALTER TABLE customer ADD key uuid DEFAULT gen_random_uuid();
-- finds: adding-field-with-default 1
DO $$ BEGIN ALTER TABLE customer ADD key uuid DEFAULT gen_random_uuid(); END $$;
-- finds: adding-field-with-default 1
ALTER TABLE orders ADD serial_number bigserial;
-- finds: adding-field-with-default 1
ALTER TABLE orders ADD number bigint GENERATED ALWAYS AS IDENTITY;
-- finds: adding-field-with-default 2
CREATE DOMAIN small AS integer CHECK (VALUE < 100);
ALTER TABLE orders ADD size small DEFAULT 1;
-- finds: adding-field-with-default 1
ALTER TABLE orders ADD twice bigint GENERATED ALWAYS AS (id * 2) STORED;
-- finds:
ALTER TABLE customer ADD made timestamptz DEFAULT now(), ADD kind text NOT NULL DEFAULT 'a';

-- finds: table-rewrite 1
ALTER TABLE reading_new SET UNLOGGED;
-- finds: table-rewrite 1
DO $$ BEGIN ALTER TABLE reading_new SET UNLOGGED; END $$;
-- finds: table-rewrite 1
ALTER TABLE reading_checked SET TABLESPACE ${app};
-- finds: table-rewrite 1
DO $$ BEGIN EXECUTE 'ALTER TABLE reading_checked SET TABLESPACE ${app}'; END $$;
-- finds: require-concurrent-reindex 1
ALTER INDEX customer_email_idx SET TABLESPACE ${app};
-- finds:
ALTER TABLE reading SET TABLESPACE ${app};
-- finds: truncating-table 1
TRUNCATE reading_new;
-- finds: truncating-table 1
TRUNCATE orders;
-- finds: truncating-table 1
TRUNCATE reading;
-- finds: truncating-table 1
TRUNCATE reading_empty;
-- finds: table-rewrite 1
ALTER TABLE reading_empty SET UNLOGGED;
-- finds: changing-column-type 1
ALTER TABLE reading ALTER value TYPE bigint;
-- finds: changing-column-type 1, adding-field-with-default 1
ALTER TABLE orders ADD nothing text, ALTER placed TYPE timestamptz, ADD key uuid DEFAULT gen_random_uuid();

-- finds: changing-column-type null
DROP VIEW names;
CREATE VIEW names AS SELECT id::text, old_name::varchar(10), note FROM customer;
-- finds: changing-column-type 1
ALTER TABLE stamped ALTER at TYPE timestamptz;
-- finds: changing-column-type 1
ALTER TABLE stamped ALTER zoned TYPE timestamp;
-- finds:
SET LOCAL TimeZone = 'UTC';
ALTER TABLE stamped ALTER at TYPE timestamptz;

-- finds: adding-generated-always null
ALTER TABLE rebate ALTER id ADD GENERATED ALWAYS AS IDENTITY;
-- finds: adding-generated-always null
DO $$ BEGIN
    ALTER TABLE rebate ALTER id ADD GENERATED BY DEFAULT AS IDENTITY;
    ALTER TABLE rebate ALTER id SET GENERATED ALWAYS;
END $$;
-- finds:
ALTER TABLE rebate ALTER id ADD GENERATED BY DEFAULT AS IDENTITY;

-- finds: renaming-column 1
ALTER TABLE customer RENAME old_name TO new_name;
-- finds: renaming-column 1
DO $$ BEGIN ALTER TABLE customer RENAME old_name TO new_name; END $$;
-- finds: renaming-table 1
ALTER TABLE orders RENAME TO purchase;
-- finds:
ALTER TABLE orders RENAME TO purchase;
CREATE VIEW orders AS SELECT * FROM purchase;
-- finds: renaming-table 1
ALTER TABLE orders RENAME TO purchase;
CREATE VIEW orders AS SELECT id FROM purchase;
-- finds: renaming-table 3
CREATE TABLE reading_copy (LIKE reading_new INCLUDING ALL);
INSERT INTO reading_copy SELECT * FROM reading_new;
ALTER TABLE reading_new RENAME TO reading_gone;
ALTER TABLE reading_copy RENAME TO reading_new;
-- finds: adding-required-field null
ALTER TABLE orders ADD region text NOT NULL DEFAULT 'eu';
ALTER TABLE orders ALTER region DROP DEFAULT;
-- finds: adding-required-field null
DO $$ BEGIN ALTER TABLE rebate ALTER needed DROP DEFAULT; END $$;
-- finds:
ALTER INDEX customer_email_idx RENAME TO mail_idx;

-- finds: ban-drop-column 1
ALTER TABLE customer DROP note;
-- finds: ban-drop-column 1
DO $$ BEGIN ALTER TABLE customer DROP note; END $$;
-- finds: ban-drop-column 1
ALTER TABLE customer DROP email;
-- finds: ban-drop-table 1
DROP TABLE orders;
-- finds: ban-drop-table 1
DO $$ BEGIN DROP TABLE orders; END $$;
-- finds: ban-drop-view null
DROP VIEW names;
-- finds: ban-drop-view null
DO $$ BEGIN DROP VIEW names; CREATE VIEW names AS SELECT id FROM customer; END $$;
-- finds: ban-drop-view null
ALTER VIEW names RENAME COLUMN old_name TO new_name;
-- finds: renaming-view null
ALTER VIEW names RENAME TO all_names;
-- finds:
DROP VIEW names;
CREATE VIEW names AS SELECT id, old_name, note FROM customer;
-- finds: ban-drop-view null
DROP MATERIALIZED VIEW counts;
-- finds: require-concurrent-refresh 1
REFRESH MATERIALIZED VIEW counts;
-- finds: require-concurrent-refresh 1
DO $$ BEGIN REFRESH MATERIALIZED VIEW counts; END $$;
-- finds: require-concurrent-refresh 1
REFRESH MATERIALIZED VIEW counts WITH NO DATA;
-- finds:
DELETE FROM hidden;
REFRESH MATERIALIZED VIEW CONCURRENTLY numbers;
-- finds:
REFRESH MATERIALIZED VIEW never_filled;
-- finds:
CREATE TABLE fresh (id integer, name text);
ALTER TABLE fresh DROP name;
ALTER TABLE fresh ALTER id TYPE bigint;
DROP TABLE fresh;

-- finds: backfill-under-lock 2
ALTER TABLE customer ADD extra text;
UPDATE customer SET extra = 'x';
-- finds: backfill-under-lock 2
ALTER TABLE customer ADD extra text;
SELECT fill();
-- finds: backfill-under-lock 1
DO $$ BEGIN ALTER TABLE customer ADD extra text; UPDATE customer SET extra = 'x'; END $$;
-- finds:
UPDATE customer SET note = 'x';
-- finds: backfill-under-lock 2
ALTER TABLE customer ADD extra text;
UPDATE customer SET extra = 'x' WHERE note = 'nobody has it';
-- finds: backfill-under-lock 2
ALTER TABLE customer ADD extra text;
UPDATE customer SET extra = 'x' WHERE email = 'nobody has it';
-- finds: backfill-under-lock 2
CREATE TABLE invoice (customer_id bigint PRIMARY KEY REFERENCES customer (id));
INSERT INTO invoice SELECT id FROM customer;
-- finds: backfill-under-lock 1
DO $$ BEGIN
    CREATE TABLE invoice (customer_id bigint PRIMARY KEY REFERENCES customer (id));
    INSERT INTO invoice SELECT id FROM customer WHERE note = 'nobody has it';
END $$;
-- finds: backfill-under-lock 2
ALTER TABLE customer ADD extra text;
CREATE TABLE customer_copy AS SELECT * FROM customer;
-- finds: backfill-under-lock 2
ALTER TABLE customer ADD extra text;
UPDATE orders SET placed = '2000-01-01';
-- finds: backfill-under-lock 2
LOCK TABLE reading IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO reading SELECT at, value FROM reading;
-- finds: backfill-under-lock 2
LOCK TABLE reading_new IN SHARE MODE;
DO $$ BEGIN PERFORM count(*) FROM event; END $$;
-- finds:
ALTER TABLE customer ADD extra text;
UPDATE customer SET extra = 'x' WHERE id = -5;
INSERT INTO orders VALUES (7, (SELECT id FROM customer WHERE id = -5));
CREATE TABLE fresh AS SELECT 1 AS id;
UPDATE fresh SET id = 2;
-- finds:
INSERT INTO reading_new SELECT at, value FROM reading;
ALTER TABLE customer ADD extra text;

-- finds: attaching-partition 2
UPDATE reading_new SET at = '2200-02-01';
ALTER TABLE reading ATTACH PARTITION reading_new FOR VALUES FROM ('2200-01-01') TO ('2300-01-01');
-- finds:
ALTER TABLE reading ATTACH PARTITION reading_checked FOR VALUES FROM ('2200-01-01') TO ('2300-01-01');
-- finds: attaching-partition 1
CREATE TABLE event_new PARTITION OF event FOR VALUES FROM ('2400-01-01') TO ('2500-01-01');
-- finds: attaching-partition 1
ALTER TABLE event ATTACH PARTITION event_old FOR VALUES FROM ('1800-01-01') TO ('1810-01-01');
-- finds:
CREATE TABLE event_new PARTITION OF event FOR VALUES FROM ('2200-01-01') TO ('2300-01-01');
-- finds:
ALTER TABLE reading DETACH PARTITION reading_old;

-- finds: ban-alter-domain-with-add-constraint 1
ALTER DOMAIN percent ADD CONSTRAINT no_huge_one CHECK (VALUE < 100000);
-- finds: ban-alter-domain-with-add-constraint 1
DO $$ BEGIN ALTER DOMAIN percent ADD CONSTRAINT no_huge_one CHECK (VALUE < 100000); END $$;
-- finds: ban-alter-domain-with-add-constraint 2
DELETE FROM rebate WHERE rate IS NULL;
ALTER DOMAIN percent SET NOT NULL;
-- finds:
ALTER DOMAIN percent ADD CONSTRAINT no_huge_one CHECK (VALUE < 100000) NOT VALID;
ALTER DOMAIN percent SET DEFAULT 1;
-- finds: ban-alter-domain-with-add-constraint 1
ALTER DOMAIN grade VALIDATE CONSTRAINT no_huge_one;
-- finds:
ALTER DOMAIN percent DROP CONSTRAINT percent_check;
CREATE DOMAIN ratio AS integer CHECK (VALUE < 100);

-- finds:
ALTER TYPE address ADD ATTRIBUTE country text;
-- finds: renaming-column 1
ALTER TYPE address RENAME ATTRIBUTE zip TO code;
-- finds: ban-drop-column 1
DO $$ BEGIN ALTER TYPE address DROP ATTRIBUTE zip; END $$;

-- finds: row-security-without-policy null
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
-- finds: row-security-without-policy null
DO $$ BEGIN ALTER TABLE orders ENABLE ROW LEVEL SECURITY; END $$;
CREATE POLICY never ON orders AS RESTRICTIVE USING (true);
-- finds:
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_rows ON orders USING (true);
-- finds:
ALTER TABLE hidden FORCE ROW LEVEL SECURITY;

-- finds: table-rewrite 1
CLUSTER customer USING customer_email_idx;
-- finds: adding-foreign-key-constraint 1
ALTER TABLE orders ADD second_id bigint DEFAULT NULL REFERENCES customer (id);
-- finds:
ALTER TABLE orders ADD second_id bigint REFERENCES customer (id);
-- finds:
ALTER TABLE orders DROP CONSTRAINT orders_customer_fk;
-- finds: backfill-under-lock 2
LOCK TABLE orders;
UPDATE orders SET placed = '2000-01-01';
-- finds:
LOCK TABLE orders;
-- finds:
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER noted BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION noted();
ALTER TABLE orders DISABLE TRIGGER noted;
-- finds:
CREATE STATISTICS placed_with ON customer_id, placed FROM orders;
ANALYZE orders;
ALTER TABLE customer REPLICA IDENTITY FULL;
ALTER TABLE customer ALTER note SET STORAGE EXTERNAL, ALTER note SET COMPRESSION pglz, ALTER note SET STATISTICS 50;

-- finds: ban-drop-function null
DROP FUNCTION total(integer);
-- finds: ban-drop-function null
DO $$ BEGIN DROP FUNCTION total(integer); END $$;
-- finds: ban-drop-function null
DROP PROCEDURE clear_notes();
-- finds: ban-drop-function null
DROP AGGREGATE product(integer);
-- finds: renaming-function null
ALTER FUNCTION total(text) RENAME TO sum_of;
-- finds: renaming-function null
DO $$ BEGIN ALTER PROCEDURE clear_notes() RENAME TO clear_all; END $$;
-- finds: ban-drop-function null
DROP FUNCTION total(integer);
CREATE FUNCTION total(what integer, more integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- finds: ban-drop-function null
DROP FUNCTION total(integer);
CREATE FUNCTION total(what integer) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
-- finds: ban-drop-function null
DROP FUNCTION total(integer);
CREATE FUNCTION total(other integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- finds: ban-drop-function null
DROP FUNCTION rows_of(date);
CREATE FUNCTION rows_of(before date, OUT id bigint, OUT placed date) RETURNS SETOF record
    LANGUAGE sql AS 'SELECT id, placed FROM orders';
-- finds: ban-drop-function null
DROP FUNCTION rows_of(date);
CREATE FUNCTION rows_of(before date DEFAULT now(), OUT id bigint) RETURNS SETOF bigint
    LANGUAGE sql AS 'SELECT id FROM orders';
-- finds:
CREATE OR REPLACE FUNCTION total(what integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 2';
DROP FUNCTION total(text);
CREATE FUNCTION total(what text, more integer DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT 1';
DROP FUNCTION rows_of(date);
CREATE FUNCTION rows_of(before date DEFAULT now(), OUT id bigint, OUT placed date) RETURNS SETOF record
    LANGUAGE sql AS 'SELECT id, placed FROM orders WHERE true';
-- finds:
CREATE FUNCTION fresh() RETURNS integer LANGUAGE sql AS 'SELECT 1';
ALTER FUNCTION fresh() RENAME TO fresher;
DROP FUNCTION fresher();

-- finds: ban-drop-sequence null
DROP SEQUENCE ticket;
-- finds: ban-drop-sequence null
DO $$ BEGIN DROP SEQUENCE ticket; END $$;
-- finds: renaming-sequence null
ALTER SEQUENCE ticket RENAME TO ticket_number;
-- finds: ban-drop-column 1
ALTER TABLE counted DROP id;
-- finds: adding-required-field null, ban-drop-sequence null
DROP SEQUENCE counted_id_seq CASCADE;
-- finds: adding-required-field null
ALTER TABLE customer ALTER id DROP IDENTITY;
-- finds:
ALTER SEQUENCE ticket INCREMENT BY 50;
ALTER TABLE counted ALTER id DROP DEFAULT;
DROP SEQUENCE counted_id_seq;
ALTER TABLE counted ALTER id ADD GENERATED BY DEFAULT AS IDENTITY;

-- finds: renaming-type null
ALTER TYPE mood RENAME TO temper;
-- finds: renaming-type null
DO $$ BEGIN ALTER DOMAIN percent RENAME TO share; END $$;
-- finds: ban-drop-type null
ALTER TABLE rebate ALTER rate TYPE integer;
DROP DOMAIN percent;
-- finds: ban-drop-column 1, ban-drop-type null
DROP TYPE address CASCADE;
-- finds: renaming-enum-value null
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';
-- finds: renaming-enum-value null
DO $$ BEGIN ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'; END $$;
-- finds: ban-drop-enum-value null
DROP TYPE spare;
CREATE TYPE spare AS ENUM ('a', 'c');
-- finds: changing-column-type 3, ban-drop-enum-value null
ALTER TYPE mood RENAME TO old_mood;
CREATE TYPE mood AS ENUM ('glad');
ALTER TABLE feeling ALTER felt TYPE mood USING 'glad'::mood;
DROP TYPE old_mood;
-- finds:
ALTER TYPE mood ADD VALUE 'calm';
CREATE TYPE fresh AS ENUM ('a');
ALTER TYPE fresh RENAME VALUE 'a' TO 'b';

-- finds: ban-drop-object null
DROP COLLATION german;
-- finds: ban-drop-object null
DO $$ BEGIN DROP OPERATOR === (integer, integer); END $$;
-- finds: renaming-object null
ALTER TEXT SEARCH CONFIGURATION plain RENAME TO simpler;
-- finds:
DROP TEXT SEARCH CONFIGURATION plain;
CREATE TEXT SEARCH CONFIGURATION plain (COPY = pg_catalog.english);

-- finds: ban-drop-table null
DROP FOREIGN TABLE far;
-- finds: renaming-table null
DO $$ BEGIN ALTER FOREIGN TABLE far RENAME TO near; END $$;
-- finds: ban-drop-column null
ALTER FOREIGN TABLE far DROP name;
-- finds:
ALTER FOREIGN TABLE far RENAME TO farther;
CREATE VIEW far AS SELECT * FROM farther;

-- finds: ban-drop-constraint null
ALTER TABLE feeling DROP CONSTRAINT feeling_day;
-- finds: ban-drop-constraint null
DO $$ BEGIN ALTER TABLE feeling DROP CONSTRAINT feeling_key; END $$;
-- finds: ban-drop-constraint null
ALTER TABLE feeling DROP CONSTRAINT feeling_apart;
-- finds: renaming-constraint null
ALTER TABLE feeling RENAME CONSTRAINT feeling_day TO feeling_of_day;
-- finds: renaming-constraint null
DO $$ BEGIN ALTER INDEX feeling_key RENAME TO feeling_pkey; END $$;
-- finds: require-concurrent-index-deletion 1, ban-drop-unique-index null
DROP INDEX feeling_email_idx;
-- finds: require-concurrent-index-deletion 1, require-concurrent-index-creation 2, ban-drop-unique-index null
DROP INDEX feeling_email_idx;
CREATE UNIQUE INDEX feeling_email_idx ON feeling (lower(email), id) WHERE day IS NOT NULL;
-- finds: require-concurrent-index-creation 1, require-concurrent-index-deletion 2
CREATE UNIQUE INDEX feeling_email_key ON feeling (lower(email));
DO $$ BEGIN DROP INDEX feeling_email_idx; END $$;
-- finds: disallowed-unique-constraint 1, ban-drop-unique-index null
ALTER TABLE feeling DROP CONSTRAINT feeling_day, ADD CONSTRAINT feeling_day UNIQUE (day);
-- finds: ban-drop-column 1
ALTER TABLE feeling DROP day;
-- finds: renaming-column 1
ALTER TABLE feeling RENAME day TO felt_at;
-- finds:
ALTER TABLE feeling ADD CONSTRAINT never_new CHECK (id <> 7) NOT VALID;

-- finds: incomplete-remake null
DROP MATERIALIZED VIEW counts;
CREATE MATERIALIZED VIEW counts AS SELECT count(*) AS number FROM reading_checked;
-- finds: ban-drop-unique-index null
DO $$ BEGIN
    DROP MATERIALIZED VIEW numbers;
    CREATE MATERIALIZED VIEW numbers AS SELECT id, count(*) AS number FROM hidden GROUP BY id;
END $$;
-- finds: ban-drop-table 2, incomplete-remake null
CREATE TABLE orders_new (id bigint CONSTRAINT orders_key PRIMARY KEY, customer_id bigint, placed date);
DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;
ALTER TABLE orders RENAME CONSTRAINT orders_key TO orders_pkey;
-- finds: incomplete-remake null, revoking-rights null
DROP VIEW granted_view;
CREATE VIEW granted_view AS SELECT id, name FROM granted;
-- finds:
DROP VIEW granted_view;
CREATE VIEW granted_view AS SELECT id, name FROM granted;
COMMENT ON VIEW granted_view IS 'other words';
GRANT SELECT ON granted_view TO ${app};
DROP MATERIALIZED VIEW counts;
CREATE MATERIALIZED VIEW counts AS SELECT count(*) AS number FROM reading_checked;
CREATE INDEX number_idx ON counts (number);
COMMENT ON MATERIALIZED VIEW counts IS 'other words';

-- finds: revoking-rights null
REVOKE INSERT ON granted FROM ${app};
-- finds: revoking-rights null
DO $$ BEGIN REVOKE UPDATE ON granted FROM ${app}; GRANT UPDATE (id) ON granted TO ${app}; END $$;
-- finds: revoking-rights null
REVOKE EXECUTE ON FUNCTION total(integer) FROM PUBLIC;
-- finds: revoking-rights null
REVOKE USAGE ON SEQUENCE ticket FROM ${app};
-- finds: revoking-rights null
ALTER TABLE granted RENAME TO granted_all;
CREATE VIEW granted AS SELECT * FROM granted_all;
-- finds:
ALTER TABLE granted RENAME TO granted_all;
CREATE VIEW granted AS SELECT * FROM granted_all;
GRANT SELECT, INSERT, UPDATE ON granted TO ${app};
-- finds:
GRANT pg_monitor TO ${app};
REVOKE SELECT, INSERT, UPDATE ON granted FROM ${app};
GRANT SELECT, UPDATE ON granted TO pg_monitor;
GRANT INSERT ON granted TO PUBLIC;
CREATE TABLE fresh (id integer);
GRANT SELECT ON fresh TO ${app};
REVOKE SELECT ON fresh FROM ${app};
-- finds: read-only-view null
DROP VIEW names;
CREATE VIEW names AS SELECT DISTINCT id, old_name FROM customer;
-- finds: read-only-view null
DO $$ BEGIN
    ALTER TABLE orders RENAME TO purchase;
    CREATE VIEW orders AS SELECT DISTINCT * FROM purchase;
END $$;

-- finds: ban-drop-policy null
DROP POLICY odd ON ruled;
-- finds: ban-drop-policy null
DO $$ BEGIN DROP POLICY odd ON ruled; END $$;
-- finds:
DROP POLICY odd ON ruled;
CREATE POLICY uneven ON ruled USING (id % 2 = 1);
DROP POLICY even ON ruled;
CREATE POLICY even ON ruled USING (id % 2 = 0 OR id = 1);
-- finds:
DROP POLICY odd ON ruled;
ALTER TABLE ruled DISABLE ROW LEVEL SECURITY;

-- Several actions of one statement: each is found, or not, as if it stood alone.

-- finds: adding-not-nullable-field 2
UPDATE shop SET note = 'x';
ALTER TABLE shop ALTER email TYPE text, ALTER note SET NOT NULL;
-- finds: disallowed-unique-constraint 1
ALTER TABLE shop ALTER email TYPE varchar(80), ADD UNIQUE (id, spare);
-- finds: constraint-missing-not-valid 1
ALTER TABLE shop ALTER email TYPE varchar(80), ALTER always SET NOT NULL, ADD second_id bigint REFERENCES customer (id),
    ADD CHECK (spare <> 'never');
-- finds: changing-column-type 1, constraint-missing-not-valid 1
ALTER TABLE shop ALTER code TYPE text, ADD CHECK (spare <> 'never');
-- finds: require-concurrent-index-creation 1, require-concurrent-index-deletion 1
DO $$ BEGIN
    ALTER TABLE shop ALTER email TYPE varchar(80);
    CREATE INDEX note_idx ON shop (note);
    DROP INDEX shop_spare_idx;
END $$;
-- finds: changing-column-type 1, require-concurrent-index-creation 1, require-concurrent-index-deletion 1
DO $$ BEGIN
    ALTER TABLE shop ALTER amount TYPE bigint, ALTER email TYPE text;
    DROP INDEX shop_email_idx;
    CREATE INDEX shop_email_idx ON shop (note);
END $$;
-- finds: ban-drop-column 1, ban-drop-column 1, require-concurrent-index-deletion 1
DO $$ BEGIN ALTER TABLE shop DROP spare, DROP gone; DROP INDEX shop_email_idx; END $$;
-- finds: ban-drop-column 1, require-concurrent-index-deletion 1
DO $$ BEGIN ALTER TABLE customer DROP note; DROP INDEX customer_email_idx; END $$;
-- finds: changing-column-type 1
ALTER TABLE orders ADD kind text DEFAULT 'a', ALTER placed TYPE timestamptz;
-- finds: adding-field-with-default 2
SET LOCAL TimeZone = 'UTC';
ALTER TABLE stamped ADD key uuid DEFAULT gen_random_uuid(), ALTER at TYPE timestamptz, ADD kind text DEFAULT 'a';
-- finds: table-rewrite 1
ALTER TABLE shop ADD extra text, ADD kind text DEFAULT 'a', ALTER email TYPE text, SET UNLOGGED;
-- finds: changing-column-type 1, adding-field-with-default 1, table-rewrite 1
ALTER TABLE shop ADD number serial, ALTER amount TYPE bigint, SET UNLOGGED;
-- finds: truncating-table 1
DO $$ BEGIN ALTER TABLE orders ADD extra text, ADD kind text DEFAULT 'a'; TRUNCATE orders; END $$;
-- finds: changing-column-type 1, truncating-table 1, constraint-missing-not-valid 1
DO $$ BEGIN
    TRUNCATE orders;
    ALTER TABLE orders ALTER placed TYPE timestamptz;
    ALTER TABLE shop ADD CHECK (spare <> 'never');
END $$;
-- finds: changing-column-type 1, truncating-table 1
DO $$ BEGIN ALTER TABLE reading ALTER value TYPE bigint; TRUNCATE reading_old; END $$;
-- finds: table-rewrite 2
DELETE FROM shop;
ALTER TABLE shop ADD extra text, SET UNLOGGED;
-- finds: changing-column-type 1, table-rewrite 1
ALTER TABLE shop ALTER email TYPE text COLLATE german, SET UNLOGGED;
-- finds: changing-column-type 1, disallowed-unique-constraint 1, ban-drop-unique-index null
ALTER TABLE feeling ALTER email TYPE varchar, DROP CONSTRAINT feeling_day, ADD CONSTRAINT feeling_day UNIQUE (day);
-- finds: changing-column-type 1
ALTER TABLE bill ALTER rebate_id TYPE integer;
-- finds: changing-column-type 1, adding-foreign-key-constraint 1
ALTER TABLE rebate ALTER id TYPE integer;
-- finds: adding-not-nullable-field 2, disallowed-unique-constraint 2
DELETE FROM reading_new WHERE value IS NULL;
ALTER TABLE reading_new ADD PRIMARY KEY (at), ALTER value SET NOT NULL;
-- finds: adding-not-nullable-field 1, backfill-under-lock 1, adding-required-field null
DO $$ BEGIN
    ALTER TABLE shop ADD extra text, ADD kind text NOT NULL DEFAULT 'a';
    UPDATE shop SET extra = 'x';
    ALTER TABLE shop ALTER extra SET NOT NULL;
END $$;
-- finds: constraint-missing-not-valid 1
ALTER TABLE customer VALIDATE CONSTRAINT amount_is_positive, ADD extra text;
-- finds: require-concurrent-index-creation 1
DO $$ BEGIN
    ALTER TABLE reading ATTACH PARTITION reading_checked FOR VALUES FROM ('2200-01-01') TO ('2300-01-01');
    CREATE INDEX value_idx ON reading_checked (value);
END $$;
-- finds: require-concurrent-index-creation 2, attaching-partition 2
UPDATE reading_new SET at = '2200-02-01';
DO $$ BEGIN
    ALTER TABLE reading ATTACH PARTITION reading_new FOR VALUES FROM ('2200-01-01') TO ('2300-01-01');
    CREATE INDEX value_idx ON reading_new (value);
END $$;
-- finds: require-concurrent-index-creation 1, ban-alter-domain-with-add-constraint 1
DO $$ BEGIN
    ALTER DOMAIN percent ADD CONSTRAINT no_huge_one CHECK (VALUE < 100000);
    CREATE INDEX note_idx ON shop (note);
END $$;
-- finds: require-concurrent-refresh 1, require-concurrent-index-creation 1
DO $$ BEGIN REFRESH MATERIALIZED VIEW counts; CREATE INDEX note_idx ON shop (note); END $$;
-- finds: require-concurrent-index-creation 2, backfill-under-lock 2
LOCK TABLE orders;
DO $$ BEGIN CREATE INDEX note_idx ON shop (note); PERFORM count(*) FROM event; END $$;
-- finds: changing-column-type 3, ban-drop-column 3, renaming-column 3, adding-not-nullable-field 3, adding-field-with-default 3, require-concurrent-index-creation 3, require-concurrent-index-deletion 3, adding-exclusion-constraint 3, disallowed-unique-constraint 3, adding-foreign-key-constraint 3, constraint-missing-not-valid 3
UPDATE shop SET note = 'x';
UPDATE shop SET customer_id = NULL;
DO $$ BEGIN
    CREATE INDEX note_idx ON shop (note);
    DROP INDEX shop_spare_idx;
    ALTER TABLE shop ALTER email TYPE text, ALTER amount TYPE bigint, ALTER note SET NOT NULL, ALTER always SET NOT NULL,
        ADD extra text, ADD kind text DEFAULT 'a', ADD key uuid DEFAULT gen_random_uuid(), DROP gone,
        ADD EXCLUDE USING btree (id WITH =), ADD FOREIGN KEY (customer_id) REFERENCES customer (id),
        ADD UNIQUE (id, spare), ADD CHECK (spare <> 'never');
    ALTER TABLE shop RENAME old_name TO new_name;
END $$;
-- finds:
ALTER TABLE shop ALTER email TYPE text, ALTER always SET NOT NULL, ADD extra text, ADD kind text NOT NULL DEFAULT 'a',
    ADD made timestamptz DEFAULT now(), ADD second_id bigint REFERENCES customer (id),
    ADD CHECK (spare <> 'never') NOT VALID, ALTER note SET DEFAULT 'x', ALTER note SET STATISTICS 50;
-- finds: constraint-missing-not-valid 1
ALTER TABLE reading ADD kind text NOT NULL DEFAULT 'a', ADD CHECK (value > -5);
-- finds: require-concurrent-index-creation 1
DO $$ BEGIN
    CREATE TABLE event_new PARTITION OF event FOR VALUES FROM ('2200-01-01') TO ('2300-01-01');
    CREATE INDEX value_idx ON event_rest (value);
END $$;
