ALTER TABLE tasks ADD COLUMN closed_at timestamptz;
CREATE INDEX tasks_closed_at ON tasks (closed_at) WHERE closed_at IS NOT NULL;
