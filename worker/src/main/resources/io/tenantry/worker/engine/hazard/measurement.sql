-- What HazardFinder compares before and after a statement. Reads catalogs, and counters of the current transaction.
-- The parameters: the schema of the home, twice, and whether all other schemas of the database are its own too.
WITH home AS MATERIALIZED (
    SELECT n.oid, CASE WHEN n.nspname = ? THEN '' ELSE n.nspname || '.' END AS prefix
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname = ? OR (? AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'))
SELECT 'relation' AS what, c.oid::bigint AS number, c.relfilenode::bigint AS other, n.prefix || c.relname AS name,
    c.relkind::text AS detail, pg_catalog.concat_ws(' ', c.reltablespace, pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid), c.relpersistence, c.relam) AS more,
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
    pg_catalog.concat_ws(' ', a.atttypid, a.atttypmod, a.attcollation),
    pg_catalog.format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attcollation <> t.typcollation
        THEN (SELECT ' COLLATE ' || pg_catalog.quote_ident(l.collname) FROM pg_catalog.pg_collation l WHERE l.oid = a.attcollation)
        ELSE '' END,
    a.attnotnull, a.attisdropped,
    CASE WHEN a.atthasdef OR a.attidentity <> '' OR t.typtype = 'd' THEN 1 ELSE 0 END
        + CASE WHEN a.attidentity = 'a' THEN 2 ELSE 0 END
        + CASE WHEN a.attidentity <> '' OR a.attgenerated = 's' OR (a.atthasdef AND EXISTS (
                SELECT FROM pg_catalog.pg_attrdef d
                    CROSS JOIN LATERAL pg_catalog.regexp_matches(d.adbin::text, ':(?:op)?funcid ([0-9]+)', 'g') called
                    JOIN pg_catalog.pg_proc p ON p.oid = called[1]::oid
                WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND p.provolatile = 'v'))
            THEN 4 ELSE 0 END
        + CASE WHEN a.atthasmissing THEN 8 ELSE 0 END
        + CASE WHEN t.typtype = 'd' AND (t.typnotnull
                OR EXISTS (SELECT FROM pg_catalog.pg_constraint o WHERE o.contypid = t.oid)
                OR EXISTS (SELECT FROM pg_catalog.pg_type b WHERE b.oid = t.typbasetype AND b.typtype = 'd'))
            THEN 16 ELSE 0 END,
    coalesce(nullif(t.typbasetype, 0), a.atttypid)::bigint, 0
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN home n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE a.attnum > 0 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
UNION ALL
SELECT 'constraint', o.oid::bigint, o.conrelid::bigint, o.conname::text,
    pg_catalog.concat_ws(' ', o.contype, pg_catalog.array_to_string(o.conkey, ' ')),
    CASE WHEN o.confrelid <> 0 THEN o.confrelid::pg_catalog.regclass::text END, o.convalidated,
    o.contype = 'c' AND o.conbin::text LIKE '%{NULLTEST %',
    o.conindid::bigint,
    CASE WHEN o.conparentid <> 0 THEN o.conparentid::bigint WHEN o.coninhcount > 0 AND NOT o.conislocal THEN 1 ELSE 0 END,
    o.confrelid::bigint
FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_class c ON c.oid = o.conrelid
    JOIN home n ON n.oid = c.relnamespace
UNION ALL
SELECT 'index', i.indexrelid::bigint, i.indrelid::bigint, NULL,
    pg_catalog.concat_ws(' ', i.indkey, i.indnkeyatts, i.indisunique, i.indpred IS NULL),
    pg_catalog.concat_ws(' ', i.indkey, (SELECT pg_catalog.string_agg(d.refobjsubid::text, ' ')
        FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
            AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indrelid)),
    NULL, NULL, 0, 0, 0
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
    JOIN home n ON n.oid = c.relnamespace
UNION ALL
SELECT 'parent', h.inhrelid::bigint, h.inhparent::bigint, NULL, NULL, NULL, NULL, NULL, 0, 0, 0
FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid
    JOIN home n ON n.oid = c.relnamespace
UNION ALL
SELECT 'domain', t.oid::bigint, t.typbasetype::bigint, n.prefix || t.typname,
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
SELECT 'cast', t.castsource::bigint, t.casttarget::bigint, NULL, NULL, NULL, NULL, NULL, 0, 0, 0
FROM pg_catalog.pg_cast t
WHERE t.castmethod = 'b'
UNION ALL
SELECT 'settings', 0, 0, NULL, NULL, NULL, pg_catalog.current_setting('track_counts') = 'on',
    pg_catalog.current_setting('TimeZone') ~* '^(etc/)?(utc|uct|universal|zulu|gmt|greenwich)$', 0, 0, 0
