-- A worker is dead when its renewals stand still: no clock that may step is compared with another one.

ALTER TABLE worker
    ADD COLUMN renewals bigint NOT NULL DEFAULT 0,
    ADD COLUMN lease_millis bigint;
COMMENT ON COLUMN worker.renewals IS 'Counted up by each renewal. Each of the others measures by its own monotonic clock for how long the number stands still.';
COMMENT ON COLUMN worker.lease_millis IS 'For how long it may stand still; null in a row of a release before this column.';
COMMENT ON COLUMN worker.expires_at IS 'Moved on by each renewal. Workers of releases before the column renewals compare it with the registry''s clock.';
