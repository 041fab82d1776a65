package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.SqlStatements;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds statements whose effects a rollback does not undo, by their text. Bodies of functions and strings count as
 * text. Dynamic SQL is not found.
 */
final class IrreversibleStatements {
    private static final List<Pattern> PATTERNS = List.of(
            pattern("\\bALTER\\s+SYSTEM\\b"),
            pattern("\\b(?:CREATE|DROP)\\s+(?:DATABASE|TABLESPACE)\\b"),
            pattern("\\b(?:CREATE|ALTER|DROP)\\s+SUBSCRIPTION\\b"),
            pattern("\\bPREPARE\\s+TRANSACTION\\b"),
            pattern("\\bCOPY\\b[^;]*?\\b(?:FROM|TO)\\s+PROGRAM\\b"),
            pattern("\\bCOPY\\b[^;]*?\\bTO\\s+(?:E'|U&'|'|\\$)"),
            // A function in an untrusted language may do anything.
            pattern("\\bLANGUAGE\\s+[\"']?(?:plpython\\w*|plperlu|pltclu|plsh|plrust)\\b"),
            pattern("\\b(?:dblink\\w*|lo_export|pg_file_\\w+|pg_terminate_backend|pg_cancel_backend|pg_reload_conf"
                    + "|pg_rotate_logfile|pg_switch_wal|pg_promote|pg_create_restore_point|pg_log_backend_memory_contexts"
                    + "|pg_wal_replay_\\w+|pg_stat_reset\\w*|pg_replication_origin_\\w+|pg_replication_slot_advance"
                    + "|pg_(?:create|drop|copy)_\\w*replication_slot|pg_logical_emit_message|pg_backup_(?:start|stop)"
                    + "|pg_logical_slot_get_\\w+|pg_sync_replication_slots|pg_\\w+_reset\\w*|pg_background_launch"
                    + "|http_(?:get|post|put|patch|delete|head))\\s*\\("),
            // Extensions that send data to other systems.
            pattern("\\b(?:aws_s3|aws_lambda|amqp)\\s*\\.\\s*\\w+\\s*\\("),
            pattern("(?:\\b(?:SELECT|FROM|PERFORM|JOIN|LATERAL)\\s+|[,=(]\\s*)(?:\\w+\\.)?http\\s*\\("));

    private IrreversibleStatements() {}

    /** The words of such a statement; empty if there is none. */
    static Optional<String> in(String statement) {
        String code = SqlStatements.withoutComments(statement);
        return PATTERNS.stream()
                .map(pattern -> pattern.matcher(code))
                .filter(Matcher::find)
                .map(found -> found.group()
                        .replaceAll("\\s+", " ")
                        .replaceAll("\\s*\\($", "")
                        // The name of a file begins.
                        .replaceAll(" ?(?:E'|U&'|'|\\$)$", " …"))
                .map(words -> words.length() > 60 ? words.substring(0, 60) + "…" : words)
                .findFirst();
    }

    private static Pattern pattern(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }
}
