-- Rollouts: what was asked for, the plan that was made of it at its start, and how far it is. Plan and targets never change.

CREATE TABLE rollout (
    rollout              text PRIMARY KEY,
    group_id             text NOT NULL,
    partition            integer NOT NULL,
    state                text NOT NULL,
    version              bigint NOT NULL DEFAULT 1,
    request              text NOT NULL,
    traceparent          text,
    verb_id              text NOT NULL,
    verb_source          text NOT NULL,
    targets              jsonb,
    concurrency          integer NOT NULL,
    max_failures         integer,
    max_failure_percent  integer,
    wave                 integer NOT NULL DEFAULT 0,
    halts                integer NOT NULL DEFAULT 0,
    up_to_date           integer NOT NULL DEFAULT 0,
    sequence             bigint NOT NULL DEFAULT 0,
    reason               text,
    waits_for            text,
    soak_until           timestamptz,
    requested_at         timestamptz NOT NULL DEFAULT now(),
    changed_at           timestamptz NOT NULL DEFAULT now(),
    started_at           timestamptz,
    finished_at          timestamptz
);
COMMENT ON TABLE rollout IS 'Every rollout, until the ledger''s retention after its end.';
COMMENT ON COLUMN rollout.partition IS 'Of rollout.requested, with the start; its owner in the group drives the rollout.';
COMMENT ON COLUMN rollout.state IS 'waiting, running, soaking, paused, halted, completed or aborted.';
COMMENT ON COLUMN rollout.version IS 'Counted up by each change; a change names the version that it saw.';
COMMENT ON COLUMN rollout.request IS 'The data of the start, as JSON; the same start again is the same rollout.';
COMMENT ON COLUMN rollout.verb_id IS 'ce_id of the start; verb_source is its ce_source.';
COMMENT ON COLUMN rollout.targets IS 'By database: version, and fingerprint of a home that is there; null until it is planned.';
COMMENT ON COLUMN rollout.wave IS 'The current wave, from 1; 0 before the first.';
COMMENT ON COLUMN rollout.halts IS 'How often it was halted or aborted.';
COMMENT ON COLUMN rollout.up_to_date IS 'Tenants that were known to be at the target at the start; they are in no wave.';
COMMENT ON COLUMN rollout.sequence IS 'Of its last event.';
COMMENT ON COLUMN rollout.reason IS 'Of the last halt, pause or abort.';
COMMENT ON COLUMN rollout.waits_for IS 'Why it makes no progress; null if it does.';
CREATE INDEX rollout_by_partition ON rollout (group_id, partition) WHERE finished_at IS NULL;

CREATE TABLE rollout_wave (
    rollout       text NOT NULL REFERENCES rollout ON DELETE CASCADE,
    wave          integer NOT NULL,
    name          text,
    soak_millis   bigint NOT NULL DEFAULT 0,
    pause_after   boolean NOT NULL DEFAULT false,
    members       integer NOT NULL,
    in_flight     integer NOT NULL DEFAULT 0,
    completed     integer NOT NULL DEFAULT 0,
    up_to_date    integer NOT NULL DEFAULT 0,
    failed        integer NOT NULL DEFAULT 0,
    skipped       integer NOT NULL DEFAULT 0,
    counted       integer NOT NULL DEFAULT 0,
    started_at    timestamptz,
    completed_at  timestamptz,
    PRIMARY KEY (rollout, wave)
);
COMMENT ON TABLE rollout_wave IS 'The waves of a rollout, from 1. Its counts change in the transactions that change the members.';
COMMENT ON COLUMN rollout_wave.in_flight IS 'Members whose latest attempt was sent and is not answered.';
COMMENT ON COLUMN rollout_wave.counted IS 'Failed members that count towards the halt.';

