-- A tenant's own database with further schemas.
CREATE TABLE account (id bigint PRIMARY KEY);
CREATE SCHEMA audit;
COMMENT ON SCHEMA audit IS 'what happened';
CREATE EXTENSION tablefunc SCHEMA audit;
CREATE TABLE audit.log (
    id bigserial PRIMARY KEY,
    account bigint REFERENCES account,
    what text,
    at timestamptz DEFAULT now());
CREATE INDEX log_what ON audit.log (what);
CREATE TABLE audit.entry (
    gone int,
    id int NOT NULL,
    state varchar(10) CONSTRAINT known CHECK (state IN ('new', 'done')));
ALTER TABLE audit.entry DROP COLUMN gone;
GRANT SELECT ON audit.entry TO drift_reader;
GRANT UPDATE ON audit.entry TO PUBLIC;
CREATE SEQUENCE audit.numbers;
CREATE VIEW audit.today AS SELECT what FROM audit.log;
CREATE FUNCTION audit.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO audit.log (account) VALUES (NEW.id); RETURN NEW; END';
CREATE TRIGGER noted AFTER INSERT ON account FOR EACH ROW EXECUTE FUNCTION audit.noted();
CREATE SCHEMA "Old-1";
CREATE TABLE "Old-1".item (id serial);
CREATE SCHEMA "of_${tenant}";
CREATE TABLE "of_${tenant}".item (id int);
CREATE FUNCTION "of_${tenant}".items() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM "of_${tenant}".item';
