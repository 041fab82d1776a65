-- A signup that failed for good, and made nothing, gives its place back if no other try of a signup was told of the place.

ALTER TABLE placement ADD COLUMN tries integer;
COMMENT ON COLUMN placement.tries IS 'How many tries of signups were told of this server; null if that is not known.';
