-- Drift: what homes are compared with, and what the last look at each home found.

CREATE TABLE reference (
    server          text NOT NULL,
    database        text NOT NULL,
    path_key        text NOT NULL,
    server_version  integer NOT NULL,
    role            text NOT NULL,
    format          text NOT NULL,
    made_at         timestamptz NOT NULL DEFAULT now(),
    used_at         timestamptz NOT NULL DEFAULT now(),
    entries         bytea NOT NULL,
    PRIMARY KEY (server, database, path_key)
);
COMMENT ON TABLE reference IS 'The catalog that the scripts of one history make on one server, with tokens in place of tenant and schema.';
COMMENT ON COLUMN reference.server IS 'Its name in the configuration.';
COMMENT ON COLUMN reference.path_key IS 'Digest of the scripts in their order.';
COMMENT ON COLUMN reference.server_version IS 'server_version_num; a reference of another version, role or format is not used, and is replaced.';
COMMENT ON COLUMN reference.role IS 'The worker''s role, which owns the objects.';
COMMENT ON COLUMN reference.format IS 'Digest of the query that reads catalogs, and of the form of the tokens.';
COMMENT ON COLUMN reference.used_at IS 'Renewed once a day while it is used; one that is not used for 90 days is deleted.';
COMMENT ON COLUMN reference.entries IS 'The entries of the snapshot, compressed by gzip.';

CREATE TABLE drift_home (
    shared            boolean NOT NULL,
    key               text NOT NULL,
    database          text NOT NULL,
    tenant            text GENERATED ALWAYS AS (CASE WHEN NOT shared THEN key END) STORED,
    shared_database   text GENERATED ALWAYS AS (CASE WHEN shared THEN database END) STORED
                      REFERENCES shared_database ON DELETE CASCADE,
    state             text NOT NULL DEFAULT 'unchecked',
    added_at          timestamptz NOT NULL DEFAULT now(),
    looked_at         timestamptz,
    checked_at        timestamptz,
    path_key          text,
    differences       jsonb NOT NULL DEFAULT '[]',
    difference_count  integer NOT NULL DEFAULT 0,
    reason            text,
    since             timestamptz,
    episode           bigint NOT NULL DEFAULT 0,
    announced         boolean NOT NULL DEFAULT false,
    PRIMARY KEY (shared, key, database),
    FOREIGN KEY (tenant, database) REFERENCES tenant_home ON DELETE CASCADE
);
COMMENT ON TABLE drift_home IS 'The last look at each home that was compared with its reference. It goes with the home''s own row.';
COMMENT ON COLUMN drift_home.key IS 'The tenant, or the shared database.';
COMMENT ON COLUMN drift_home.tenant IS 'For the foreign key; null for a shared database.';
COMMENT ON COLUMN drift_home.shared_database IS 'For the foreign key; null for a home of a tenant.';
COMMENT ON COLUMN drift_home.state IS 'unchecked, clean, drifted or unreadable.';
COMMENT ON COLUMN drift_home.looked_at IS 'When a sweep took it last, or a look was recorded: the next sweep takes the oldest. Null: never.';
COMMENT ON COLUMN drift_home.checked_at IS 'The registry''s time just before the look that is recorded; an older look changes nothing. Null: none.';
COMMENT ON COLUMN drift_home.path_key IS 'Of the reference that it was compared with.';
COMMENT ON COLUMN drift_home.differences IS 'At most 50, without literals.';
COMMENT ON COLUMN drift_home.difference_count IS 'All of them.';
COMMENT ON COLUMN drift_home.reason IS 'Why it cannot be read or compared; null if it can.';
COMMENT ON COLUMN drift_home.since IS 'When it was first seen to drift; null if it does not. It stays while the home cannot be read.';
COMMENT ON COLUMN drift_home.episode IS 'The number of the latest drift, of which the ids of its events are made.';
COMMENT ON COLUMN drift_home.announced IS 'Whether the event of its beginning is in the outbox, and that of its end is not.';
CREATE INDEX drift_home_drifted ON drift_home (database) WHERE state = 'drifted';
CREATE INDEX drift_home_by_age ON drift_home (looked_at NULLS FIRST);

ALTER TABLE worker ADD COLUMN publishes integer;
COMMENT ON COLUMN worker.publishes IS 'Which events of the outbox it can publish. 2: also those of tenant.drift; null: a release before this column.';
