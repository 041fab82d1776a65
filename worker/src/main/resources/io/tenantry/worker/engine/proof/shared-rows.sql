-- Rows of catalogs whose changes neither locks nor transactions show, as rows of (key, name, content, old). "old": the row existed
-- at the moment of a snapshot; null if that is unknown. The parameters are the snapshot and the catalogs to read.
SELECT r.catalog || ' ' || r.key AS key, r.name, md5(r.content) AS content,
       b.behind < 2147483648 AND pg_visible_in_snapshot(((s.next - b.behind)::text)::xid8, s.snapshot) AS old
FROM (
    SELECT 'pg_auth_members'::regclass::oid AS catalog, concat_ws(' ', roleid, member, grantor) AS key,
           format('membership of %I in %I', pg_get_userbyid(member), pg_get_userbyid(roleid)) AS name, m::text AS content, m.xmin AS xid
    FROM pg_auth_members m
    UNION ALL SELECT 'pg_db_role_setting'::regclass::oid, concat_ws(' ', setdatabase, setrole),
        'settings of ' || CASE setrole WHEN 0 THEN 'the database' ELSE quote_ident(pg_get_userbyid(setrole)) END, s::text, s.xmin
    FROM pg_db_role_setting s
    UNION ALL SELECT 'pg_shdescription'::regclass::oid, concat_ws(' ', classoid, objoid),
        CASE classoid WHEN 'pg_authid'::regclass THEN 'comment on role ' || quote_ident(pg_get_userbyid(objoid)) ELSE 'comment on a database' END,
        description, d.xmin
    FROM pg_shdescription d
    UNION ALL SELECT 'pg_user_mapping'::regclass::oid, umid::text, format('user mapping of %I for server %I', usename, srvname), m::text, NULL
    FROM pg_user_mappings m
) AS r
    CROSS JOIN (SELECT s.snapshot, pg_snapshot_xmax(s.snapshot)::text::bigint AS next FROM (SELECT ?::pg_snapshot AS snapshot) AS s) AS s
    CROSS JOIN LATERAL (SELECT (s.next - r.xid::text::bigint) & 4294967295 AS behind) AS b
WHERE r.catalog = ANY (?::oid[])
