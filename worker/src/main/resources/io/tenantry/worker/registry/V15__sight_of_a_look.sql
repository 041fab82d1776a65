-- Two releases that run side by side may see different things in a home: neither must clear or begin what the other one says of it.

ALTER TABLE drift_home ADD COLUMN sight integer;
COMMENT ON COLUMN drift_home.sight IS 'How much the recorded look could see; one that sees less changes nothing for a day. Null: of a release before this column.';

-- A drifted home that cannot be read for a while still drifts.
DROP INDEX drift_home_drifted;
CREATE INDEX drift_home_drifted ON drift_home (database) WHERE since IS NOT NULL;
