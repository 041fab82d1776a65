-- The home before each script of scripts.sql.
CREATE TABLE customer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email varchar(50) NOT NULL,
    code varchar(10) CONSTRAINT code_is_short CHECK (length(code) < 10),
    amount integer,
    note text,
    always text CONSTRAINT always_is_there CHECK (always IS NOT NULL),
    old_name text
);
CREATE INDEX customer_email_idx ON customer (email);
ALTER TABLE customer ADD CONSTRAINT amount_is_positive CHECK (amount > -1) NOT VALID;
CREATE UNIQUE INDEX customer_code_idx ON customer (code);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, placed date);
ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customer (id) NOT VALID;
CREATE TABLE reading (at date NOT NULL, value integer) PARTITION BY RANGE (at);
CREATE TABLE reading_old PARTITION OF reading FOR VALUES FROM ('1900-01-01') TO ('2100-01-01');
CREATE TABLE reading_empty PARTITION OF reading FOR VALUES FROM ('1800-01-01') TO ('1810-01-01');
CREATE TABLE reading_new (at date NOT NULL, value integer);
CREATE TABLE reading_checked (at date NOT NULL, value integer,
    CONSTRAINT in_bounds CHECK (at >= '2200-01-01' AND at < '2300-01-01'));
CREATE TABLE event (at date NOT NULL, value integer) PARTITION BY RANGE (at);
CREATE TABLE event_rest PARTITION OF event DEFAULT;
ALTER TABLE event_rest ADD CONSTRAINT none_of_2200 CHECK (at < '2200-01-01' OR at >= '2300-01-01');
CREATE TABLE event_old (at date NOT NULL, value integer,
    CONSTRAINT is_old CHECK (at >= '1800-01-01' AND at < '1810-01-01'));
CREATE DOMAIN percent AS integer CHECK (VALUE < 1000);
CREATE TYPE address AS (street text, zip text);
CREATE TABLE rebate (id bigint PRIMARY KEY, rate percent, place address, needed integer NOT NULL DEFAULT 1);
CREATE TABLE hidden (id integer);
ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
CREATE MATERIALIZED VIEW counts AS SELECT count(*) AS number FROM reading_checked;
CREATE MATERIALIZED VIEW numbers AS SELECT id, count(*) AS number FROM hidden GROUP BY id;
CREATE UNIQUE INDEX numbers_idx ON numbers (id);
CREATE MATERIALIZED VIEW never_filled AS SELECT count(*) AS number FROM reading_checked WITH NO DATA;
CREATE VIEW names AS SELECT id, old_name FROM customer;
CREATE FUNCTION fill() RETURNS void LANGUAGE sql AS 'UPDATE customer SET note = ''x''';
CREATE FUNCTION total(what integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION total(what text) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION rows_of(before date DEFAULT now(), OUT id bigint, OUT placed date) RETURNS SETOF record
    LANGUAGE sql AS 'SELECT id, placed FROM orders';
CREATE PROCEDURE clear_notes() LANGUAGE sql AS 'UPDATE customer SET note = NULL';
CREATE AGGREGATE product(integer) (sfunc = int4mul, stype = integer, initcond = 1);
CREATE SEQUENCE ticket;
CREATE TABLE counted (id serial, day date);
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TYPE spare AS ENUM ('a', 'b');
CREATE TABLE feeling (id integer CONSTRAINT feeling_key PRIMARY KEY, felt mood, email text, day date,
    CONSTRAINT feeling_day UNIQUE (day, felt), CONSTRAINT feeling_apart EXCLUDE USING btree (email WITH =));
CREATE UNIQUE INDEX feeling_email_idx ON feeling (lower(email)) WHERE day IS NOT NULL;
CREATE COLLATION german (locale = 'C');
CREATE TEXT SEARCH CONFIGURATION plain (COPY = pg_catalog.simple);
CREATE OPERATOR === (leftarg = integer, rightarg = integer, function = int4eq);
CREATE FOREIGN DATA WRAPPER wrapper;
CREATE SERVER far_away FOREIGN DATA WRAPPER wrapper;
CREATE FOREIGN TABLE far (id integer, name text) SERVER far_away;
CREATE TABLE granted (id integer, name text);
CREATE VIEW granted_view AS SELECT id, name FROM granted;
GRANT SELECT, INSERT, UPDATE ON granted TO ${app};
GRANT SELECT ON granted_view TO ${app};
GRANT USAGE ON SEQUENCE ticket TO ${app};
COMMENT ON VIEW granted_view IS 'for reports';
COMMENT ON MATERIALIZED VIEW counts IS 'of readings';
CREATE INDEX counts_idx ON counts (number);
CREATE TABLE ruled (id integer);
ALTER TABLE ruled ENABLE ROW LEVEL SECURITY;
CREATE POLICY even ON ruled USING (id % 2 = 0);
CREATE POLICY odd ON ruled USING (id % 2 = 1);
CREATE DOMAIN grade AS integer;
ALTER DOMAIN grade ADD CONSTRAINT no_huge_one CHECK (VALUE < 100000) NOT VALID;
CREATE TABLE report (id integer, mark grade);
CREATE TABLE stamped (at timestamp, zoned timestamptz);
CREATE TABLE sensor (at date NOT NULL, value integer) PARTITION BY RANGE (at);
CREATE TABLE sensor_old PARTITION OF sensor FOR VALUES FROM ('1900-01-01') TO ('2100-01-01');
CREATE INDEX sensor_idx ON ONLY sensor (value);
CREATE INDEX sensor_old_idx ON sensor_old (value);
CREATE UNIQUE INDEX sensor_old_key ON sensor_old (at);
CREATE TABLE shop (id bigint PRIMARY KEY, email varchar(50), code varchar(10) CONSTRAINT code_is_short CHECK (length(code) < 10),
    amount integer, note text, spare text, gone text, old_name text, customer_id bigint,
    always text CONSTRAINT always_is_there CHECK (always IS NOT NULL));
CREATE INDEX shop_email_idx ON shop (email);
CREATE INDEX shop_spare_idx ON shop (spare);
CREATE TABLE bill (id integer, rebate_id bigint CONSTRAINT bill_rebate_fk REFERENCES rebate (id));
