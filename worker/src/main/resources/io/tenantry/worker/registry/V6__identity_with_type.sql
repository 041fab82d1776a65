-- The identity of a request is its source, id and type, as in the id of its result. A worker of the release before goes on
-- with this table: it inserts without naming the key. Of two types under one source and id it still takes one for the other.
ALTER TABLE request DROP CONSTRAINT request_pkey, ADD PRIMARY KEY (source, id, type);
