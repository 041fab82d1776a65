-- Which of two observations is newer is known without clocks where the later one knew of the earlier one.

ALTER TABLE tenant_home ADD COLUMN observed_before timestamptz;
COMMENT ON COLUMN tenant_home.observed_before IS 'observed_at of this row when the request that brought the version was looked up; null if there was none.';

ALTER TABLE shared_database ADD COLUMN observed_before timestamptz;
COMMENT ON COLUMN shared_database.observed_before IS 'observed_at of this row when the request that brought the version was looked up; null if there was none.';
