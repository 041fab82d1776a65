-- The objects outside a schema that the current transaction has made or changed, as rows of (name, class, id, state, extension,
-- tenants, trace). "extension": the object belongs to an extension. "tenants": it is the tenant's own although it is in no
-- schema, as a role can be. A trace differs when an object is changed again. The parameters are what the names of the tenant's own objects contain (empty for none), and the schema, three times.
--
-- A row with a name and no state: the object was made or changed. A row without a name: the object was dropped, or is only
-- locked. A row with a state: the object may have been changed; a relation may also be locked because a foreign key was
-- dropped. For the last two kinds, the caller compares class, id and state after a rollback.
--
-- Changes of relations are known by their locks, which last until the end of the transaction, so that no table of a tenant
-- is read. Readers and foreign keys take weaker locks, and are allowed. Changes of other objects are known by the rows of
-- catalogs that this transaction or a subtransaction wrote: visible, though still in progress.
WITH written AS MATERIALIZED (
    SELECT pg_current_xact_id()::text::bigint AS top, n.oid AS home,
           nullif(?::text, '') AS tenant
    FROM pg_namespace n WHERE n.nspname = ?
),
object (name, class, id, namespace, row_xid) AS (
/*objects*/
    -- A GRANT on a table takes no lock.
    UNION ALL SELECT NULL, 'pg_class'::regclass::oid, oid, relnamespace, xmin FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
),
recent AS MATERIALIZED (
    -- Without a join, so that the conditions are checked on each catalog before the names are built, which costs most.
    SELECT o.name, o.class, o.id, o.row_xid
    FROM object o
    WHERE age(o.row_xid) <= (SELECT age((w.top::text)::xid8::xid) FROM written w)
      AND o.namespace <> (SELECT w.home FROM written w)
      AND o.namespace <> coalesce(nullif(pg_my_temp_schema(), 0), (SELECT w.home FROM written w))
),
own AS MATERIALIZED (
    SELECT r.name, r.class, r.id, r.row_xid
    FROM recent r, written w
    WHERE pg_xact_status(((w.top + (r.row_xid::text::bigint - w.top % 4294967296 + 4294967296) % 4294967296)::text)::xid8) = 'in progress'
),
comment AS MATERIALIZED (
    SELECT 'comment on ' || pg_describe_object(d.classoid, d.objoid, 0) AS name, d.classoid AS class, d.objoid AS id, d.description AS text,
           CASE d.classoid
               WHEN 'pg_namespace'::regclass THEN d.objoid
               WHEN 'pg_proc'::regclass THEN (SELECT o.pronamespace FROM pg_proc o WHERE o.oid = d.objoid)
               WHEN 'pg_type'::regclass THEN (SELECT o.typnamespace FROM pg_type o WHERE o.oid = d.objoid)
               WHEN 'pg_constraint'::regclass THEN (SELECT o.connamespace FROM pg_constraint o WHERE o.oid = d.objoid)
               WHEN 'pg_operator'::regclass THEN (SELECT o.oprnamespace FROM pg_operator o WHERE o.oid = d.objoid)
               WHEN 'pg_opclass'::regclass THEN (SELECT o.opcnamespace FROM pg_opclass o WHERE o.oid = d.objoid)
               WHEN 'pg_opfamily'::regclass THEN (SELECT o.opfnamespace FROM pg_opfamily o WHERE o.oid = d.objoid)
               WHEN 'pg_collation'::regclass THEN (SELECT o.collnamespace FROM pg_collation o WHERE o.oid = d.objoid)
               WHEN 'pg_conversion'::regclass THEN (SELECT o.connamespace FROM pg_conversion o WHERE o.oid = d.objoid)
               WHEN 'pg_ts_config'::regclass THEN (SELECT o.cfgnamespace FROM pg_ts_config o WHERE o.oid = d.objoid)
               WHEN 'pg_ts_dict'::regclass THEN (SELECT o.dictnamespace FROM pg_ts_dict o WHERE o.oid = d.objoid)
               WHEN 'pg_statistic_ext'::regclass THEN (SELECT o.stxnamespace FROM pg_statistic_ext o WHERE o.oid = d.objoid)
               WHEN 'pg_cast'::regclass THEN (SELECT o.namespace FROM object o WHERE o.class = d.classoid AND o.id = d.objoid)
               WHEN 'pg_transform'::regclass THEN (SELECT o.namespace FROM object o WHERE o.class = d.classoid AND o.id = d.objoid)
               WHEN 'pg_trigger'::regclass THEN (SELECT c.relnamespace FROM pg_trigger o JOIN pg_class c ON c.oid = o.tgrelid WHERE o.oid = d.objoid)
               WHEN 'pg_policy'::regclass THEN (SELECT c.relnamespace FROM pg_policy o JOIN pg_class c ON c.oid = o.polrelid WHERE o.oid = d.objoid)
               WHEN 'pg_rewrite'::regclass THEN (SELECT c.relnamespace FROM pg_rewrite o JOIN pg_class c ON c.oid = o.ev_class WHERE o.oid = d.objoid)
               ELSE 0 END AS namespace
    FROM pg_description d, written w
    WHERE d.classoid <> 'pg_class'::regclass AND age(d.xmin) <= age((w.top::text)::xid8::xid)
      AND pg_xact_status(((w.top + (d.xmin::text::bigint - w.top % 4294967296 + 4294967296) % 4294967296)::text)::xid8) = 'in progress'
),
locked AS MATERIALIZED (
    SELECT l.locktype, l.relation, l.classid, l.objid, l.mode,
           l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()) AS here
    FROM pg_locks l WHERE l.pid = pg_backend_pid() AND l.locktype IN ('relation', 'object')
)
SELECT o.name, o.class, o.id, /*large object*/ AS state,
       EXISTS (SELECT FROM pg_depend d WHERE d.classid = o.class AND d.objid = o.id AND d.deptype = 'e') AS extension,
       o.class = 'pg_largeobject'::regclass
           OR o.class IN ('pg_authid'::regclass, 'pg_auth_members'::regclass, 'pg_default_acl'::regclass, 'pg_db_role_setting'::regclass, 'pg_foreign_server'::regclass,
                          'pg_publication'::regclass, 'pg_shdescription'::regclass, 'pg_user_mapping'::regclass)
               AND o.name LIKE '%' || w.tenant || '%'
               -- A publication of all tables also publishes other tenants' tables, whose updates fail without a replica identity.
               AND NOT EXISTS (SELECT FROM pg_publication p WHERE p.oid = o.id AND p.puballtables) AS tenants,
       o.row_xid::text AS trace
