ALTER TABLE tenant_home ADD COLUMN observed_at timestamptz;
COMMENT ON COLUMN tenant_home.observed_at IS 'When its version was seen, by the clock of the home''s server; null if a release before this column saw it.';

ALTER TABLE shared_database ADD COLUMN observed_at timestamptz;
COMMENT ON COLUMN shared_database.observed_at IS 'When its version was seen, by the clock of its server.';
