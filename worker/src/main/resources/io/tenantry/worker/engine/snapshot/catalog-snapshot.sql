-- Everything that a schema consists of, as rows of (kind, identity, part_of, definition). The one parameter is the schema.
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
    WHERE n.nspname = ? AND has_schema_privilege(n.oid, 'USAGE')
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
    -- part: schema
    -- Its comment is left out below: that is Tenantry's mark.
    SELECT 'schema', '', '', 'pg_namespace'::regclass::oid, h.oid, 0, h.nspowner,
           coalesce(h.nspacl, acldefault('n', h.nspowner)),
           ''
    FROM home h

    UNION ALL
    -- part: tables, views, materialized views, foreign tables
    SELECT c.kind, quote_ident(c.relname), '', 'pg_class'::regclass, c.oid, 0, c.relowner,
           coalesce(c.relacl, acldefault('r', c.relowner)),
           concat_ws(', ',
               CASE c.relkind WHEN 'p' THEN 'PARTITION BY ' || pg_get_partkeydef(c.oid) END,
               CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' END,
               'OF ' || nullif(c.reloftype, 0)::regtype,
               (SELECT 'INHERITS ' || string_agg(
                           i.inhparent::regclass || CASE WHEN i.inhdetachpending THEN ' DETACH PENDING' ELSE '' END,
                           ', ' ORDER BY i.inhseqno)
                FROM pg_inherits i WHERE i.inhrelid = c.oid),
               pg_get_expr(c.relpartbound, c.oid),
               (SELECT 'USING ' || quote_ident(m.amname) FROM pg_am m WHERE m.oid = c.relam),
               (SELECT 'WITH ' || string_agg(o, ' ' ORDER BY o COLLATE "C") FROM unnest(c.reloptions) o),
               (SELECT 'TOAST WITH ' || string_agg(o, ' ' ORDER BY o COLLATE "C")
                FROM pg_class t, unnest(t.reloptions) o WHERE t.oid = c.reltoastrelid),
               (SELECT 'TABLESPACE ' || quote_ident(s.spcname) FROM pg_tablespace s WHERE s.oid = c.reltablespace),
               CASE WHEN c.relrowsecurity THEN 'ENABLE ROW LEVEL SECURITY' END,
               CASE WHEN c.relforcerowsecurity THEN 'FORCE ROW LEVEL SECURITY' END,
               CASE c.relreplident
                   WHEN 'f' THEN 'REPLICA IDENTITY FULL' WHEN 'n' THEN 'REPLICA IDENTITY NOTHING'
                   WHEN 'i' THEN 'REPLICA IDENTITY USING INDEX' END,
               (SELECT 'SERVER ' || quote_ident(s.srvname) FROM pg_foreign_table f
                JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid),
               (SELECT 'OPTIONS ' || string_agg(o, ' ' ORDER BY o COLLATE "C")
                FROM pg_foreign_table f, unnest(f.ftoptions) o WHERE f.ftrelid = c.oid),
               CASE WHEN NOT c.relispopulated THEN 'WITH NO DATA' END,
               CASE WHEN c.relkind IN ('v', 'm') THEN 'AS ' || pg_get_viewdef(c.oid) END)
    FROM relation c
    WHERE c.relkind NOT IN ('S', 'c')

    UNION ALL
    -- part: columns
    SELECT 'column', quote_ident(c.relname) || '.' || quote_ident(a.attname), c.kind || ' ' || quote_ident(c.relname),
           'pg_class'::regclass, c.oid, a.attnum, NULL, a.attacl,
           concat_ws(' ',
               format_type(a.atttypid, a.atttypmod),
               CASE WHEN a.attcollation <> t.typcollation THEN 'COLLATE ' || a.attcollation::regcollation END,
               CASE WHEN a.attnotnull THEN 'NOT NULL' END,
               CASE a.attidentity
                   WHEN 'a' THEN 'GENERATED ALWAYS AS IDENTITY' WHEN 'd' THEN 'GENERATED BY DEFAULT AS IDENTITY' END,
               CASE a.attgenerated
                   WHEN '' THEN 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)
                   ELSE 'GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') '
                       || CASE a.attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END END,
               CASE WHEN a.attstorage <> t.typstorage THEN 'STORAGE ' || a.attstorage::text END,
               CASE WHEN a.attcompression <> '' THEN 'COMPRESSION ' || a.attcompression::text END,
               'STATISTICS ' || nullif(a.attstattarget, -1),
               (SELECT 'SET ' || string_agg(o, ' ' ORDER BY o COLLATE "C") FROM unnest(a.attoptions) o),
               (SELECT 'OPTIONS ' || string_agg(o, ' ' ORDER BY o COLLATE "C") FROM unnest(a.attfdwoptions) o),
               CASE WHEN a.attinhcount > 0 THEN
                   'inherited ' || a.attinhcount || CASE WHEN a.attislocal THEN ' and local' ELSE '' END END,
               '(position ' || row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum) || ')')
    FROM relation c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind <> 'S'

    UNION ALL
    -- part: constraints of tables
    -- Whether the server's own triggers of a foreign key fire is seen nowhere else.
    SELECT 'constraint', quote_ident(c.relname) || '.' || quote_ident(k.conname),
           c.kind || ' ' || quote_ident(c.relname), 'pg_constraint'::regclass, k.oid, 0, NULL, NULL,
           concat_ws(', ',
               pg_get_constraintdef(k.oid),
               'index ' || nullif(k.conindid, 0)::regclass,
               CASE WHEN NOT k.conislocal OR k.coninhcount > 0 THEN
                   'inherited ' || k.coninhcount || CASE WHEN k.conislocal THEN ' and local' ELSE '' END END,
               CASE WHEN k.contype = 'f' OR k.condeferrable THEN
                   (SELECT 'triggers ' || string_agg(DISTINCT g.tgenabled::text, ' ')
                    FROM pg_trigger g
                    WHERE g.tgrelid IN (k.conrelid, k.confrelid) AND g.tgconstraint = k.oid
                      AND g.tgisinternal AND g.tgenabled <> 'O') END)
    FROM relation c
    JOIN pg_constraint k ON k.conrelid = c.oid

    UNION ALL
    -- part: constraints of domains
    -- Nearly all rows have the same contypid, 0: the planner would read the whole catalog.
    SELECT 'constraint', quote_ident(t.typname) || '.' || quote_ident(k.conname),
           t.kind || ' ' || quote_ident(t.typname), 'pg_constraint'::regclass, k.oid, 0, NULL, NULL,
           pg_get_constraintdef(k.oid)
    FROM type t
    JOIN pg_constraint k ON k.contypid = t.oid
    WHERE k.oid = ANY (ARRAY(
              SELECT d.objid FROM pg_depend d
              WHERE d.refclassid = 'pg_type'::regclass AND d.classid = 'pg_constraint'::regclass
                AND d.refobjid = ANY (ARRAY(SELECT oid FROM type WHERE typtype = 'd'))))

    UNION ALL
    -- part: indexes
    SELECT 'index', quote_ident(i.relname), c.kind || ' ' || quote_ident(c.relname),
           'pg_class'::regclass, i.oid, 0, NULL, NULL,
           concat_ws(', ',
               pg_get_indexdef(i.oid, 0, true),
               CASE WHEN NOT x.indisvalid THEN 'invalid' END,
               CASE WHEN NOT x.indisready THEN 'not ready' END,
               CASE WHEN NOT x.indislive THEN 'not live' END,
               CASE WHEN x.indisprimary THEN 'primary' END,
               CASE WHEN NOT x.indimmediate THEN 'deferrable' END,
               CASE WHEN x.indisclustered THEN 'clustered' END,
               CASE WHEN x.indisreplident THEN 'replica identity' END,
               (SELECT 'partition of ' || p.inhparent::regclass FROM pg_inherits p WHERE p.inhrelid = i.oid),
               (SELECT 'tablespace ' || quote_ident(s.spcname) FROM pg_tablespace s WHERE s.oid = i.reltablespace),
               (SELECT 'statistics ' || string_agg(a.attnum || '=' || a.attstattarget, ' ' ORDER BY a.attnum)
                FROM pg_attribute a WHERE a.attrelid = i.oid AND a.attstattarget <> -1))
    FROM relation c
    JOIN pg_index x ON x.indrelid = c.oid
    JOIN pg_class i ON i.oid = x.indexrelid

    UNION ALL
    -- part: sequences
    -- Their state is data: see DataSnapshot.
    SELECT 'sequence', quote_ident(c.relname), '', 'pg_class'::regclass, c.oid, 0, c.relowner,
           coalesce(c.relacl, acldefault('s', c.relowner)),
           concat_ws(' ',
               CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' END,
               'AS', format_type(s.seqtypid, NULL),
               'START', s.seqstart, 'INCREMENT', s.seqincrement, 'MINVALUE', s.seqmin, 'MAXVALUE', s.seqmax,
               'CACHE', s.seqcache, CASE WHEN s.seqcycle THEN 'CYCLE' END,
               (SELECT CASE d.deptype WHEN 'i' THEN 'IDENTITY OF ' ELSE 'OWNED BY ' END
                       || d.refobjid::regclass || '.' || quote_ident(a.attname)
                FROM pg_depend d
                JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
                  AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))
    FROM relation c
    JOIN pg_sequence s ON s.seqrelid = c.oid

    UNION ALL
    -- part: rules
    SELECT 'rule', quote_ident(c.relname) || '.' || quote_ident(r.rulename), c.kind || ' ' || quote_ident(c.relname),
           'pg_rewrite'::regclass, r.oid, 0, NULL, NULL,
           concat_ws(', ', 'enabled ' || r.ev_enabled::text, pg_get_ruledef(r.oid, true))
    FROM relation c
    JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN'

    UNION ALL
    -- part: triggers
    SELECT 'trigger', quote_ident(c.relname) || '.' || quote_ident(g.tgname), c.kind || ' ' || quote_ident(c.relname),
           'pg_trigger'::regclass, g.oid, 0, NULL, NULL,
           concat_ws(', ',
               'enabled ' || g.tgenabled::text,
               CASE WHEN g.tgparentid <> 0 THEN 'of the partitioned table' END,
               pg_get_triggerdef(g.oid, true))
    FROM relation c
    JOIN pg_trigger g ON g.tgrelid = c.oid AND NOT g.tgisinternal

    UNION ALL
    -- part: policies
    SELECT 'policy', quote_ident(c.relname) || '.' || quote_ident(p.polname), c.kind || ' ' || quote_ident(c.relname),
           'pg_policy'::regclass, p.oid, 0, NULL, NULL,
           concat_ws(' ',
               CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
               'FOR ' || p.polcmd::text,
               (SELECT 'TO ' || string_agg(r, ', ' ORDER BY r COLLATE "C")
                FROM unnest(p.polroles) role,
                     LATERAL (SELECT CASE role WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(role)::text END) name(r)),
               'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
               'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
    FROM relation c
    JOIN pg_policy p ON p.polrelid = c.oid

    UNION ALL
    -- part: extended statistics
    SELECT 'statistics',
           concat_ws('.', CASE WHEN NOT pg_statistics_obj_is_visible(s.oid) THEN s.stxnamespace::regnamespace END,
               quote_ident(s.stxname)), '',
           'pg_statistic_ext'::regclass, s.oid, 0, s.stxowner, NULL,
           concat_ws(', ',
               replace(pg_get_statisticsobjdef(s.oid),
                   format('CREATE STATISTICS %s.', s.stxnamespace::regnamespace), 'CREATE STATISTICS '),
               'statistics ' || nullif(s.stxstattarget, -1))
    FROM pg_statistic_ext s
    WHERE s.oid = ANY (ARRAY(
              SELECT m.oid FROM member m WHERE m.classid = 'pg_statistic_ext'::regclass
              UNION ALL
              SELECT o.oid FROM relation c JOIN pg_statistic_ext o ON o.stxrelid = c.oid))

    UNION ALL
    -- part: functions, procedures, window functions
    SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, p.oid::regprocedure::text, '',
           'pg_proc'::regclass, p.oid, 0, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)),
           pg_get_functiondef(p.oid)
    FROM routine p
    WHERE p.prokind <> 'a'

    UNION ALL
    -- part: aggregates
    SELECT 'aggregate', p.oid::regprocedure::text, '',
           'pg_proc'::regclass, p.oid, 0, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)),
           concat_ws(', ',
               'arguments ' || pg_get_function_arguments(p.oid), 'result ' || pg_get_function_result(p.oid),
               'kind ' || a.aggkind::text, 'direct arguments ' || a.aggnumdirectargs, 'parallel ' || p.proparallel::text,
               'sfunc ' || nullif(a.aggtransfn::oid, 0)::regprocedure,
               'stype ' || nullif(a.aggtranstype, 0)::regtype, 'sspace ' || nullif(a.aggtransspace, 0),
               'finalfunc ' || nullif(a.aggfinalfn::oid, 0)::regprocedure,
               'finalfunc extra ' || nullif(a.aggfinalextra, false), 'finalfunc modify ' || a.aggfinalmodify::text,
               'combinefunc ' || nullif(a.aggcombinefn::oid, 0)::regprocedure,
               'serialfunc ' || nullif(a.aggserialfn::oid, 0)::regprocedure,
               'deserialfunc ' || nullif(a.aggdeserialfn::oid, 0)::regprocedure,
               'initcond ' || quote_literal(a.agginitval),
               'msfunc ' || nullif(a.aggmtransfn::oid, 0)::regprocedure,
               'minvfunc ' || nullif(a.aggminvtransfn::oid, 0)::regprocedure,
               'mstype ' || nullif(a.aggmtranstype, 0)::regtype, 'msspace ' || nullif(a.aggmtransspace, 0),
               'mfinalfunc ' || nullif(a.aggmfinalfn::oid, 0)::regprocedure,
               'mfinalfunc extra ' || nullif(a.aggmfinalextra, false), 'mfinalfunc modify ' || a.aggmfinalmodify::text,
               'minitcond ' || quote_literal(a.aggminitval),
               'sortop ' || nullif(a.aggsortop, 0)::regoperator)
    FROM routine p
    JOIN pg_aggregate a ON a.aggfnoid = p.oid

    UNION ALL
    -- part: composite types, enums, domains, range and multirange types, base types, shell types
    -- What a base type has besides its functions only CREATE TYPE of a superuser can say.
    SELECT t.kind, quote_ident(t.typname), '', 'pg_type'::regclass, t.oid, 0, t.typowner,
           coalesce(t.typacl, acldefault('T', t.typowner)),
           concat_ws(', ',
               (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
                FROM pg_enum e WHERE e.enumtypid = t.oid),
               CASE WHEN t.typtype = 'd' THEN concat_ws(' ',
                   'AS', format_type(t.typbasetype, t.typtypmod),
                   CASE WHEN t.typcollation <> 0 THEN 'COLLATE ' || t.typcollation::regcollation END,
                   CASE WHEN t.typnotnull THEN 'NOT NULL' END,
                   'DEFAULT ' || coalesce(pg_get_expr(t.typdefaultbin, 0), t.typdefault)) END,
               (SELECT concat_ws(', ',
                           'subtype ' || r.rngsubtype::regtype,
                           'multirange type ' || r.rngmultitypid::regtype,
                           'collation ' || nullif(r.rngcollation, 0)::regcollation,
                           'canonical ' || nullif(r.rngcanonical::oid, 0)::regprocedure,
                           'subtype diff ' || nullif(r.rngsubdiff::oid, 0)::regprocedure,
                           (SELECT 'operator class ' || concat_ws('.',
                                       CASE WHEN NOT pg_opclass_is_visible(o.oid) THEN o.opcnamespace::regnamespace END,
                                       quote_ident(o.opcname))
                            FROM pg_opclass o WHERE o.oid = r.rngsubopc))
                FROM pg_range r WHERE r.rngtypid = t.oid),
               CASE WHEN t.typtype = 'b' THEN concat_ws(' ',
                   'length', t.typlen, 'by value', t.typbyval, 'alignment', t.typalign, 'storage', t.typstorage,
                   'category', t.typcategory, 'preferred', t.typispreferred, 'delimiter', t.typdelim,
                   'element', t.typelem::regtype, 'subscript', t.typsubscript, 'collatable', t.typcollation <> 0,
                   'default', quote_nullable(t.typdefault),
                   'in', t.typinput, 'out', t.typoutput, 'receive', t.typreceive, 'send', t.typsend,
                   'typmod in', t.typmodin, 'typmod out', t.typmodout, 'analyze', t.typanalyze) END)
    FROM type t

    UNION ALL
    -- part: casts that involve a type or a function of the schema
    SELECT 'cast', format('(%s AS %s)', k.castsource::regtype, k.casttarget::regtype), '',
           'pg_cast'::regclass, k.oid, 0, NULL, NULL,
           concat_ws(', ', 'method ' || k.castmethod::text, 'context ' || k.castcontext::text,
               'function ' || nullif(k.castfunc, 0)::regprocedure)
    FROM pg_cast k
    WHERE k.oid = ANY (ARRAY(
              SELECT d.objid FROM pg_depend d
              WHERE d.refclassid = 'pg_type'::regclass AND d.classid = 'pg_cast'::regclass
                AND d.refobjid = ANY (ARRAY(SELECT oid FROM type UNION ALL SELECT reltype FROM relation))
              UNION ALL
              SELECT d.objid FROM pg_depend d
              WHERE d.refclassid = 'pg_proc'::regclass AND d.classid = 'pg_cast'::regclass
                AND d.refobjid = ANY (ARRAY(SELECT oid FROM routine))))

    UNION ALL
    -- part: transforms that involve a type or a function of the schema
    SELECT 'transform', format('%s LANGUAGE %I', f.trftype::regtype, l.lanname), '',
           'pg_transform'::regclass, f.oid, 0, NULL, NULL,
           concat_ws(', ', 'from SQL ' || nullif(f.trffromsql::oid, 0)::regprocedure,
               'to SQL ' || nullif(f.trftosql::oid, 0)::regprocedure)
    FROM pg_transform f
    JOIN pg_language l ON l.oid = f.trflang
    WHERE f.oid = ANY (ARRAY(
              SELECT d.objid FROM pg_depend d
              WHERE d.refclassid = 'pg_type'::regclass AND d.classid = 'pg_transform'::regclass
                AND d.refobjid = ANY (ARRAY(SELECT oid FROM type UNION ALL SELECT reltype FROM relation))
              UNION ALL
              SELECT d.objid FROM pg_depend d
              WHERE d.refclassid = 'pg_proc'::regclass AND d.classid = 'pg_transform'::regclass
                AND d.refobjid = ANY (ARRAY(SELECT oid FROM routine))))

    UNION ALL
    -- part: operators
    SELECT 'operator', o.oid::regoperator::text, '', 'pg_operator'::regclass, o.oid, 0, o.oprowner, NULL,
           concat_ws(', ',
               'result ' || nullif(o.oprresult, 0)::regtype, 'function ' || nullif(o.oprcode::oid, 0)::regprocedure,
               'commutator ' || nullif(o.oprcom, 0)::regoperator, 'negator ' || nullif(o.oprnegate, 0)::regoperator,
               'restrict ' || nullif(o.oprrest::oid, 0)::regprocedure,
               'join ' || nullif(o.oprjoin::oid, 0)::regprocedure,
               CASE WHEN o.oprcanhash THEN 'hashes' END, CASE WHEN o.oprcanmerge THEN 'merges' END)
    FROM pg_operator o
    WHERE o.oid = ANY (ARRAY(SELECT m.oid FROM member m WHERE m.classid = 'pg_operator'::regclass))
      AND o.oprnamespace = (SELECT oid FROM home)

    UNION ALL
    -- part: operator classes
    SELECT 'operator class', format('%I USING %I', o.opcname, m.amname), '',
           'pg_opclass'::regclass, o.oid, 0, o.opcowner, NULL,
           concat_ws(', ', 'for ' || o.opcintype::regtype, CASE WHEN o.opcdefault THEN 'default' END,
               'storage ' || nullif(o.opckeytype, 0)::regtype,
               (SELECT 'family ' || concat_ws('.',
                           CASE WHEN NOT pg_opfamily_is_visible(f.oid) THEN f.opfnamespace::regnamespace END,
                           quote_ident(f.opfname))
                FROM pg_opfamily f WHERE f.oid = o.opcfamily))
    FROM pg_opclass o
    JOIN pg_am m ON m.oid = o.opcmethod
    WHERE o.oid = ANY (ARRAY(SELECT m.oid FROM member m WHERE m.classid = 'pg_opclass'::regclass))
      AND o.opcnamespace = (SELECT oid FROM home)

    UNION ALL
    -- part: operator families and their members
    SELECT 'operator family', format('%I USING %I', f.opfname, m.amname), '',
           'pg_opfamily'::regclass, f.oid, 0, f.opfowner, NULL,
           concat_ws(', ',
               (SELECT string_agg(
                           format('operator %s %s%s', o.amopstrategy, o.amopopr::regoperator,
                               CASE o.amoppurpose WHEN 'o' THEN ' for order by ' || concat_ws('.',
                                   CASE WHEN NOT pg_opfamily_is_visible(b.oid) THEN b.opfnamespace::regnamespace END,
                                   quote_ident(b.opfname)) END),
                           ', ' ORDER BY o.amoppurpose, o.amopstrategy, o.amopopr::regoperator::text COLLATE "C")
                FROM pg_amop o LEFT JOIN pg_opfamily b ON b.oid = o.amopsortfamily WHERE o.amopfamily = f.oid),
               (SELECT string_agg(
                           format('function %s (%s, %s) %s', p.amprocnum, p.amproclefttype::regtype,
                               p.amprocrighttype::regtype, p.amproc::regprocedure),
                           ', ' ORDER BY p.amprocnum, p.amproclefttype::regtype::text COLLATE "C",
                               p.amprocrighttype::regtype::text COLLATE "C")
                FROM pg_amproc p WHERE p.amprocfamily = f.oid))
    FROM pg_opfamily f
    JOIN pg_am m ON m.oid = f.opfmethod
    WHERE f.oid = ANY (ARRAY(SELECT m.oid FROM member m WHERE m.classid = 'pg_opfamily'::regclass))
      AND f.opfnamespace = (SELECT oid FROM home)

    UNION ALL
    -- part: collations
    -- The version is the operating system's, at the time when it was made; not the schema's.
    SELECT 'collation', quote_ident(c.collname), '', 'pg_collation'::regclass, c.oid, 0, c.collowner, NULL,
           concat_ws(', ',
               'provider ' || c.collprovider::text, 'encoding ' || c.collencoding,
               CASE WHEN NOT c.collisdeterministic THEN 'not deterministic' END,
               'collate ' || c.collcollate, 'ctype ' || c.collctype,
               'locale ' || coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale'),
               'rules ' || (to_jsonb(c) ->> 'collicurules'))
    FROM pg_collation c
    WHERE c.oid = ANY (ARRAY(SELECT m.oid FROM member m WHERE m.classid = 'pg_collation'::regclass))
      AND c.collnamespace = (SELECT oid FROM home)

    UNION ALL
    -- part: conversions
    SELECT 'conversion', quote_ident(c.conname), '', 'pg_conversion'::regclass, c.oid, 0, c.conowner, NULL,
           concat_ws(', ', 'from ' || pg_encoding_to_char(c.conforencoding),
               'to ' || pg_encoding_to_char(c.contoencoding),
               'function ' || c.conproc::oid::regprocedure, CASE WHEN c.condefault THEN 'default' END)
    FROM pg_conversion c
    WHERE c.oid = ANY (ARRAY(SELECT m.oid FROM member m WHERE m.classid = 'pg_conversion'::regclass))
      AND c.connamespace = (SELECT oid FROM home)

    UNION ALL
    -- part: text search configurations
    SELECT 'text search configuration', quote_ident(c.cfgname), '', 'pg_ts_config'::regclass, c.oid, 0, c.cfgowner, NULL,
           concat_ws(', ',
               (SELECT 'parser ' || concat_ws('.',
                           CASE WHEN NOT pg_ts_parser_is_visible(p.oid) THEN p.prsnamespace::regnamespace END,
                           quote_ident(p.prsname))
                FROM pg_ts_parser p WHERE p.oid = c.cfgparser),
               (SELECT string_agg(k.alias || ' with ' || m.mapdict::regdictionary, ', '
                                  ORDER BY k.alias COLLATE "C", m.mapseqno)
                FROM pg_ts_config_map m
                JOIN ts_token_type(c.cfgparser) k ON k.tokid = m.maptokentype
                WHERE m.mapcfg = c.oid))
    FROM pg_ts_config c
    WHERE c.oid = ANY (ARRAY(SELECT m.oid FROM member m WHERE m.classid = 'pg_ts_config'::regclass))
      AND c.cfgnamespace = (SELECT oid FROM home)

    UNION ALL
    -- part: text search dictionaries
    SELECT 'text search dictionary', quote_ident(d.dictname), '', 'pg_ts_dict'::regclass, d.oid, 0, d.dictowner, NULL,
           concat_ws(', ',
               (SELECT 'template ' || concat_ws('.',
                           CASE WHEN NOT pg_ts_template_is_visible(t.oid) THEN t.tmplnamespace::regnamespace END,
                           quote_ident(t.tmplname))
                FROM pg_ts_template t WHERE t.oid = d.dicttemplate),
               d.dictinitoption)
    FROM pg_ts_dict d
    WHERE d.oid = ANY (ARRAY(SELECT m.oid FROM member m WHERE m.classid = 'pg_ts_dict'::regclass))
      AND d.dictnamespace = (SELECT oid FROM home)

    UNION ALL
    -- part: text search parsers
    SELECT 'text search parser', quote_ident(p.prsname), '', 'pg_ts_parser'::regclass, p.oid, 0, NULL, NULL,
           concat_ws(', ', 'start ' || p.prsstart, 'token ' || p.prstoken, 'end ' || p.prsend,
               'headline ' || p.prsheadline, 'lextype ' || p.prslextype)
    FROM pg_ts_parser p
    WHERE p.oid = ANY (ARRAY(SELECT m.oid FROM member m WHERE m.classid = 'pg_ts_parser'::regclass))
      AND p.prsnamespace = (SELECT oid FROM home)

    UNION ALL
    -- part: text search templates
    SELECT 'text search template', quote_ident(t.tmplname), '', 'pg_ts_template'::regclass, t.oid, 0, NULL, NULL,
           concat_ws(', ', 'init ' || t.tmplinit, 'lexize ' || t.tmpllexize)
    FROM pg_ts_template t
    WHERE t.oid = ANY (ARRAY(SELECT m.oid FROM member m WHERE m.classid = 'pg_ts_template'::regclass))
      AND t.tmplnamespace = (SELECT oid FROM home)

    UNION ALL
    -- part: default privileges in the schema
    SELECT 'default privileges', format('of %s on %s', pg_get_userbyid(d.defaclrole), d.defaclobjtype), '',
           'pg_default_acl'::regclass, d.oid, 0, NULL, d.defaclacl, ''
    FROM pg_default_acl d
    WHERE d.oid = ANY (ARRAY(SELECT m.oid FROM member m WHERE m.classid = 'pg_default_acl'::regclass))

    UNION ALL
    -- part: extensions
    SELECT 'extension', quote_ident(e.extname), '', 'pg_extension'::regclass, e.oid, 0, e.extowner, NULL,
           'version ' || e.extversion
    FROM pg_extension e
    WHERE e.oid = ANY (ARRAY(SELECT m.oid FROM member m WHERE m.classid = 'pg_extension'::regclass))
      AND e.extnamespace = (SELECT oid FROM home)

    UNION ALL
    -- part: membership of tables in publications
    -- PostgreSQL 14 has neither prqual nor prattrs: there the names mean the nulls of "older".
    SELECT 'published table', format('%I in %I', c.relname, p.pubname), c.kind || ' ' || quote_ident(c.relname),
           'pg_publication_rel'::regclass, r.oid, 0, NULL, NULL,
           concat_ws(' ',
               (SELECT '(' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')'
                FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs)),
               'WHERE ' || pg_get_expr(r.prqual, c.oid))
    FROM relation c
    CROSS JOIN (SELECT NULL::pg_node_tree AS prqual, NULL::int2vector AS prattrs) older
    CROSS JOIN LATERAL (
        SELECT m.oid, m.prpubid, prqual, prattrs FROM pg_publication_rel m WHERE m.prrelid = c.oid) r
    JOIN pg_publication p ON p.oid = r.prpubid

    UNION ALL
    -- part: whatever else is tied to the schema
    -- Such as its membership in publications, whose catalog PostgreSQL 14 does not have.
    SELECT i.type, replace(i.identity, quote_ident(h.nspname) || ' in ', 'schema in '), '',
           m.classid, m.oid, 0, NULL, NULL, ''
    FROM home h
    CROSS JOIN member m
    CROSS JOIN LATERAL pg_identify_object(m.classid, m.oid, 0) i
    WHERE m.classid <> ALL (ARRAY[
              'pg_class', 'pg_type', 'pg_proc', 'pg_operator', 'pg_opclass', 'pg_opfamily', 'pg_collation',
              'pg_conversion', 'pg_ts_config', 'pg_ts_dict', 'pg_ts_parser', 'pg_ts_template', 'pg_statistic_ext',
              'pg_default_acl', 'pg_extension', 'pg_rewrite', 'pg_attrdef', 'pg_constraint', 'pg_policy', 'pg_trigger'
          ]::regclass[]::oid[])
)
SELECT a.kind, o.identity, a.part_of, a.definition
FROM object o
CROSS JOIN LATERAL (VALUES
    -- aspect: definition
    (o.kind, o.part_of, o.definition),
    -- aspect: owner
    ('owner of ' || o.kind, concat_ws(' ', o.kind, nullif(o.identity, '')), pg_get_userbyid(o.owner)::text),
    -- aspect: privileges
    ('privileges on ' || o.kind, concat_ws(' ', o.kind, nullif(o.identity, '')),
     (SELECT string_agg(p, ', ' ORDER BY p COLLATE "C")
      FROM aclexplode(o.acl) x
      CROSS JOIN LATERAL (SELECT format('%s=%s%s/%s',
          CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee)::text END, x.privilege_type,
          CASE WHEN x.is_grantable THEN '*' ELSE '' END, pg_get_userbyid(x.grantor))) privilege(p))),
    -- aspect: comment
    ('comment on ' || o.kind, concat_ws(' ', o.kind, nullif(o.identity, '')),
     (SELECT c.description FROM pg_description c
      WHERE c.objoid = o.oid AND c.classoid = o.classid AND c.objsubid = o.subid
        AND o.classid <> 'pg_namespace'::regclass)),
    -- aspect: security labels
    ('security labels of ' || o.kind, concat_ws(' ', o.kind, nullif(o.identity, '')),
     (SELECT string_agg(l.provider || '=' || l.label, ', ' ORDER BY l.provider COLLATE "C") FROM pg_seclabel l
      WHERE l.objoid = o.oid AND l.classoid = o.classid AND l.objsubid = o.subid)),
    -- aspect: extensions it is a member of (e), or depends on (x)
    ('extension of ' || o.kind, concat_ws(' ', o.kind, nullif(o.identity, '')),
     (SELECT string_agg(d.deptype::text || ' ' || quote_ident(e.extname), ', ' ORDER BY e.extname COLLATE "C")
      FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
      WHERE d.classid = o.classid AND d.objid = o.oid AND d.objsubid = 0 AND o.subid = 0
        AND d.refclassid = 'pg_extension'::regclass))
) a (kind, part_of, definition)
WHERE a.definition IS NOT NULL
