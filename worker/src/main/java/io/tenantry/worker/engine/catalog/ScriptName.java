package io.tenantry.worker.engine.catalog;

import java.util.Locale;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.internal.resource.ResourceNameParser;

/**
 * Classifies a file in a folder of migrations by its name. As in Flyway (StringUtils.startsAndEndsWith,
 * ResourceNameParser), suffixes are case-insensitive and prefixes are upper case.
 */
public final class ScriptName {
    enum Kind {
        /** Flyway runs it: a migration or a callback. */
        SCRIPT,
        /** Belongs to the script whose name it has before its suffix. */
        CONFIGURATION,
        /** Undoes a version. Flyway's community edition passes it over. */
        UNDO,
        /** Begins as a migration does, and Flyway would pass it over. */
        MISSPELT,
        OTHER
    }

    /** Flyway's own default. */
    static final String SUFFIX = ".sql";

    public static final String CONFIGURATION_SUFFIX = ".conf";

    private static final Pattern UNDO = Pattern.compile("U\\d[\\d._]*__.*");
    /** {@code V2_x}, {@code V-2__x}, {@code V2x}, {@code V__x}, {@code v2_x}; not {@code Views}, {@code B2B_import}. */
    private static final Pattern LIKE_A_VERSION = Pattern.compile(
            "V[\\W_]*\\d.*|v\\d+([._]\\d+)*([\\W_].*)?|B[\\W_]*\\d+([._]\\d+)*([\\W_].*)?|b\\d[\\d._]*__.*|[VvBb]__.*");
    /** {@code R_x}, {@code R1__x}, {@code r__x}; not {@code README}. */
    private static final Pattern LIKE_A_REPEATABLE = Pattern.compile("R\\d*[\\W_].*|r\\d*__.*");
    /** {@code .slq}, {@code .sq}, {@code .sqll}. */
    private static final Pattern LIKE_THE_SUFFIX = Pattern.compile("[sql]{2,4}");

    private static final ResourceNameParser FLYWAY = new ResourceNameParser(Flyway.configure());

    private ScriptName() {}

    /** @param file its name without folders */
    static Kind kindOf(String file) {
        String name = file.strip();
        if (hasSuffix(name, CONFIGURATION_SUFFIX) && hasSuffix(withoutSuffix(name, CONFIGURATION_SUFFIX), SUFFIX)) {
            return Kind.CONFIGURATION;
        }
        if (!hasSuffix(name, SUFFIX)) {
            return hasMisspeltSuffix(name) ? Kind.MISSPELT : Kind.OTHER;
        }
        if (FLYWAY.parse(name).isValid()) {
            return name.equals(file) ? Kind.SCRIPT : Kind.MISSPELT;
        }
        String bare = withoutSuffix(name, SUFFIX);
        if (UNDO.matcher(bare).matches()) {
            return Kind.UNDO;
        }
        return LIKE_A_VERSION.matcher(bare).matches()
                        || LIKE_A_REPEATABLE.matcher(bare).matches()
                ? Kind.MISSPELT
                : Kind.OTHER;
    }

    /** Whether the name ends so, in upper or in lower case, with something before. */
    static boolean hasSuffix(String name, String suffix) {
        return name.length() > suffix.length()
                && name.regionMatches(true, name.length() - suffix.length(), suffix, 0, suffix.length());
    }

    static String withoutSuffix(String name, String suffix) {
        return name.substring(0, name.length() - suffix.length());
    }

    private static boolean hasMisspeltSuffix(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0
                && LIKE_THE_SUFFIX
                        .matcher(name.substring(dot + 1).toLowerCase(Locale.ROOT))
                        .matches()
                && FLYWAY.parse(name.substring(0, dot) + SUFFIX).isValid();
    }
}
