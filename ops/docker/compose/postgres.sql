-- Runs once, when the volume of docker-compose.yml is new: databases and roles with what a worker needs and no more.
-- ops/security.md has the reason for each grant.
\getenv registry_password REGISTRY_PASSWORD
\getenv app_password APP_PASSWORD

CREATE ROLE tenantry LOGIN PASSWORD :'registry_password';
CREATE DATABASE tenantry;
REVOKE ALL ON DATABASE tenantry FROM PUBLIC;
-- The worker creates the schema tenantry with its tables.
GRANT CONNECT, CREATE ON DATABASE tenantry TO tenantry;

-- CREATEDB is for isolation database only.
CREATE ROLE app LOGIN CREATEDB PASSWORD :'app_password';
CREATE DATABASE app;
REVOKE ALL ON DATABASE app FROM PUBLIC;
-- The worker creates a schema for each tenant.
GRANT CONNECT, CREATE, TEMPORARY ON DATABASE app TO app;
