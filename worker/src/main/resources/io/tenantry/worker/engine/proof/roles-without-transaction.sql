-- The lock of a role that was dropped shows its number.
UNION ALL SELECT 'role ' || quote_ident(rolname), 'pg_authid'::regclass::oid, oid, 0, NULL::xid FROM pg_roles
