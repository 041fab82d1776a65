-- The objects of a database except relations, as rows of (name, class, id, namespace, row_xid): class is the object's catalog,
-- namespace is 0 if it belongs to no schema, row_xid is the transaction that wrote it last.
SELECT 'schema ' || quote_ident(nspname), 'pg_namespace'::regclass::oid, oid, oid, xmin FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
UNION ALL SELECT 'function ' || oid::regprocedure, 'pg_proc'::regclass::oid, oid, pronamespace, xmin FROM pg_proc
UNION ALL SELECT 'type ' || oid::regtype, 'pg_type'::regclass::oid, oid, typnamespace, xmin FROM pg_type WHERE typtype IN ('d', 'e', 'r', 'b') AND typcategory <> 'A'
-- Each value of an enum is a row.
UNION ALL SELECT 'type ' || t.oid::regtype, 'pg_type'::regclass::oid, t.oid, t.typnamespace, e.xmin FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
UNION ALL SELECT format('constraint %I of %s', conname, conrelid::regclass), 'pg_constraint'::regclass::oid, oid, connamespace, xmin FROM pg_constraint
UNION ALL SELECT format('trigger %I of %s', t.tgname, t.tgrelid::regclass), 'pg_trigger'::regclass::oid, t.oid, c.relnamespace, t.xmin
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
UNION ALL SELECT format('policy %I of %s', p.polname, p.polrelid::regclass), 'pg_policy'::regclass::oid, p.oid, c.relnamespace, p.xmin
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
UNION ALL SELECT format('rule %I of %s', r.rulename, r.ev_class::regclass), 'pg_rewrite'::regclass::oid, r.oid, c.relnamespace, r.xmin
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
UNION ALL SELECT 'operator ' || oid::regoperator, 'pg_operator'::regclass::oid, oid, oprnamespace, xmin FROM pg_operator
UNION ALL SELECT 'operator class ' || quote_ident(opcname), 'pg_opclass'::regclass::oid, oid, opcnamespace, xmin FROM pg_opclass
UNION ALL SELECT 'operator family ' || quote_ident(opfname), 'pg_opfamily'::regclass::oid, oid, opfnamespace, xmin FROM pg_opfamily
UNION ALL SELECT 'operator family ' || quote_ident(f.opfname), 'pg_opfamily'::regclass::oid, f.oid, f.opfnamespace, m.xmin
    FROM pg_amop m JOIN pg_opfamily f ON f.oid = m.amopfamily
UNION ALL SELECT 'operator family ' || quote_ident(f.opfname), 'pg_opfamily'::regclass::oid, f.oid, f.opfnamespace, m.xmin
    FROM pg_amproc m JOIN pg_opfamily f ON f.oid = m.amprocfamily
UNION ALL SELECT 'collation ' || quote_ident(collname), 'pg_collation'::regclass::oid, oid, collnamespace, xmin FROM pg_collation
UNION ALL SELECT 'conversion ' || quote_ident(conname), 'pg_conversion'::regclass::oid, oid, connamespace, xmin FROM pg_conversion
UNION ALL SELECT 'text search configuration ' || quote_ident(cfgname), 'pg_ts_config'::regclass::oid, oid, cfgnamespace, xmin FROM pg_ts_config
-- A change of the mappings writes the dependencies again.
UNION ALL SELECT 'text search configuration ' || quote_ident(c.cfgname), 'pg_ts_config'::regclass::oid, c.oid, c.cfgnamespace, d.xmin
    FROM pg_depend d JOIN pg_ts_config c ON c.oid = d.objid WHERE d.classid = 'pg_ts_config'::regclass
