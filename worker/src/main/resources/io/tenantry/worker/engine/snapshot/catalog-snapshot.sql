-- Everything that a schema consists of, as rows of (kind, identity, part_of, definition) and columns for
-- aspects that each kind may have; null where an object has no such aspect. The one parameter is the schema.
-- The objects are those of catalog-objects.sql, or those of catalog-rare-objects.sql.
--
-- Names of this query are resolved with search_path = pg_catalog. While it runs, the path is the schema, so that
-- deparsers print the schema's own objects by their bare names: "home" sets it, and every part needs "home". Without
-- USAGE the path would not count.
--
-- The cost must not grow with the other schemas of the database. The catalogs have no index on the namespace, but
-- pg_depend knows what depends on it. "= ANY (ARRAY(...))" makes the planner expect few rows and use the indexes.
--
-- PostgreSQL 14 must understand it: what came later is read through to_jsonb, where an absent column is null.
WITH home AS MATERIALIZED (
    SELECT n.oid, n.nspname, n.nspowner, n.nspacl,
           set_config('search_path', quote_ident(n.nspname) || ', pg_catalog, pg_temp', true) AS path
    FROM pg_namespace n
    WHERE n.nspname = $1 AND has_schema_privilege(n.oid, 'USAGE')
),
member AS MATERIALIZED (
    SELECT d.classid, d.objid AS oid
    FROM pg_depend d
    WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = (SELECT oid FROM home)
),
type AS MATERIALIZED (
    SELECT t.*,
           CASE t.typtype
               WHEN 'c' THEN 'composite type' WHEN 'd' THEN 'domain' WHEN 'e' THEN 'enum' WHEN 'r' THEN 'range type'
               WHEN 'm' THEN 'multirange type' WHEN 'p' THEN 'shell type' ELSE 'base type' END AS kind
    FROM pg_type t
    WHERE t.oid = ANY (ARRAY(SELECT m.oid FROM member m WHERE m.classid = 'pg_type'::regclass))
      AND t.typnamespace = (SELECT oid FROM home)
),
relation AS MATERIALIZED (
    SELECT c.*,
           CASE c.relkind
               WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
               WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'composite type' ELSE 'table' END AS kind
    FROM pg_class c
    WHERE c.oid = ANY (ARRAY(
              SELECT m.oid FROM member m WHERE m.classid = 'pg_class'::regclass
              UNION ALL
              SELECT t.typrelid FROM type t WHERE t.typtype = 'c'))
      AND c.relnamespace = (SELECT oid FROM home)
),
routine AS MATERIALIZED (
    SELECT p.*
    FROM pg_proc p
    WHERE p.oid = ANY (ARRAY(SELECT m.oid FROM member m WHERE m.classid = 'pg_proc'::regclass))
      AND p.pronamespace = (SELECT oid FROM home)
),
object (kind, identity, part_of, classid, oid, subid, owner, acl, definition) AS (
${objects}
)
SELECT o.kind, o.identity, o.part_of, o.definition,
       pg_get_userbyid(o.owner)::text AS "owner of",
       CASE WHEN o.acl IS NOT NULL THEN
           (SELECT string_agg(p, ', ' ORDER BY p COLLATE "C")
            FROM aclexplode(o.acl) x
            CROSS JOIN LATERAL (SELECT format('%s=%s%s/%s',
                CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee)::text END, x.privilege_type,
                CASE WHEN x.is_grantable THEN '*' ELSE '' END, pg_get_userbyid(x.grantor))) privilege(p)) END
           AS "privileges on",
       (SELECT c.description FROM pg_description c
        WHERE c.objoid = o.oid AND c.classoid = o.classid AND c.objsubid = o.subid
          AND o.classid <> 'pg_namespace'::regclass) AS "comment on",
       CASE WHEN EXISTS (SELECT FROM pg_seclabel) THEN
           (SELECT string_agg(l.provider || '=' || l.label, ', ' ORDER BY l.provider COLLATE "C") FROM pg_seclabel l
            WHERE l.objoid = o.oid AND l.classoid = o.classid AND l.objsubid = o.subid) END AS "security labels of",
       -- Extensions that it is a member of (e), or depends on (x).
       (SELECT string_agg(d.deptype::text || ' ' || quote_ident(e.extname), ', ' ORDER BY e.extname COLLATE "C")
        FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
        WHERE d.classid = o.classid AND d.objid = o.oid AND d.objsubid = 0 AND o.subid = 0
          AND d.refclassid = 'pg_extension'::regclass) AS "extension of"
FROM object o
