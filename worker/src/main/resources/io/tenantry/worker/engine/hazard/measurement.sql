-- What HazardFinder compares before and after a statement. Reads catalogs, and counters of the current transaction.
-- The parameters: the schema of the home, twice, and whether all other schemas of the database are its own too.
WITH home AS MATERIALIZED (
    SELECT n.oid, CASE WHEN n.nspname = ? THEN '' ELSE n.nspname || '.' END AS prefix
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname = ? OR (? AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'))
SELECT 'relation' AS what, c.oid::bigint AS number, c.relfilenode::bigint AS other, n.prefix || c.relname AS name,
    c.relkind::text AS detail, c.reltablespace::text AS more,
    c.relrowsecurity AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive) AS yes,
    c.relispopulated AS also,
    CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_relation_size(c.oid) ELSE 0 END AS n1,
    CASE WHEN x.indisunique
        THEN greatest(pg_catalog.pg_stat_get_xact_tuples_returned(c.oid) - pg_catalog.pg_stat_get_xact_numscans(c.oid), 0)
        ELSE pg_catalog.pg_stat_get_xact_numscans(c.oid) END AS n2,
    pg_catalog.pg_stat_get_xact_tuples_updated(c.oid) + pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) AS n3
FROM pg_catalog.pg_class c JOIN home n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = c.oid
UNION ALL
SELECT 'column', a.attrelid::bigint, a.attnum, a.attname::text,
    pg_catalog.concat_ws(' ', a.atttypid, a.atttypmod, a.attcollation), pg_catalog.format_type(a.atttypid, a.atttypmod),
    a.attnotnull, a.attisdropped,
    CASE WHEN a.atthasdef OR a.attidentity <> '' OR t.typtype = 'd' THEN 1 ELSE 0 END,
    CASE WHEN a.attidentity = 'a' THEN 1 ELSE 0 END, 0
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN home n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE a.attnum > 0 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
UNION ALL
SELECT 'constraint', o.oid::bigint, o.conrelid::bigint, o.conname::text, o.contype::text,
    CASE WHEN o.confrelid <> 0 THEN o.confrelid::pg_catalog.regclass::text END, o.convalidated, NULL,
    o.conindid::bigint,
    CASE WHEN o.conparentid <> 0 THEN o.conparentid::bigint WHEN o.coninhcount > 0 AND NOT o.conislocal THEN 1 ELSE 0 END, 0
FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_class c ON c.oid = o.conrelid
    JOIN home n ON n.oid = c.relnamespace
UNION ALL
SELECT 'index', i.indexrelid::bigint, i.indrelid::bigint, NULL, NULL, NULL, NULL, NULL, 0, 0, 0
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
    JOIN home n ON n.oid = c.relnamespace
UNION ALL
SELECT 'parent', h.inhrelid::bigint, h.inhparent::bigint, NULL, NULL, NULL, NULL, NULL, 0, 0, 0
FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid
    JOIN home n ON n.oid = c.relnamespace
UNION ALL
SELECT 'domain', t.oid::bigint, 0, n.prefix || t.typname,
    (SELECT pg_catalog.string_agg(o.oid::text, ' ') FROM pg_catalog.pg_constraint o
        WHERE o.contypid = t.oid AND o.contype = 'c' AND o.convalidated),
    NULL, t.typnotnull, NULL, 0, 0, 0
FROM pg_catalog.pg_type t JOIN home n ON n.oid = t.typnamespace
WHERE t.typtype = 'd'
UNION ALL
SELECT 'lock', l.relation::bigint, 0, l.mode, NULL, NULL, NULL, NULL, 0, 0, 0
FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
    JOIN home n ON n.oid = c.relnamespace
WHERE l.pid = pg_catalog.pg_backend_pid() AND l.granted AND l.locktype = 'relation'
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
    AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
UNION ALL
SELECT 'counts', 0, 0, NULL, NULL, NULL, pg_catalog.current_setting('track_counts') = 'on', NULL, 0, 0, 0
