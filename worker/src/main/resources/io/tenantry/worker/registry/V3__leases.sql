-- Which workers there are, and how many connections of each server each of them may have. Nobody needs the rows of a
-- group of which no worker runs.

CREATE TABLE worker (
    group_id          text NOT NULL,
    application_name  text NOT NULL,
    joined            bigint GENERATED ALWAYS AS IDENTITY,
    expires_at        timestamptz NOT NULL,
    fenced            boolean NOT NULL DEFAULT false,
    PRIMARY KEY (group_id, application_name)
);
COMMENT ON TABLE worker IS 'The workers of each consumer group, renewed every second.';
COMMENT ON COLUMN worker.application_name IS 'Of its sessions at the servers, in pg_stat_activity.';
COMMENT ON COLUMN worker.joined IS 'The older ones go first where there is not enough for all.';
COMMENT ON COLUMN worker.fenced IS 'Its lease ran out; it is not renewed, and its sessions are being ended.';

CREATE TABLE connection_lease (
    group_id          text NOT NULL,
    application_name  text NOT NULL,
    server            text NOT NULL,
    cap               integer NOT NULL,
    connections       integer NOT NULL,
    PRIMARY KEY (group_id, application_name, server),
    FOREIGN KEY (group_id, application_name) REFERENCES worker ON DELETE CASCADE
);
COMMENT ON TABLE connection_lease IS 'How many connections each worker may have; their sum is at most the cap.';
COMMENT ON COLUMN connection_lease.server IS 'Its name in the configuration.';
COMMENT ON COLUMN connection_lease.cap IS 'servers.<name>.max-connections of this worker; of different ones the smallest counts.';
