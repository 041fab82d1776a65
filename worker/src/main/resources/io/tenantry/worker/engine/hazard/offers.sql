-- What programs of the last release can name or use, besides tables and columns: rows that Offers reads. Reads catalogs.
-- The parameters: the schema of the home, twice, and whether all other schemas of the database are its own too.
WITH home AS MATERIALIZED (
    SELECT n.oid, n.nspacl, n.nspowner, CASE WHEN n.nspname = ? THEN '' ELSE n.nspname || '.' END AS prefix
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname = ? OR (? AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')),
relations AS MATERIALIZED (
    SELECT c.oid, c.relkind, n.prefix || c.relname AS name, c.relrowsecurity, c.relispartition, c.relacl, c.relowner
    FROM pg_catalog.pg_class c JOIN home n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')),
functions AS MATERIALIZED (
    SELECT p.*, n.prefix || p.proname AS name,
        n.prefix || p.proname || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')' AS shown
    FROM pg_catalog.pg_proc p JOIN home n ON n.oid = p.pronamespace
    WHERE p.prorettype NOT IN ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))),
-- A type by its schema and name, so that one that is made again is the same.
types AS MATERIALIZED (
    SELECT t.oid, pg_catalog.concat(t.typnamespace, '.', t.typname) AS key FROM pg_catalog.pg_type t),
granted AS MATERIALIZED (
    SELECT o.number, o.place, o.column_name, a.grantee, a.privilege_type
    FROM (
        SELECT c.oid AS number, c.name AS place, NULL::text AS column_name,
            coalesce(c.relacl, pg_catalog.acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)) AS acl
        FROM relations c
        WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i' AND c.relkind = 'S')
        UNION ALL
        SELECT c.oid, c.name, a.attname::text, a.attacl
        FROM relations c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
        WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attacl IS NOT NULL
        UNION ALL
        SELECT p.oid, p.shown, NULL, coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner)) FROM functions p
        UNION ALL
        SELECT n.oid, CASE n.prefix WHEN '' THEN 'the schema' ELSE 'schema ' || rtrim(n.prefix, '.') END, NULL, coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner)) FROM home n) o
    CROSS JOIN LATERAL pg_catalog.aclexplode(o.acl) a
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
    WHERE r.rolsuper IS NOT TRUE AND a.privilege_type NOT IN ('REFERENCES', 'TRIGGER', 'MAINTAIN'))
SELECT 'relation' AS what, c.oid::bigint AS number, 0::bigint AS owner, NULL::text AS place, c.name AS name,
    c.relkind::text AS detail, NULL::text AS more, NULL::text AS columns,
    -- A view of a foreign table asks the handler of its wrapper, and fails if there is none.
    CASE WHEN c.relkind IN ('r', 'p') OR c.relkind = 'v' AND EXISTS (SELECT FROM pg_catalog.pg_depend d
                JOIN pg_catalog.pg_foreign_table t ON t.ftrelid = d.refobjid
                JOIN pg_catalog.pg_foreign_server s ON s.oid = t.ftserver
                JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
                WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND w.fdwhandler = 0) THEN 28
        WHEN c.relkind = 'v' THEN pg_catalog.pg_relation_is_updatable(c.oid, true) ELSE 0 END AS n, c.relrowsecurity AS yes
FROM relations c WHERE c.relkind <> 'S'
UNION ALL
SELECT 'function', p.oid::bigint, 0,
    (SELECT pg_catalog.string_agg(
            CASE WHEN a.place = p.pronargs AND p.provariadic <> 0 THEN 'VARIADIC ' ELSE '' END || t.key, E'\n' ORDER BY a.place)
        FROM pg_catalog.unnest(p.proargtypes) WITH ORDINALITY a(type, place) JOIN types t ON t.oid = a.type),
    p.name,
    CASE p.prokind WHEN 'p' THEN 'procedure ' WHEN 'a' THEN 'aggregate ' ELSE 'function ' END || p.shown,
    -- What it returns: as a key, and for people.
    pg_catalog.concat(CASE WHEN p.proretset THEN 'SETOF ' END, (SELECT t.key FROM types t WHERE t.oid = p.prorettype),
        (SELECT pg_catalog.string_agg(pg_catalog.concat(' ', p.proargnames[i], ' ', t.key), ',' ORDER BY i)
            FROM pg_catalog.generate_series(1, pg_catalog.cardinality(p.proargmodes)) i
                JOIN types t ON t.oid = p.proallargtypes[i]
            WHERE p.proargmodes[i] IN ('o', 'b', 't')))
        || E'\n' || coalesce(pg_catalog.pg_get_function_result(p.oid), 'nothing'),
    (SELECT pg_catalog.string_agg(coalesce(p.proargnames[i], ''), E'\n' ORDER BY i)
        FROM pg_catalog.generate_series(1, coalesce(pg_catalog.cardinality(p.proargmodes), p.pronargs)) i
        WHERE p.proargmodes IS NULL OR p.proargmodes[i] IN ('i', 'b', 'v')),
    p.pronargs - p.pronargdefaults, false
FROM functions p
UNION ALL
SELECT 'object', s.oid::bigint, coalesce(d.refobjid, 0)::bigint, 'sequence', s.name, NULL, NULL, d.refobjsubid::text, 0,
    coalesce(d.deptype = 'i', false)
FROM relations s LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = s.oid
    AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0
