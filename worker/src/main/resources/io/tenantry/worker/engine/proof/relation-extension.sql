EXISTS (SELECT FROM pg_depend e WHERE e.deptype = 'e' AND (e.classid = 'pg_class'::regclass AND e.objid = c.oid
        OR e.classid = 'pg_namespace'::regclass AND e.objid = n.oid))
