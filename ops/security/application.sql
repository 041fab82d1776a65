-- The application's own role: it uses what the worker creates, and can change nothing else. Run it in the database of
-- server.sql before the first tenant is onboarded: default privileges count for later objects only.
CREATE ROLE application LOGIN;
GRANT CONNECT ON DATABASE app TO application;
ALTER DEFAULT PRIVILEGES FOR ROLE tenantry_worker GRANT USAGE ON SCHEMAS TO application;
ALTER DEFAULT PRIVILEGES FOR ROLE tenantry_worker GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO application;
ALTER DEFAULT PRIVILEGES FOR ROLE tenantry_worker GRANT USAGE ON SEQUENCES TO application;
