-- Only superusers may read which transaction wrote the row of a role.
UNION ALL SELECT 'role ' || quote_ident(rolname), 'pg_authid'::regclass::oid, oid, 0, xmin FROM pg_authid