CREATE TABLE rollout_member (
    rollout     text NOT NULL REFERENCES rollout ON DELETE CASCADE,
    shared      boolean NOT NULL,
    key         text NOT NULL,
    databases   text[] NOT NULL,
    wave        integer NOT NULL,
    attempt     integer NOT NULL DEFAULT 1,
    request_id  text NOT NULL,
    halts       integer NOT NULL DEFAULT 0,
    retry       boolean NOT NULL DEFAULT false,
    state       text NOT NULL DEFAULT 'pending',
    code        text,
    counted     boolean NOT NULL DEFAULT false,
    dead        boolean NOT NULL DEFAULT false,
    sent_at     timestamptz,
    ended_at    timestamptz,
    PRIMARY KEY (rollout, shared, key)
) WITH (fillfactor = 70);
COMMENT ON TABLE rollout_member IS 'The tenants and shared databases of a rollout that a request is sent to, each with its latest attempt.';
COMMENT ON COLUMN rollout_member.key IS 'The tenant, or the shared database.';
COMMENT ON COLUMN rollout_member.databases IS 'Those of the rollout in which the tenant has a home.';
COMMENT ON COLUMN rollout_member.request_id IS 'ce_id of the latest attempt; its ce_source is the group''s.';
COMMENT ON COLUMN rollout_member.halts IS 'Of the rollout when the attempt was made; it is skipped if the rollout was halted since.';
COMMENT ON COLUMN rollout_member.retry IS 'The attempt was asked for by retry-failed, and is sent in any state of the rollout.';
COMMENT ON COLUMN rollout_member.state IS 'Of the latest attempt: pending, completed, up-to-date, failed or skipped.';
COMMENT ON COLUMN rollout_member.counted IS 'It failed, counts towards the halt, and nobody has acknowledged it by resume.';
COMMENT ON COLUMN rollout_member.dead IS 'It failed because its request became a dead letter.';
COMMENT ON COLUMN rollout_member.sent_at IS 'When the attempt was handed over to be sent; it may be sent again after a crash.';
CREATE UNIQUE INDEX rollout_member_by_request ON rollout_member (request_id);
CREATE INDEX rollout_member_to_send ON rollout_member (rollout, wave, key) WHERE state = 'pending' AND sent_at IS NULL;
CREATE INDEX rollout_member_to_retry ON rollout_member (rollout, key) WHERE state = 'pending' AND sent_at IS NULL AND retry;
CREATE INDEX rollout_member_in_flight ON rollout_member (rollout) WHERE state = 'pending' AND sent_at IS NOT NULL;
CREATE INDEX rollout_member_failed ON rollout_member (rollout) WHERE state IN ('failed', 'skipped');
CREATE INDEX rollout_member_by_key ON rollout_member (key);

CREATE TABLE rollout_failure (
    rollout   text NOT NULL REFERENCES rollout ON DELETE CASCADE,
    code      text NOT NULL,
    requests  integer NOT NULL,
    PRIMARY KEY (rollout, code)
);
COMMENT ON TABLE rollout_failure IS 'How many requests of a rollout failed with each code, earlier attempts included.';

CREATE TABLE rollout_verb (
    source       text NOT NULL,
    id           text NOT NULL,
    answered_at  timestamptz NOT NULL DEFAULT now(),
    plan_of      text,
    PRIMARY KEY (source, id)
);
COMMENT ON TABLE rollout_verb IS 'Every rollout.requested that was answered, so that one that is read again changes nothing.';
COMMENT ON COLUMN rollout_verb.plan_of IS 'Of a repeated start: the rollout, while it is not planned and so the start has no answer; null otherwise.';
CREATE INDEX rollout_verb_by_plan ON rollout_verb (plan_of) WHERE plan_of IS NOT NULL;

CREATE TABLE rollout_partition (
    group_id   text NOT NULL,
    partition  integer NOT NULL,
    position   bigint NOT NULL,
    PRIMARY KEY (group_id, partition)
);
COMMENT ON TABLE rollout_partition IS 'The position of the last event in the outbox, by partition of rollout.requested.';

