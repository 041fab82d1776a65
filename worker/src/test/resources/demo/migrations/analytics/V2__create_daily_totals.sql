CREATE TABLE daily_totals (
    day         date NOT NULL,
    kind        text NOT NULL REFERENCES event_kinds,
    total       bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (day, kind)
);

CREATE VIEW last_week AS
SELECT kind, sum(total) AS total FROM daily_totals WHERE day > current_date - 7 GROUP BY kind;
