-- registry.url: run it in that database, here called tenantry. The tables and everything else are the worker's own.
REVOKE ALL ON DATABASE tenantry FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE tenantry TO tenantry;
CREATE SCHEMA tenantry AUTHORIZATION tenantry;
