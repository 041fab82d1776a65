-- registry.url: run it in that database, here called control. The tables and everything else are the worker's own.
REVOKE ALL ON DATABASE control FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE control TO tenantry_registry;
CREATE SCHEMA tenantry AUTHORIZATION tenantry_registry;
