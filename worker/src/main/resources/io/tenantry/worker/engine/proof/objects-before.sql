-- The names and states of objects outside a schema before a transaction, read after its rollback, as rows of (name, class, id,
-- state). Objects that do not exist have no row. The parameters are two arrays, of classes and ids, the schema, and the ids
-- again: the catalogs, which are large in a database of thousands of schemas, are searched by the ids.
WITH wanted AS MATERIALIZED (
    SELECT w.class, w.id FROM unnest(?::oid[], ?::oid[]) AS w (class, id)
),
object (name, class, id, namespace, row_xid) AS (
/*objects*/
),
home AS (SELECT n.oid FROM pg_namespace n WHERE n.nspname = ?)
SELECT o.name, o.class, o.id, /*large object*/ AS state
FROM object o JOIN wanted w ON w.class = o.class AND w.id = o.id
WHERE o.id = ANY (?::oid[]) AND NOT EXISTS (SELECT FROM home h WHERE h.oid = o.namespace)
UNION ALL
SELECT /*relation*/, w.class, w.id, /*state*/
FROM wanted w
    JOIN pg_class c ON c.oid = w.id
    JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE w.class = 'pg_class'::regclass AND n.nspname <> 'pg_toast' AND NOT EXISTS (SELECT FROM home h WHERE h.oid = n.oid)
UNION ALL
SELECT NULL, w.class, w.id, md5(d.description)
FROM wanted w
    JOIN pg_description d ON d.objoid = w.id AND d.classoid <> 'pg_class'::regclass
WHERE w.class = 'pg_description'::regclass
