-- On which server a new tenant's home is made: chosen before anything is made, so that every further try chooses the same.

CREATE TABLE placement (
    tenant      text NOT NULL,
    database    text NOT NULL,
    server      text NOT NULL,
    decided_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, database)
);
COMMENT ON TABLE placement IS 'The server of a home that is not registered yet, of databases with several servers or a limit of tenants.';
COMMENT ON COLUMN placement.server IS 'Its name in the configuration.';