CREATE TABLE rollout_event (
    group_id     text NOT NULL,
    partition    integer NOT NULL,
    position     bigint NOT NULL,
    rollout      text NOT NULL,
    id           text NOT NULL,
    type         text NOT NULL,
    time         timestamptz NOT NULL DEFAULT now(),
    traceparent  text,
    data         text NOT NULL,
    published    boolean NOT NULL DEFAULT false,
    PRIMARY KEY (group_id, partition, position)
);
COMMENT ON TABLE rollout_event IS 'The outbox: events of rollout.results, published in the order of their positions.';
COMMENT ON COLUMN rollout_event.published IS 'Whether it is known to have reached Kafka.';

CREATE TABLE worker_catalog (
    group_id          text NOT NULL,
    application_name  text NOT NULL,
    database          text NOT NULL,
    head              text,
    versions          jsonb NOT NULL,
    PRIMARY KEY (group_id, application_name, database),
    FOREIGN KEY (group_id, application_name) REFERENCES worker ON DELETE CASCADE
);
COMMENT ON TABLE worker_catalog IS 'The migrations that each worker has. A worker without rows is of a release before this table.';
COMMENT ON COLUMN worker_catalog.versions IS 'By version: the fingerprint of a home that was brought there.';

ALTER TABLE tenant_home
    ADD COLUMN fingerprint_seen text,
    ADD COLUMN fingerprint_seen_at timestamptz,
    ADD COLUMN fingerprint text GENERATED ALWAYS AS (CASE WHEN fingerprint_seen_at = observed_at THEN fingerprint_seen END) STORED;
COMMENT ON COLUMN tenant_home.fingerprint IS 'Of what was applied when its version was seen; null if that is not known.';
COMMENT ON COLUMN tenant_home.fingerprint_seen IS 'What the last worker that knows of fingerprints has written.';
COMMENT ON COLUMN tenant_home.fingerprint_seen_at IS 'observed_at then; a worker of an older release changes observed_at alone.';
ALTER TABLE shared_database
    ADD COLUMN fingerprint_seen text,
    ADD COLUMN fingerprint_seen_at timestamptz,
    ADD COLUMN fingerprint text GENERATED ALWAYS AS (CASE WHEN fingerprint_seen_at = observed_at THEN fingerprint_seen END) STORED;
COMMENT ON COLUMN shared_database.fingerprint IS 'Of what was applied when its version was seen; null if that is not known.';
COMMENT ON COLUMN shared_database.fingerprint_seen IS 'What the last worker that knows of fingerprints has written.';
COMMENT ON COLUMN shared_database.fingerprint_seen_at IS 'observed_at then; a worker of an older release changes observed_at alone.';

-- For people who ask about one tenant, or for those whose last request failed.
CREATE INDEX request_by_key ON request (key, finished_at);
CREATE INDEX request_failed ON request (key)
    WHERE result_type IN ('io.tenantry.tenant.onboarding-failed.v1', 'io.tenantry.migration.failed.v1');

CREATE TABLE rollout_wait (
    group_id          text NOT NULL,
    application_name  text NOT NULL,
    rollout           text NOT NULL,
    shared            boolean NOT NULL,
    key               text NOT NULL,
    server            text,
    running           boolean NOT NULL,
    since             timestamptz NOT NULL,
    reason            text,
    detail            text,
    blockers          jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (group_id, application_name, rollout, shared, key),
    FOREIGN KEY (group_id, application_name) REFERENCES worker ON DELETE CASCADE
);
COMMENT ON TABLE rollout_wait IS 'The oldest requests of rollouts in each worker that have waited, or run, for 10 s or longer; written every few seconds.';
COMMENT ON COLUMN rollout_wait.running IS 'Whether it runs on its home; otherwise it waits.';
COMMENT ON COLUMN rollout_wait.reason IS 'What it waits for, as in the metrics of lanes, or queued; null if it runs.';
COMMENT ON COLUMN rollout_wait.detail IS 'What exactly it waits for, or the script or statement that it runs, without literals.';
COMMENT ON COLUMN rollout_wait.blockers IS 'The sessions of PostgreSQL that its statement waits for.';
