-- Kinds of objects that few schemas have, and expressions that PostgreSQL prints in another way after a restore.
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE address AS (street text, city text);
CREATE DOMAIN email AS varchar(40) DEFAULT CASE WHEN current_user IN ('a', 'b') THEN 'some' ELSE 'none' END NOT NULL CHECK (VALUE IN ('none', 'some') OR VALUE LIKE '%@%');
CREATE COLLATION plain (provider = libc, locale = 'C');
CREATE TEXT SEARCH CONFIGURATION words (COPY = simple);
CREATE TEXT SEARCH DICTIONARY stems (TEMPLATE = simple, stopwords = 'english');
CREATE FUNCTION total(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + b';
CREATE FUNCTION is_open(s varchar, t varchar DEFAULT 'a') RETURNS boolean LANGUAGE sql STABLE RETURN s IN ('open', 'new') OR t IN ('a', 'b');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE AGGREGATE sum_of(int) (sfunc = int4pl, stype = int, initcond = '0');
CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq, commutator = ===);
CREATE SEQUENCE numbers CACHE 10;
CREATE TABLE job (
    id int PRIMARY KEY,
    state varchar(8) NOT NULL DEFAULT 'new',
    title text COLLATE "C",
    body text,
    tags text[],
    level varchar(4) DEFAULT CASE WHEN current_user IN ('a', 'b') THEN 'x' ELSE 'y' END,
    at timestamptz DEFAULT now(),
    during tsrange,
    room int4range,
    parent int REFERENCES job ON DELETE CASCADE DEFERRABLE,
    place address,
    addr email,
    serial_no serial,
    CONSTRAINT job_title UNIQUE NULLS NOT DISTINCT (title),
    CONSTRAINT job_state CHECK (state IN ('new', 'open')) NO INHERIT,
    CONSTRAINT job_room EXCLUDE USING gist (room WITH &&) WHERE (state IN ('new', 'open')),
    CONSTRAINT job_during UNIQUE (room, during WITHOUT OVERLAPS)
);
CREATE STATISTICS job_stats (dependencies) ON state, title FROM job;
CREATE STATISTICS job_expr ON (lower(title)), (state IN ('a', 'b')) FROM job;
CREATE INDEX job_by_title ON job (title text_pattern_ops) INCLUDE (state);
CREATE INDEX job_by_state ON job ((state IN ('a', 'b')), at DESC NULLS LAST) WHERE state NOT IN ('x', 'y');
CREATE VIEW open_job WITH (security_barrier) AS SELECT id, state, title FROM job WHERE state IN ('open', 'new');
CREATE VIEW job_count AS SELECT j.id, j.state, count(*) AS n FROM job j JOIN job k ON k.parent = j.id WHERE j.state IN ('open', 'new') GROUP BY j.id;
CREATE MATERIALIZED VIEW late_job AS SELECT id, state FROM job WHERE state IN ('open', 'new') WITH NO DATA;
CREATE UNIQUE INDEX late_job_id ON late_job (id);
CREATE TRIGGER touch_job BEFORE UPDATE ON job FOR EACH ROW
    WHEN (NEW.state IN ('open', 'new')) EXECUTE FUNCTION touch();
CREATE CONSTRAINT TRIGGER check_job AFTER INSERT ON job DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state IN ('open', 'new')) EXECUTE FUNCTION touch();
CREATE RULE keep_job AS ON DELETE TO job WHERE OLD.state IN ('open', 'new') DO INSTEAD NOTHING;
ALTER TABLE job ENABLE ROW LEVEL SECURITY;
CREATE POLICY job_seen ON job FOR SELECT TO drift_reader USING (state IN ('open', 'new'));
CREATE POLICY job_new ON job FOR INSERT WITH CHECK (state IN ('open', 'new'));
COMMENT ON COLUMN job.title IS 'the title';
COMMENT ON INDEX job_by_title IS 'by title';
GRANT SELECT (title), UPDATE (title) ON job TO drift_reader;
GRANT EXECUTE ON FUNCTION total(int, int) TO drift_reader;
CREATE TABLE log (id int NOT NULL, kind varchar(4) NOT NULL, at date CHECK (at > '2020-01-01'), job int REFERENCES job) PARTITION BY LIST ((kind IN ('a', 'b')));
CREATE TABLE log_ab PARTITION OF log FOR VALUES IN (true);
CREATE TABLE log_other PARTITION OF log DEFAULT;
CREATE INDEX log_at ON log (at);
CREATE TABLE day (id int NOT NULL, at timestamptz NOT NULL DEFAULT now(), note varchar(10) DEFAULT 'none' CHECK (note IN ('none', 'some')), PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE day_1 PARTITION OF day FOR VALUES FROM ('2026-01-01 00:00+02') TO ('2027-01-01 00:00+02');
CREATE TRIGGER touch_day BEFORE UPDATE ON day FOR EACH ROW WHEN (NEW.note IN ('open', 'new')) EXECUTE FUNCTION touch();
CREATE TABLE base (id int, kind varchar(4) CHECK (kind IN ('a', 'b')));
CREATE TABLE child (more text DEFAULT 'x') INHERITS (base);
ALTER TABLE base ADD COLUMN late text;
CREATE VIEW job_writable AS SELECT id, title FROM job WHERE id > 0 WITH LOCAL CHECK OPTION;
CREATE PROCEDURE close_all(s varchar DEFAULT 'open') LANGUAGE sql BEGIN ATOMIC UPDATE job SET state = 'open' WHERE state IN ('new', 'old'); DELETE FROM base WHERE kind IN ('a', 'b'); END;
CREATE TABLE kept (k int PRIMARY KEY) PARTITION BY LIST (k);
CREATE TABLE kept_other PARTITION OF kept DEFAULT;
CREATE TABLE kept_2 PARTITION OF kept FOR VALUES IN (2);
CREATE TABLE keeper (k int REFERENCES kept);
