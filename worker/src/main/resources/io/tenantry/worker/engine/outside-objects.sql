-- What the transaction in which this runs has made or changed outside a schema, as rows of (name, relation).
-- The parameters are the schema, twice.
--
-- Relations tell by their locks, which last until the end: without a look at every table of every tenant. A lock weaker
-- than these is taken by who reads, or refers to a table by a foreign key, and that is allowed. A relation that was
-- dropped has no name any more, so that the caller must look for it after a rollback.
--
-- Of other objects, the rows that this transaction or a part of it wrote: visible, though still in progress.
WITH written AS MATERIALIZED (
    SELECT pg_current_xact_id()::text::bigint AS top, (SELECT n.oid FROM pg_namespace n WHERE n.nspname = ?) AS home
),
object (name, namespace, row_xid) AS (
    SELECT 'schema ' || quote_ident(nspname), oid, xmin FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
    UNION ALL SELECT 'function ' || oid::regprocedure, pronamespace, xmin FROM pg_proc
    UNION ALL SELECT 'type ' || oid::regtype, typnamespace, xmin FROM pg_type WHERE typtype IN ('d', 'e', 'r', 'b') AND typcategory <> 'A'
    UNION ALL SELECT format('constraint %I of %s', conname, conrelid::regclass), connamespace, xmin FROM pg_constraint
    UNION ALL SELECT format('trigger %I of %s', t.tgname, t.tgrelid::regclass), c.relnamespace, t.xmin
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL SELECT format('policy %I of %s', p.polname, p.polrelid::regclass), c.relnamespace, p.xmin
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    UNION ALL SELECT format('rule %I of %s', r.rulename, r.ev_class::regclass), c.relnamespace, r.xmin
        FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
    UNION ALL SELECT 'operator ' || oid::regoperator, oprnamespace, xmin FROM pg_operator
    UNION ALL SELECT 'operator class ' || quote_ident(opcname), opcnamespace, xmin FROM pg_opclass
    UNION ALL SELECT 'collation ' || quote_ident(collname), collnamespace, xmin FROM pg_collation
    UNION ALL SELECT 'conversion ' || quote_ident(conname), connamespace, xmin FROM pg_conversion
    UNION ALL SELECT 'text search configuration ' || quote_ident(cfgname), cfgnamespace, xmin FROM pg_ts_config
    UNION ALL SELECT 'text search dictionary ' || quote_ident(dictname), dictnamespace, xmin FROM pg_ts_dict
    UNION ALL SELECT 'statistics ' || quote_ident(stxname), stxnamespace, xmin FROM pg_statistic_ext
    UNION ALL SELECT 'default privileges', defaclnamespace, xmin FROM pg_default_acl
    UNION ALL SELECT 'extension ' || quote_ident(extname), 0, xmin FROM pg_extension
    UNION ALL SELECT format('cast from %s to %s', castsource::regtype, casttarget::regtype), 0, xmin FROM pg_cast
    UNION ALL SELECT 'language ' || quote_ident(lanname), 0, xmin FROM pg_language
    UNION ALL SELECT 'event trigger ' || quote_ident(evtname), 0, xmin FROM pg_event_trigger
    UNION ALL SELECT 'publication ' || quote_ident(pubname), 0, xmin FROM pg_publication
    UNION ALL SELECT 'foreign data wrapper ' || quote_ident(fdwname), 0, xmin FROM pg_foreign_data_wrapper
    UNION ALL SELECT 'server ' || quote_ident(srvname), 0, xmin FROM pg_foreign_server
    UNION ALL SELECT 'access method ' || quote_ident(amname), 0, xmin FROM pg_am
    UNION ALL SELECT 'settings of a role or database', 0, xmin FROM pg_db_role_setting
    UNION ALL SELECT 'database ' || quote_ident(datname), 0, xmin FROM pg_database
),
recent AS MATERIALIZED (
    SELECT o.name, o.row_xid
    FROM object o, written w
    WHERE age(o.row_xid) <= age((w.top::text)::xid8::xid)
      AND o.namespace <> w.home
      AND o.namespace <> coalesce(nullif(pg_my_temp_schema(), 0), w.home)
)
SELECT r.name, NULL::oid
FROM recent r, written w
WHERE pg_xact_status(((w.top + (r.row_xid::text::bigint - w.top % 4294967296 + 4294967296) % 4294967296)::text)::xid8) = 'in progress'
UNION
SELECT CASE c.relkind WHEN 'i' THEN 'index ' WHEN 'I' THEN 'index ' WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view '
           WHEN 'S' THEN 'sequence ' ELSE 'table ' END || format('%I.%I', n.nspname, c.relname), NULL
FROM pg_locks l
    JOIN pg_class c ON c.oid = l.relation
    JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation'
  AND l.mode IN ('RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
  AND n.nspname NOT IN (?, 'pg_catalog', 'pg_toast', 'information_schema')
  AND n.oid <> pg_my_temp_schema()
  AND NOT (c.relkind = 'S' AND l.mode = 'RowExclusiveLock')
UNION
SELECT NULL, l.relation
FROM pg_locks l
WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
  AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
  AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = l.relation)
