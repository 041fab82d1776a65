package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.EngineFixture;
import java.util.List;

/** The database around the scratch homes of trials. */
final class TrialDatabase {
    private TrialDatabase() {}

    /** Makes an event trigger that logs definitions in a table of the database. */
    static void logDdl(EngineFixture engine) throws Exception {
        engine.execute(
                "CREATE SCHEMA audit; CREATE TABLE audit.ddl_log (at timestamptz DEFAULT now(), tag text, who text);"
                        + " CREATE FUNCTION audit.log_ddl() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS"
                        + " $$ BEGIN INSERT INTO audit.ddl_log (tag) VALUES (tg_tag); END $$;"
                        + " CREATE EVENT TRIGGER log_ddl ON ddl_command_end EXECUTE FUNCTION audit.log_ddl()");
    }

    /** Digests of what a trial must leave alone. */
    static List<String> digests(EngineFixture engine) throws Exception {
        return engine.query("SELECT count(*) || ' schemas' FROM pg_namespace WHERE nspname !~ '^pg_'"
                + " UNION ALL SELECT count(*) || ' roles' FROM pg_roles WHERE rolname ~ '^t[0-9a-f]{12}_'"
                + " UNION ALL SELECT count(*) || ' large objects' FROM pg_largeobject_metadata"
                + " UNION ALL SELECT count(*) || ' user mappings' FROM pg_user_mappings"
                + " UNION ALL SELECT count(*) || ' extensions' FROM pg_extension"
                + " UNION ALL SELECT count(*) || ' databases' FROM pg_database WHERE datname LIKE '%made'"
                + " UNION ALL SELECT count(*) || ' prepared' FROM pg_prepared_xacts WHERE database = current_database()"
                + " UNION ALL SELECT count(*) || ' settings' FROM pg_file_settings WHERE name = 'work_mem'"
                + " UNION ALL SELECT concat_ws(' ', schemaname, sequencename, last_value) FROM pg_sequences");
    }
}
