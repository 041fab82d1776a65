CREATE TABLE event (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    kind    text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX event_at ON event (at);