FROM own o, written w WHERE o.name IS NOT NULL
UNION
-- Only superusers may read the rows of roles, and nobody can read a deleted row: a lock shows that a row is written. Which
-- row it is, shared-rows.sql finds.
SELECT CASE l.relation
           WHEN 'pg_authid'::regclass THEN coalesce('role ' || quote_ident(r.rolname), 'a role')
           WHEN 'pg_auth_members'::regclass THEN 'memberships of roles'
           ELSE 'settings of a role or of the database' END,
       l.relation, 0, NULL, false, true, NULL
FROM locked l
    CROSS JOIN written w
    LEFT JOIN pg_roles r ON r.rolname LIKE '%' || w.tenant || '%' AND l.relation = 'pg_authid'::regclass
WHERE l.locktype = 'relation' AND l.mode = 'RowExclusiveLock'
  AND (l.relation = 'pg_authid'::regclass AND NOT EXISTS (SELECT FROM own o WHERE o.class = l.relation)
       -- CREATE ROLE takes this lock too.
       OR l.relation = 'pg_auth_members'::regclass
           AND NOT EXISTS (SELECT FROM locked k WHERE k.relation = 'pg_authid'::regclass AND k.mode = 'RowExclusiveLock')
           AND NOT EXISTS (SELECT FROM own o WHERE o.class = l.relation)
       OR l.relation = 'pg_db_role_setting'::regclass AND NOT EXISTS (SELECT FROM own o WHERE o.class = l.relation))
UNION
SELECT /*relation*/, NULL, NULL, NULL, /*extension*/, false,
       (pg_stat_get_xact_tuples_inserted(c.oid) + pg_stat_get_xact_tuples_updated(c.oid)
           + pg_stat_get_xact_tuples_deleted(c.oid))::text
FROM locked l
    JOIN pg_class c ON c.oid = l.relation
    JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE l.locktype = 'relation' AND l.mode IN ('RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ExclusiveLock')
  AND n.nspname NOT IN (?, 'pg_catalog', 'pg_toast', 'information_schema')
  AND n.oid <> pg_my_temp_schema() AND n.nspname !~ '^pg_toast_temp_'
  AND NOT (c.relkind = 'S' AND l.mode = 'RowExclusiveLock')
UNION
SELECT /*relation*/, 'pg_class'::regclass, c.oid, /*state*/, /*extension*/, false, NULL
FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (c.oid IN (SELECT l.relation FROM locked l WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock')
        OR c.oid IN (SELECT o.id FROM own o WHERE o.name IS NULL))
  AND n.nspname NOT IN (?, 'pg_catalog', 'pg_toast', 'information_schema')
  AND n.oid <> pg_my_temp_schema() AND n.nspname !~ '^pg_toast_temp_'
UNION
-- Comments are no parts of their objects. Comments on relations are known by the locks of the relations.
SELECT c.name, 'pg_description'::regclass, c.id, md5(c.text), false,
       c.name LIKE '%' || w.tenant || '%' OR EXISTS (SELECT FROM own o WHERE o.class = 'pg_largeobject'::regclass AND o.class = c.class AND o.id = c.id), NULL
FROM comment c, written w
WHERE c.namespace <> w.home AND c.namespace <> coalesce(nullif(pg_my_temp_schema(), 0), w.home)
  -- CREATE EXTENSION also makes comments.
  AND NOT EXISTS (SELECT FROM own o WHERE o.class = 'pg_extension'::regclass
                  AND (c.class = o.class AND c.id = o.id
                       OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = c.class AND d.objid = c.id
                                  AND d.refclassid = o.class AND d.refobjid = o.id AND d.deptype = 'e')))
UNION
SELECT NULL, 'pg_class'::regclass, l.relation, NULL, false, false, NULL
FROM locked l
WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.here
  AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = l.relation)
UNION
SELECT NULL, l.classid, l.objid, NULL, false, false, NULL
FROM locked l
WHERE l.locktype = 'object' AND l.mode = 'AccessExclusiveLock'
