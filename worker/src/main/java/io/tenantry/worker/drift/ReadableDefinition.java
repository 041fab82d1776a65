package io.tenantry.worker.drift;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Definitions as people write them: snapshots have some facts as the codes of PostgreSQL's catalogs. */
final class ReadableDefinition {
    private static final Map<String, String> FIRING =
            Map.of("O", "", "D", ", disabled", "R", ", enabled for replication only", "A", ", enabled always");
    private static final Map<String, String> COMMANDS =
            Map.of("r", "SELECT", "a", "INSERT", "w", "UPDATE", "d", "DELETE", "*", "ALL");
    private static final Map<String, String> STORAGES =
            Map.of("p", "PLAIN", "e", "EXTERNAL", "m", "MAIN", "x", "EXTENDED");
    private static final Map<String, String> COMPRESSIONS = Map.of("p", "pglz", "l", "lz4");
    private static final Map<String, String> PROVIDERS =
            Map.of("c", "libc", "i", "icu", "b", "builtin", "d", "default");
    private static final Map<String, String> ENCODINGS = Map.of("0", "SQL_ASCII", "6", "UTF8", "8", "LATIN1");
    private static final Map<String, String> CAST_METHODS =
            Map.of("f", "WITH FUNCTION", "i", "WITH INOUT", "b", "WITHOUT FUNCTION");
    private static final Map<String, String> CAST_CONTEXTS =
            Map.of("e", "explicit", "a", "AS ASSIGNMENT", "i", "AS IMPLICIT");
    private static final Map<String, String> DEFAULT_PRIVILEGES = Map.of(
            "r", "tables", "S", "sequences", "f", "functions", "T", "types", "n", "schemas", "L", "large objects");

    /** What constraints are called, by how their definitions begin. */
    private static final Map<String, String> CONSTRAINTS = new LinkedHashMap<>();

    static {
        CONSTRAINTS.put("PRIMARY KEY", "primary key");
        CONSTRAINTS.put("FOREIGN KEY", "foreign key");
        CONSTRAINTS.put("UNIQUE", "unique constraint");
        CONSTRAINTS.put("CHECK", "check constraint");
        CONSTRAINTS.put("EXCLUDE", "exclusion constraint");
        CONSTRAINTS.put("NOT NULL", "not-null constraint");
    }

    /**
     * A code in the definitions of a kind.
     *
     * @param before the text before the code, a regular expression
     * @param shown the text before the word that stands for the code
     */
    private record Code(String kind, String before, String shown, Map<String, String> words) {
        String replaceIn(String definition) {
            Matcher code = Pattern.compile(before + "(\\S)(?=,|\\s|$)").matcher(definition);
            return code.find() && words.containsKey(code.group(1))
                    ? definition.substring(0, code.start())
                            + shown
                            + words.get(code.group(1))
                            + definition.substring(code.end())
                    : definition;
        }
    }

    private static final List<Code> CODES = List.of(
            new Code("policy", "(?<=^PERMISSIVE |^RESTRICTIVE )FOR ", "FOR ", COMMANDS),
            new Code("column", " STORAGE ", " STORAGE ", STORAGES),
            new Code("column", " COMPRESSION ", " COMPRESSION ", COMPRESSIONS),
            new Code("collation", "^provider ", "provider ", PROVIDERS),
            new Code("collation", "(?<=, )encoding ", "encoding ", ENCODINGS),
            new Code("cast", "^method ", "", CAST_METHODS),
            new Code("cast", "context ", "", CAST_CONTEXTS));

    private static final Pattern FIRES = Pattern.compile("^enabled (\\S), (?:(of the partitioned table), )?");
    private static final Pattern KEY_TRIGGERS = Pattern.compile(", triggers ([A-Z ]+)$");
    private static final Pattern OWN_INDEX = Pattern.compile(", index (?:\"(?:[^\"]|\"\")*\"|[^,\"])+");
    /** A setting of the application's own, which may be a secret. */
    private static final Pattern CUSTOM_SETTING = Pattern.compile("SET ([^= ]*\\.[^= ]*)= ?E?'(?:[^']|'')*'");

