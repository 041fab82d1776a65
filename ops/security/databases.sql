-- servers.<name>.url, if it has databases with isolation database: run it on that server. The database of the URL, here
-- called app, is only connected to; the role owns the databases of tenants, which it creates.
REVOKE ALL ON DATABASE app FROM PUBLIC;
GRANT CONNECT ON DATABASE app TO app;
ALTER ROLE app CREATEDB;
