-- The objects that most schemas do not have. catalog-objects.sql tells whether this schema may have some.

-- part: constraints of domains
-- Nearly all rows have the same contypid, 0: the planner would read the whole catalog.
SELECT 'constraint', quote_ident(t.typname) || '.' || quote_ident(k.conname),
       t.kind || ' ' || quote_ident(t.typname), 'pg_constraint'::regclass::oid, k.oid, 0, NULL::oid, NULL::aclitem[],
       pg_get_constraintdef(k.oid)
FROM type t
JOIN pg_constraint k ON k.contypid = t.oid
WHERE k.oid = ANY (ARRAY(
          SELECT d.objid FROM pg_depend d
          WHERE d.refclassid = 'pg_type'::regclass AND d.classid = 'pg_constraint'::regclass
            AND d.refobjid = ANY (ARRAY(SELECT oid FROM type WHERE typtype = 'd'))))

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
