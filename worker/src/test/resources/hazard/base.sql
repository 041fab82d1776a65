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
