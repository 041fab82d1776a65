-- A command that touches tenants' servers is a member beside the workers for a while. It wants few connections, so that the
-- workers keep theirs. A worker of a release before this column takes it for a worker, and gives back more than needed.

ALTER TABLE worker ADD COLUMN most_connections integer;
COMMENT ON COLUMN worker.most_connections IS 'How many connections of each server a command wants at most; null for a worker, which takes its share.';
