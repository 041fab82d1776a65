-- A place is given back by its number: a transaction that is repeated after its answer was lost does not take a newer place of the same tenant.

ALTER TABLE placement ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY UNIQUE;
COMMENT ON COLUMN placement.number IS 'Of this choice; never used again.';