    private static final Pattern OPTIONS = Pattern.compile("(?<= OPTIONS |^OPTIONS )\\S+=.*$", Pattern.DOTALL);
    private static final Pattern OPTION = Pattern.compile("(\\w+)=(.*?)(?= \\w+=|$)", Pattern.DOTALL);
    /** Options of foreign tables and columns that hold no secret. */
    private static final Set<String> NAMES =
            Set.of("schema", "schema_name", "table", "table_name", "column", "column_name");

    private static final Pattern INHERITED = Pattern.compile("inherited \\d+(?=(?: and local)?$)");
    private static final Pattern DEFAULT_METHOD = Pattern.compile("(?:^|, )USING heap(?=,|$)");

    private ReadableDefinition() {}

    /** A definition without codes. */
    static String of(String kind, String definition) {
        String readable = definition;
        for (Code code : CODES) {
            if (code.kind().equals(kind)) {
                readable = code.replaceIn(readable);
            }
        }
        return switch (kind) {
            case "trigger", "rule" -> withFiring(readable);
            case "constraint" -> constraint(readable);
            case "table", "materialized view" -> {
                String without = DEFAULT_METHOD.matcher(readable).replaceFirst("");
                yield without.startsWith(", ") ? without.substring(2) : without;
            }
            case "aggregate" -> AggregateWords.of(readable);
            case "collation" -> readable.replaceFirst(", encoding -1(?=,|$)", "");
            case "view" -> withoutIdentity(readable);
            case "settings of" -> CUSTOM_SETTING.matcher(readable).replaceAll("SET $1=...");
            case "server" -> withoutSecrets(readable);
            case "foreign table" -> withoutSecrets(withoutIdentity(readable));
            case "column" -> withoutSecrets(withoutCount(readable));
            // As it is found in the schema.
            case "function", "procedure" ->
                readable.replaceFirst("<schema>\\.", "").strip();
            // The text of a function ends with a line break.
            default -> readable.strip();
        };
    }

    /** From how many tables it is inherited says nothing to people. */
    private static String withoutCount(String definition) {
        return INHERITED.matcher(definition).replaceFirst("inherited");
    }

    /** All views and foreign tables have it, and it says nothing. */
    private static String withoutIdentity(String definition) {
        return definition.replaceFirst("(^|, )REPLICA IDENTITY NOTHING, ", "$1");
    }

    /** Foreign data wrappers take passwords as options too. */
    private static String withoutSecrets(String definition) {
        return OPTIONS.matcher(definition)
                .replaceFirst(options -> Matcher.quoteReplacement(OPTION.matcher(options.group())
                        .replaceAll(option -> Matcher.quoteReplacement(
                                option.group(1) + "=" + (NAMES.contains(option.group(1)) ? option.group(2) : "...")))));
    }

    private static String withFiring(String definition) {
        Matcher fires = FIRES.matcher(definition);
        return fires.find()
                ? definition.substring(fires.end())
                        + (fires.group(2) == null ? "" : ", " + fires.group(2))
                        + Objects.requireNonNullElse(FIRING.get(fires.group(1)), "")
                : definition;
    }

    private static String constraint(String definition) {
        String readable = withoutCount(OWN_INDEX.matcher(definition).replaceFirst(""));
        Matcher triggers = KEY_TRIGGERS.matcher(readable);
        return triggers.find()
                ? readable.substring(0, triggers.start()) + ", its triggers "
                        + (triggers.group(1).equals("D") ? "disabled" : "not enabled as usual")
                : readable;
    }

    /** What people call an object of a kind. */
    static String kind(String kind, String definition) {
        return switch (kind) {
            case "constraint" -> kindOfConstraint(definition);
            case "publication namespace" -> "published schema";
            default -> kind;
        };
    }

    private static String kindOfConstraint(String definition) {
        return CONSTRAINTS.entrySet().stream()
                .filter(kind -> definition.startsWith(kind.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("constraint");
    }

    /** The name of an object without codes. */
    static String name(ObjectName object) {
        if (object.kind().equals("publication namespace")) {
            // The home's own schema has no name of its own.
            return object.name().replaceFirst("^schema ", "");
        }
        if (!object.kind().equals("default privileges")) {
            return object.name();
        }
        int code = object.name().lastIndexOf(' ') + 1;
        String type = object.name().substring(code);
        return object.name().substring(0, code) + Objects.requireNonNullElse(DEFAULT_PRIVILEGES.get(type), type);
    }
}
