-- Drift: what homes are compared with, and what the last look at each home found.

CREATE TABLE reference (
    server          text NOT NULL,
    database        text NOT NULL,
    path_key        text NOT NULL,
    server_version  integer NOT NULL,
    role            text NOT NULL,
    format          text NOT NULL,
    made_at         timestamptz NOT NULL DEFAULT now(),
    entries         bytea NOT NULL,
    PRIMARY KEY (server, database, path_key)
);
COMMENT ON TABLE reference IS 'The catalog that the scripts of one history make on one server, with tokens in place of tenant and schema.';
COMMENT ON COLUMN reference.server IS 'Its name in the configuration.';
COMMENT ON COLUMN reference.path_key IS 'Digest of the scripts in their order.';
COMMENT ON COLUMN reference.server_version IS 'server_version_num; a reference of another version, role or format is not used, and is replaced.';
COMMENT ON COLUMN reference.role IS 'The worker''s role, which owns the objects.';
COMMENT ON COLUMN reference.format IS 'Digest of the query that reads catalogs, and of the form of the tokens.';
COMMENT ON COLUMN reference.entries IS 'The entries of the snapshot, compressed by gzip.';

CREATE TABLE drift_home (
    shared            boolean NOT NULL,
    key               text NOT NULL,
    database          text NOT NULL,
    state             text NOT NULL,
    checked_at        timestamptz NOT NULL DEFAULT now(),
    path_key          text,
    differences       jsonb NOT NULL DEFAULT '[]',
    difference_count  integer NOT NULL DEFAULT 0,
    reason            text,
    since             timestamptz,
    episode           bigint NOT NULL DEFAULT 0,
    partition         integer,
    event_pending     boolean NOT NULL DEFAULT false,
    claimed_by        text,
    PRIMARY KEY (shared, key, database)
);
COMMENT ON TABLE drift_home IS 'The last look at each home that was compared with its reference.';
COMMENT ON COLUMN drift_home.key IS 'The tenant, or the shared database.';
COMMENT ON COLUMN drift_home.state IS 'clean, drifted or unreadable.';
COMMENT ON COLUMN drift_home.checked_at IS 'The registry''s time just before the look; an older look changes nothing.';
COMMENT ON COLUMN drift_home.path_key IS 'Of the reference that it was compared with.';
COMMENT ON COLUMN drift_home.differences IS 'At most 50, without literals.';
COMMENT ON COLUMN drift_home.difference_count IS 'All of them.';
COMMENT ON COLUMN drift_home.reason IS 'Why it cannot be read; null if it can.';
COMMENT ON COLUMN drift_home.since IS 'When it was first seen in this state.';
COMMENT ON COLUMN drift_home.episode IS 'The number of the latest drift, of which the ids of its events are made.';
COMMENT ON COLUMN drift_home.partition IS 'Of its events in the outbox, chosen at the first one; null before.';
COMMENT ON COLUMN drift_home.event_pending IS 'An event waits until every worker of the group can publish it.';
COMMENT ON COLUMN drift_home.claimed_by IS 'application_name of the worker whose sweep looks at it now.';
CREATE INDEX drift_home_drifted ON drift_home (database) WHERE state = 'drifted';
CREATE INDEX drift_home_by_age ON drift_home (checked_at);

ALTER TABLE worker ADD COLUMN publishes integer;
COMMENT ON COLUMN worker.publishes IS 'Which events of the outbox it can publish. 2: also those of tenant.drift; null: a release before this column.';