WHERE s.relkind = 'S'
UNION ALL
SELECT 'object', t.oid::bigint, 0, 'type', n.prefix || t.typname, NULL, NULL, NULL, 0, false
FROM pg_catalog.pg_type t JOIN home n ON n.oid = t.typnamespace
WHERE (t.typtype IN ('b', 'd', 'e', 'r') OR t.typtype = 'c' AND EXISTS (
        SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
UNION ALL
SELECT 'object', o.oid::bigint, 0, o.word, n.prefix || o.name, NULL, NULL, NULL, 0, false
FROM (
    SELECT 'pg_catalog.pg_collation'::regclass::oid AS class, oid, 'collation' AS word, collname::text AS name,
        collnamespace AS place
    FROM pg_catalog.pg_collation
    UNION ALL SELECT 'pg_catalog.pg_ts_config'::regclass, oid, 'text search configuration', cfgname::text, cfgnamespace
    FROM pg_catalog.pg_ts_config
    UNION ALL SELECT 'pg_catalog.pg_ts_dict'::regclass, oid, 'text search dictionary', dictname::text, dictnamespace
    FROM pg_catalog.pg_ts_dict
    UNION ALL SELECT 'pg_catalog.pg_operator'::regclass, oid, 'operator',
        pg_catalog.format('%s (%s, %s)', oprname, nullif(oprleft, 0)::regtype, oprright::regtype), oprnamespace
    FROM pg_catalog.pg_operator WHERE oprcode <> 0
    UNION ALL SELECT 'pg_catalog.pg_extension'::regclass, oid, 'extension', extname::text, extnamespace
    FROM pg_catalog.pg_extension) o
    JOIN home n ON n.oid = o.place
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype = 'e')
UNION ALL
SELECT 'value', e.oid::bigint, t.oid::bigint, n.prefix || t.typname, e.enumlabel::text, NULL, NULL, NULL, 0, false
FROM pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid JOIN home n ON n.oid = t.typnamespace
UNION ALL
SELECT 'constraint', o.oid::bigint, c.oid::bigint, c.name, o.conname::text,
    CASE o.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique constraint' ELSE 'exclusion constraint' END,
    o.conindid::text, pg_catalog.array_to_string(o.conkey, ' '), 0, false
FROM pg_catalog.pg_constraint o JOIN relations c ON c.oid = o.conrelid
WHERE o.contype IN ('p', 'u', 'x') AND NOT c.relispartition
UNION ALL
SELECT 'unique', i.indexrelid::bigint, c.oid::bigint, c.name, x.relname::text,
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_indexdef(i.indexrelid, k, false), ', '
            ORDER BY pg_catalog.pg_get_indexdef(i.indexrelid, k, false))
        FROM pg_catalog.generate_series(1, i.indnkeyatts) k),
    pg_catalog.pg_get_expr(i.indpred, i.indrelid),
    (SELECT pg_catalog.string_agg(u.number::text, ' ') FROM (
        SELECT pg_catalog.unnest(i.indkey::int[]) AS number
        UNION SELECT d.refobjsubid FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indexrelid
            AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = i.indrelid) u WHERE u.number > 0),
    0, NULL
FROM pg_catalog.pg_index i JOIN relations c ON c.oid = i.indrelid JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
WHERE i.indisunique AND i.indisvalid AND i.indimmediate AND NOT c.relispartition
UNION ALL
SELECT 'part', i.indexrelid::bigint, c.oid::bigint, c.name, x.relname::text, 'index',
    pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(i.indexrelid), '^.*? USING ', ''), NULL, 0, NULL
FROM pg_catalog.pg_index i JOIN relations c ON c.oid = i.indrelid JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint o WHERE o.conindid = i.indexrelid AND o.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT 'part', g.oid::bigint, c.oid::bigint, c.name, g.tgname::text, 'trigger', g.tgname::text, NULL, 0, NULL
FROM pg_catalog.pg_trigger g JOIN relations c ON c.oid = g.tgrelid WHERE NOT g.tgisinternal AND g.tgparentid = 0
UNION ALL
SELECT 'part', o.oid::bigint, c.oid::bigint, c.name, o.conname::text,
    CASE o.contype WHEN 'c' THEN 'check' ELSE 'foreign key' END, pg_catalog.pg_get_constraintdef(o.oid), NULL, 0, NULL
FROM pg_catalog.pg_constraint o JOIN relations c ON c.oid = o.conrelid WHERE o.contype IN ('c', 'f') AND o.conparentid = 0
UNION ALL
SELECT 'part', 0, c.oid::bigint, c.name,
    coalesce((SELECT 'of column ' || a.attname FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0), 'of its own'),
    'comment', '', NULL, 0, NULL
FROM pg_catalog.pg_description d JOIN relations c ON c.oid = d.objoid WHERE d.classoid = 'pg_catalog.pg_class'::regclass
UNION ALL
SELECT 'policy', p.oid::bigint, c.oid::bigint, c.name, p.polname::text, NULL,
    pg_catalog.concat_ws(' ', p.polcmd, p.polroles::text, pg_catalog.pg_get_expr(p.polqual, p.polrelid), '/',
        pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)),
    NULL, 0, NULL
FROM pg_catalog.pg_policy p JOIN relations c ON c.oid = p.polrelid WHERE p.polpermissive AND c.relrowsecurity
UNION ALL
SELECT 'right', g.number::bigint, g.grantee::bigint, g.place,
    CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(g.grantee)::text END, g.privilege_type,
    g.column_name, NULL, 0, NULL
FROM granted g
UNION ALL
SELECT 'member', m.member::bigint, g.grantee::bigint, NULL, NULL, NULL, NULL, NULL, 0, NULL
FROM (SELECT DISTINCT member FROM pg_catalog.pg_auth_members) m
    CROSS JOIN (SELECT DISTINCT grantee FROM granted WHERE grantee <> 0) g
WHERE m.member <> g.grantee AND pg_catalog.pg_has_role(m.member, g.grantee, 'USAGE')
