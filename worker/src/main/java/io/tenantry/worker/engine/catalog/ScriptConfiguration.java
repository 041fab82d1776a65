package io.tenantry.worker.engine.catalog;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.internal.sqlscript.SqlScriptMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The settings from the configuration file of one script.
 *
 * @param encoding of the script
 * @param changesRun whether it changes how Flyway reads the script
 */
record ScriptConfiguration(Charset encoding, boolean changesRun) {
    /** A script without a configuration. */
    static final ScriptConfiguration NONE = new ScriptConfiguration(StandardCharsets.UTF_8, false);

    /**
     * Reads it as Flyway does when it looks through a folder.
     *
     * @param name of the file with the configuration
     * @throws MigrationsRefusedException if Flyway would refuse it; the message names the file
     */
    static ScriptConfiguration of(String name, String text) {
        @Nullable String encoding = null;
        try {
            SqlScriptMetadata metadata =
                    SqlScriptMetadata.fromResource(Scripts.script(name, text), null, Flyway.configure());
            encoding = metadata.encoding();
            // Whether the script runs in a transaction, Flyway tells itself when the script is recorded.
            boolean changesRun = metadata.placeholderReplacement() != null;
            return new ScriptConfiguration(
                    encoding == null ? StandardCharsets.UTF_8 : Charset.forName(encoding.strip()), changesRun);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
            throw new MigrationsRefusedException(name + ": encoding = \"" + encoding
                    + "\" is not a character set that Java knows; name one like ISO-8859-1 or windows-1252");
        } catch (FlywayException fault) {
            throw new MigrationsRefusedException(
                    name + ": " + fault.getMessage() + "; allowed: encoding, executeInTransaction,"
                            + " placeholderReplacement",
                    fault);
        }
    }
}
