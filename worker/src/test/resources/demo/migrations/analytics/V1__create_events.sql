CREATE TABLE event_kinds (
    kind        text PRIMARY KEY,
    description text NOT NULL
);
INSERT INTO event_kinds (kind, description) VALUES
    ('sign-in', 'A member signed in'),
    ('task-created', 'A task was created'),
    ('task-done', 'A task was finished');

CREATE TABLE events (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL REFERENCES event_kinds,
    member      bigint,
    happened_at timestamptz NOT NULL DEFAULT now(),
    properties  jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX events_kind_time ON events (kind, happened_at);
