-- What a database has beside its schemas, as rows of (label, part_of, definition). Objects of extensions are left out, and
-- options of user mappings too: they may be passwords. What came after PostgreSQL 14 is read through to_jsonb, where an absent
-- column is null.

-- part: the database itself, and its settings
SELECT 'database', '', ''
UNION ALL
SELECT 'settings of database', 'database',
       coalesce((SELECT string_agg(
                     CASE s.setrole WHEN 0 THEN '' ELSE 'for ' || quote_ident(pg_get_userbyid(s.setrole)) || ' ' END
                         || 'SET ' || split_part(c.setting, '=', 1) || '=' || quote_literal(substr(c.setting, strpos(c.setting, '=') + 1)), ', ' ORDER BY s.setrole <> 0, pg_get_userbyid(s.setrole), c.setting COLLATE "C")
                 FROM pg_db_role_setting s CROSS JOIN LATERAL unnest(s.setconfig) c(setting)
                 WHERE s.setdatabase = d.oid), '')
FROM pg_database d WHERE d.datname = current_database()
UNION ALL
SELECT 'owner of database', 'database', pg_get_userbyid(d.datdba)::text
FROM pg_database d WHERE d.datname = current_database()
UNION ALL
-- PostgreSQL 15 brought daticulocale, which 17 calls datlocale.
SELECT 'locale of database', 'database',
       concat_ws(' ', 'ENCODING', pg_encoding_to_char(d.encoding), 'LC_COLLATE', d.datcollate, 'LC_CTYPE', d.datctype,
           CASE to_jsonb(d) ->> 'datlocprovider' WHEN 'i' THEN 'ICU_LOCALE' WHEN 'b' THEN 'BUILTIN_LOCALE' END,
           coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'),
           'ICU_RULES ' || (to_jsonb(d) ->> 'daticurules'))
FROM pg_database d WHERE d.datname = current_database()

UNION ALL
-- part: privileges on the database and on foreign servers
SELECT 'privileges on ' || o.label, o.label,
       -- Nothing is granted if even the owner's rights are revoked.
       coalesce((SELECT string_agg(p, ', ' ORDER BY p COLLATE "C")
        FROM aclexplode(o.acl) x
        CROSS JOIN LATERAL (SELECT format('%s=%s%s/%s',
            CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee)::text END, x.privilege_type,
            CASE WHEN x.is_grantable THEN '*' ELSE '' END, pg_get_userbyid(x.grantor))) privilege(p)), '')
FROM (SELECT 'database' AS label, coalesce(d.datacl, acldefault('d', d.datdba)) AS acl
      FROM pg_database d WHERE d.datname = current_database()
      UNION ALL
      SELECT 'server ' || quote_ident(s.srvname), coalesce(s.srvacl, acldefault('S', s.srvowner))
      FROM pg_foreign_server s
      WHERE NOT EXISTS (SELECT FROM pg_depend e
                        WHERE e.classid = 'pg_foreign_server'::regclass AND e.objid = s.oid AND e.deptype = 'e')) o

UNION ALL
-- part: event triggers
SELECT 'event trigger ' || quote_ident(t.evtname), '',
       concat_ws(' ', 'ON', t.evtevent,
           'WHEN TAG IN (' || (SELECT string_agg(quote_literal(tag), ', ' ORDER BY tag COLLATE "C") FROM unnest(t.evttags) tag) || ')',
           format('EXECUTE FUNCTION %I.%I()', n.nspname, p.proname),
           CASE t.evtenabled WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'ENABLED REPLICA' WHEN 'A' THEN 'ENABLED ALWAYS' END)
FROM pg_event_trigger t JOIN pg_proc p ON p.oid = t.evtfoid JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = 'pg_event_trigger'::regclass AND e.objid = t.oid AND e.deptype = 'e')

UNION ALL
-- part: publications, whose tables are read with their schema
SELECT 'publication ' || quote_ident(p.pubname), '',
       concat_ws(', ', CASE WHEN p.puballtables THEN 'FOR ALL TABLES' END,
           concat_ws(' ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
               CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END),
           CASE WHEN p.pubviaroot THEN 'via partition root' END,
           CASE to_jsonb(p) ->> 'pubgencols' WHEN 's' THEN 'generated columns' END)
FROM pg_publication p
WHERE NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = 'pg_publication'::regclass AND e.objid = p.oid AND e.deptype = 'e')

UNION ALL
-- part: subscriptions; their connections may hold passwords, and only a superuser may read all columns
SELECT 'subscription ' || quote_ident(s.subname), '',
       concat_ws(' ', 'PUBLICATION',
           (SELECT string_agg(quote_ident(p), ', ' ORDER BY p COLLATE "C") FROM unnest(s.subpublications) p),
           CASE WHEN NOT s.subenabled THEN 'DISABLED' END)
FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
WHERE d.datname = current_database()

UNION ALL
-- part: casts between types of PostgreSQL by its own functions; those that involve others are read with their schema
-- Objects that are not PostgreSQL's own have numbers from 16384 on.
SELECT format('cast (%s AS %s)', k.castsource::regtype, k.casttarget::regtype), '',
       concat_ws(', ', 'method ' || k.castmethod::text, 'context ' || k.castcontext::text,
           'function ' || nullif(k.castfunc, 0)::regprocedure)
FROM pg_cast k
WHERE k.oid >= 16384 AND k.castsource < 16384 AND k.casttarget < 16384 AND k.castfunc < 16384
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = 'pg_cast'::regclass AND e.objid = k.oid AND e.deptype = 'e')

UNION ALL
-- part: foreign data wrappers, servers and user mappings
SELECT 'foreign data wrapper ' || quote_ident(w.fdwname), '', ''
FROM pg_foreign_data_wrapper w
WHERE NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = 'pg_foreign_data_wrapper'::regclass AND e.objid = w.oid AND e.deptype = 'e')
UNION ALL
SELECT 'server ' || quote_ident(s.srvname), '',
       concat_ws(' ', 'FOREIGN DATA WRAPPER', quote_ident(w.fdwname), 'TYPE ' || quote_literal(s.srvtype),
           'VERSION ' || quote_literal(s.srvversion),
           'OPTIONS ' || (SELECT string_agg(o, ' ' ORDER BY o COLLATE "C") FROM unnest(s.srvoptions) o))
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
WHERE NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = 'pg_foreign_server'::regclass AND e.objid = s.oid AND e.deptype = 'e')
UNION ALL
SELECT 'owner of server ' || quote_ident(s.srvname), 'server ' || quote_ident(s.srvname), pg_get_userbyid(s.srvowner)::text
FROM pg_foreign_server s
WHERE NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = 'pg_foreign_server'::regclass AND e.objid = s.oid AND e.deptype = 'e')
UNION ALL
SELECT 'user mapping of ' || CASE m.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(m.usename) END || ' for ' || quote_ident(m.srvname),
       'server ' || quote_ident(m.srvname), ''
FROM pg_user_mappings m
