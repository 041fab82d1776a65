CREATE TABLE dashboards (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title       text NOT NULL UNIQUE,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tiles (
    dashboard   bigint NOT NULL REFERENCES dashboards ON DELETE CASCADE,
    position    integer NOT NULL,
    kind        text NOT NULL REFERENCES event_kinds,
    PRIMARY KEY (dashboard, position)
);
CREATE INDEX tiles_kind ON tiles (kind);

WITH overview AS (INSERT INTO dashboards (title) VALUES ('Overview') RETURNING id)
INSERT INTO tiles (dashboard, position, kind)
SELECT overview.id, row_number() OVER (ORDER BY event_kinds.kind), event_kinds.kind FROM overview, event_kinds;
