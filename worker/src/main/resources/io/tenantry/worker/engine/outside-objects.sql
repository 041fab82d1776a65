-- What the transaction in which this runs has made or changed outside a schema, as rows of (name, class, id, state).
-- The parameters are the schema, three times.
--
-- A name alone says that something is made or changed. What was dropped has no name any more, and a relation that is
-- locked as for a change may have been locked for the sake of a foreign key that was dropped: class and id say which, a
-- state says what a relation is like, and the caller compares after a rollback.
--
-- Relations tell by their locks, which last until the end: without a look at every table of every tenant. A lock weaker
-- than these is taken by who reads, or refers to a table by a foreign key, and that is allowed. Of other objects, the rows
-- that this transaction or a part of it wrote: visible, though still in progress.
WITH written AS MATERIALIZED (
    SELECT pg_current_xact_id()::text::bigint AS top, (SELECT n.oid FROM pg_namespace n WHERE n.nspname = ?) AS home
),
object (name, class, id, namespace, row_xid) AS (
/*objects*/
    -- A right on a table is given without a lock.
    UNION ALL SELECT NULL, 'pg_class'::regclass::oid, oid, relnamespace, xmin FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
),
recent AS MATERIALIZED (
    SELECT o.name, o.class, o.id, o.row_xid
    FROM object o, written w
    WHERE age(o.row_xid) <= age((w.top::text)::xid8::xid)
      AND o.namespace <> w.home
      AND o.namespace <> coalesce(nullif(pg_my_temp_schema(), 0), w.home)
),
own AS MATERIALIZED (
    SELECT r.name, r.class, r.id
    FROM recent r, written w
    WHERE pg_xact_status(((w.top + (r.row_xid::text::bigint - w.top % 4294967296 + 4294967296) % 4294967296)::text)::xid8) = 'in progress'
),
locked AS MATERIALIZED (
    SELECT l.locktype, l.relation, l.classid, l.objid, l.mode,
           l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()) AS here
    FROM pg_locks l WHERE l.pid = pg_backend_pid() AND l.locktype IN ('relation', 'object')
)
SELECT o.name, NULL::oid AS class, NULL::oid AS id, NULL AS state FROM own o WHERE o.name IS NOT NULL
UNION
SELECT /*relation*/, NULL, NULL, NULL
FROM locked l
    JOIN pg_class c ON c.oid = l.relation
    JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE l.locktype = 'relation' AND l.mode IN ('RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ExclusiveLock')
  AND n.nspname NOT IN (?, 'pg_catalog', 'pg_toast', 'information_schema')
  AND n.oid <> pg_my_temp_schema()
  AND NOT (c.relkind = 'S' AND l.mode = 'RowExclusiveLock')
UNION
SELECT /*relation*/, 'pg_class'::regclass, c.oid, /*state*/
FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (c.oid IN (SELECT l.relation FROM locked l WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock')
        OR c.oid IN (SELECT o.id FROM own o WHERE o.name IS NULL))
  AND n.nspname NOT IN (?, 'pg_catalog', 'pg_toast', 'information_schema')
  AND n.oid <> pg_my_temp_schema()
UNION
SELECT NULL, 'pg_class'::regclass, l.relation, NULL
FROM locked l
WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.here
  AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = l.relation)
UNION
SELECT NULL, l.classid, l.objid, NULL
FROM locked l
WHERE l.locktype = 'object' AND l.mode = 'AccessExclusiveLock'
