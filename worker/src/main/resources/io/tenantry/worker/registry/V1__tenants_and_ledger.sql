-- The control plane. The databases of the tenants are the truth about versions; these tables are derived from them,
-- except for the ledger.

CREATE TABLE tenant (
    tenant      text PRIMARY KEY,
    attributes  jsonb NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE tenant IS 'Every tenant that was onboarded.';

CREATE TABLE tenant_home (
    tenant      text NOT NULL REFERENCES tenant ON DELETE CASCADE,
    database    text NOT NULL,
    server      text NOT NULL,
    location    text NOT NULL,
    version     text,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, database)
);
COMMENT ON TABLE tenant_home IS 'Where a tenant lives in each named database, and the version it was left at.';
COMMENT ON COLUMN tenant_home.version IS 'As in flyway_schema_history of the home, which is right where they differ.';
CREATE INDEX tenant_home_by_version ON tenant_home (database, version);

CREATE TABLE request (
    source         text NOT NULL,
    id             text NOT NULL,
    type           text NOT NULL,
    key            text NOT NULL,
    topic          text NOT NULL,
    partition      integer NOT NULL,
    "offset"       bigint NOT NULL,
    result_id      text NOT NULL,
    result_source  text NOT NULL,
    result_type    text NOT NULL,
    result_time    timestamptz NOT NULL,
    traceparent    text,
    result         text NOT NULL,
    published      boolean NOT NULL DEFAULT false,
    finished_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, id)
);
COMMENT ON TABLE request IS 'The ledger: the one result of each request, written before it is published.';
COMMENT ON COLUMN request.published IS 'Whether the result is known to have reached Kafka.';
CREATE INDEX request_by_age ON request (finished_at);
