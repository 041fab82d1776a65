package io.tenantry.worker.operator.verify;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.ScriptCheck;
import io.tenantry.worker.engine.catalog.SqlStatements;
import io.tenantry.worker.postgres.FailureMessage;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The rows of {@code --seed}. Immutable.
 *
 * @param sql by the version that a home must have reached
 */
record SeedFiles(Map<String, String> sql) {
    SeedFiles {
        sql = Map.copyOf(sql);
    }

    /**
     * Reads the files.
     *
     * @throws UnusableOptionException if one cannot be read, or does not hold rows alone
     */
    static SeedFiles read(Map<String, Path> files) throws UnusableOptionException {
        Map<String, String> sql = new HashMap<>();
        for (Map.Entry<String, Path> seed : files.entrySet()) {
            try {
                sql.put(seed.getKey(), rowsAlone(seed.getValue(), text(seed.getValue())));
            } catch (IOException unreadable) {
                throw new UnusableOptionException(
                        "--seed: " + seed.getValue() + " cannot be read: " + reason(seed.getValue(), unreadable),
                        unreadable);
            }
        }
        return new SeedFiles(sql);
    }

    /** @throws UnusableOptionException if one is for a version that these migrations do not have */
    void requireVersionsOf(MigrationCatalog catalog) throws UnusableOptionException {
        for (String version : sql.keySet()) {
            if (!catalog.has(version)) {
                throw new UnusableOptionException("--seed names version " + version + ", which database "
                        + catalog.database() + " does not have");
            }
        }
    }

    /** Without the mark that some editors put before UTF-8. */
    private static String text(Path file) throws IOException {
        String text = Files.readString(file);
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    private static String reason(Path file, IOException unreadable) {
        if (unreadable instanceof CharacterCodingException) {
            return "it is not UTF-8";
        }
        if (!Files.exists(file)) {
            return "there is no such file";
        }
        return Files.isDirectory(file) ? "it is a folder" : FailureMessage.of(unreadable);
    }

    private static String rowsAlone(Path file, String sql) throws UnusableOptionException {
        for (String statement : SqlStatements.of(sql)) {
            if (ScriptCheck.endsTransaction(statement)) {
                throw new UnusableOptionException(
                        "--seed: " + file
                                + " ends its transaction, which is rolled back where the rows are tried: leave out BEGIN and COMMIT");
            }
            if (ScriptCheck.isCopyFromClient(ScriptCheck.withoutComments(statement))) {
                throw new UnusableOptionException("--seed: " + file
                        + " has COPY … FROM STDIN, which only psql can send: write the rows as INSERTs, as"
                        + " `pg_dump --data-only --inserts` does");
            }
        }
        return sql;
    }
}