UNION ALL SELECT 'text search dictionary ' || quote_ident(dictname), 'pg_ts_dict'::regclass::oid, oid, dictnamespace, xmin FROM pg_ts_dict
UNION ALL SELECT 'statistics ' || quote_ident(stxname), 'pg_statistic_ext'::regclass::oid, oid, stxnamespace, xmin FROM pg_statistic_ext
UNION ALL SELECT 'default privileges of ' || quote_ident(pg_get_userbyid(defaclrole)), 'pg_default_acl'::regclass::oid, oid, defaclnamespace, xmin FROM pg_default_acl
UNION ALL SELECT 'extension ' || quote_ident(extname), 'pg_extension'::regclass::oid, oid, 0, xmin FROM pg_extension
-- A cast belongs to the schema of its types, PostgreSQL's own aside: nobody else can use it, and it goes with them.
UNION ALL SELECT format('cast from %s to %s', k.castsource::regtype, k.casttarget::regtype), 'pg_cast'::regclass::oid, k.oid,
    CASE WHEN t.typnamespace IN (s.typnamespace, 'pg_catalog'::regnamespace) THEN s.typnamespace
        WHEN s.typnamespace = 'pg_catalog'::regnamespace THEN t.typnamespace ELSE 0 END, k.xmin
    FROM pg_cast k JOIN pg_type s ON s.oid = k.castsource JOIN pg_type t ON t.oid = k.casttarget
UNION ALL SELECT 'language ' || quote_ident(lanname), 'pg_language'::regclass::oid, oid, 0, xmin FROM pg_language
UNION ALL SELECT 'event trigger ' || quote_ident(evtname), 'pg_event_trigger'::regclass::oid, oid, 0, xmin FROM pg_event_trigger
UNION ALL SELECT 'publication ' || quote_ident(pubname), 'pg_publication'::regclass::oid, oid, 0, xmin FROM pg_publication
UNION ALL SELECT 'foreign data wrapper ' || quote_ident(fdwname), 'pg_foreign_data_wrapper'::regclass::oid, oid, 0, xmin FROM pg_foreign_data_wrapper
UNION ALL SELECT 'server ' || quote_ident(srvname), 'pg_foreign_server'::regclass::oid, oid, 0, xmin FROM pg_foreign_server
UNION ALL SELECT 'transform for ' || f.trftype::regtype, 'pg_transform'::regclass::oid, f.oid, t.typnamespace, f.xmin
    FROM pg_transform f JOIN pg_type t ON t.oid = f.trftype
UNION ALL SELECT 'tablespace ' || quote_ident(spcname), 'pg_tablespace'::regclass::oid, oid, 0, xmin FROM pg_tablespace
UNION ALL SELECT 'access method ' || quote_ident(amname), 'pg_am'::regclass::oid, oid, 0, xmin FROM pg_am
UNION ALL SELECT 'settings of ' || CASE setrole WHEN 0 THEN 'the database' ELSE quote_ident(pg_get_userbyid(setrole)) END,
    'pg_db_role_setting'::regclass::oid, setrole, 0, xmin FROM pg_db_role_setting
UNION ALL SELECT 'large object ' || oid, 'pg_largeobject'::regclass::oid, oid, 0, xmin FROM pg_largeobject_metadata
UNION ALL SELECT format('membership of %I in %I', pg_get_userbyid(member), pg_get_userbyid(roleid)), 'pg_auth_members'::regclass::oid, member, 0, xmin
    FROM pg_auth_members
-- Only superusers may read pg_user_mapping.
UNION ALL SELECT format('user mapping of %I for server %I', m.usename, m.srvname), 'pg_user_mapping'::regclass::oid, d.objid, 0, d.xmin
    FROM pg_depend d JOIN pg_user_mappings m ON m.umid = d.objid
    WHERE d.refclassid = 'pg_foreign_server'::regclass AND d.classid = 'pg_user_mapping'::regclass
UNION ALL SELECT CASE classoid WHEN 'pg_authid'::regclass THEN 'comment on role ' || quote_ident(pg_get_userbyid(objoid)) ELSE 'comment on a database' END,
    'pg_shdescription'::regclass::oid, objoid, 0, xmin FROM pg_shdescription
UNION ALL SELECT 'database ' || quote_ident(datname), 'pg_database'::regclass::oid, oid, 0, xmin FROM pg_database
/*since 15*/
/*roles*/
