CREATE TABLE shared_database (
    database    text PRIMARY KEY,
    server      text NOT NULL,
    location    text NOT NULL,
    version     text,
    updated_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE shared_database IS 'Every database that all tenants share and that was migrated once, and the version it was left at.';
COMMENT ON COLUMN shared_database.version IS 'As in flyway_schema_history of its schema, which is right where they differ.';

CREATE TABLE template_use (
    server    text NOT NULL,
    template  text NOT NULL,
    worker    text NOT NULL,
    seen_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (server, template, worker)
);
COMMENT ON TABLE template_use IS 'Which worker makes tenants'' databases from which template; rows stay until the template was removed.';
COMMENT ON COLUMN template_use.seen_at IS 'Refreshed every minute by a worker that is alive.';
