-- The application's own role, which owns nothing: it cannot change the tables. It gets the rights below on each table that
-- the worker creates from then on, on flyway_schema_history too, until a script takes them away there (security.md has
-- the line). Run this in the database of server.sql before the first tenant is onboarded.
CREATE ROLE application LOGIN;
GRANT CONNECT ON DATABASE app TO application;
ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT USAGE ON SCHEMAS TO application;
ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO application;
ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT USAGE ON SEQUENCES TO application;
