-- servers.<name>.url, if it has databases with isolation schema or shared: run it in that database, here called app.
-- CREATE is for the schemas of tenants and of trials; TEMPORARY only for scripts that create temporary tables.
REVOKE ALL ON DATABASE app FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CONNECT, TEMPORARY, CREATE ON DATABASE app TO app;
