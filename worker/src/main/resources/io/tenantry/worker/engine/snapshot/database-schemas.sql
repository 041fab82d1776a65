-- The schemas of a database beside one, which is the parameter, as rows of (name, name as SQL has it, owner, privileges,
-- comment, whether the role may read what is in it). Those of PostgreSQL and of extensions are left out.
SELECT n.nspname, quote_ident(n.nspname), pg_get_userbyid(n.nspowner)::text,
       -- Nothing is granted if even the owner's rights are revoked.
       coalesce((SELECT string_agg(p, ', ' ORDER BY p COLLATE "C")
        FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) x
        CROSS JOIN LATERAL (SELECT format('%s=%s%s/%s',
            CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee)::text END, x.privilege_type,
            CASE WHEN x.is_grantable THEN '*' ELSE '' END, pg_get_userbyid(x.grantor))) privilege(p)), ''),
       obj_description(n.oid, 'pg_namespace'), has_schema_privilege(n.oid, 'USAGE')
FROM pg_namespace n
WHERE NOT starts_with(n.nspname, 'pg_') AND n.nspname NOT IN ('information_schema', ?)
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e')
