package io.tenantry.worker.engine.proof;

import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds values that a column's own checks accept, among those that the checks mention and some like them. The server judges
 * them, within the open transaction.
 */
record CheckedValues(Scratch scratch) {
    private static final Pattern TEXT = Pattern.compile("'((?:[^']|'')*)'");
    private static final Pattern NUMBER = Pattern.compile("\\d+(?:\\.\\d+)?");
    private static final Pattern DATE = Pattern.compile("^\\d{4}-\\d{2}-\\d{2}");
    /** So that it is one of each type. */
    private static final int LONGEST_NUMBER = 4;

    /** Up to two, by the names of the columns that have checks; without those of which no value is known. */
    Map<String, List<String>> of(List<SampleColumn> columns) throws SQLException {
        Map<String, List<String>> values = new HashMap<>();
        for (SampleColumn column : columns) {
            if (!column.checks().isEmpty() && column.reference() == null) {
                List<String> accepted = accepted(column);
                if (!accepted.isEmpty()) {
                    values.put(column.name(), accepted);
                }
            }
        }
        return values;
    }

    private List<String> accepted(SampleColumn column) throws SQLException {
        List<String> candidates = candidates(column);
        String query = "SELECT made FROM (SELECT v.made, v.place, v.made::"
                + (column.base().equals("character") ? "pg_catalog.bpchar" : column.base()) + " AS "
                + Identifiers.quote(column.name()) + " FROM unnest(" + array(candidates)
                + ") WITH ORDINALITY v (made, place)) m WHERE "
                + column.checks().stream().map(check -> "(" + check + ")").collect(Collectors.joining(" AND "))
                + " ORDER BY place LIMIT 2";
        scratch.session().execute("SAVEPOINT checked");
        try {
            List<String> accepted = Sql.query(scratch.session().connection(), query, row -> row.getString(1));
            scratch.session().execute("RELEASE SAVEPOINT checked");
            return accepted;
        } catch (SQLException refused) {
            scratch.session().execute("ROLLBACK TO SAVEPOINT checked; RELEASE SAVEPOINT checked");
            return List.of();
        }
    }

    private static String array(List<String> values) {
        return values.stream().map(Identifiers::literal).collect(Collectors.joining(", ", "ARRAY[", "]::text[]"));
    }

    /** Each can be cast to the column's type. */
    private static List<String> candidates(SampleColumn column) {
        List<String> texts =
                found(TEXT, column).map(text -> text.replace("''", "'")).toList();
        return switch (column.category()) {
            case "N" -> numbers(column);
            case "S" ->
                Stream.of(texts.stream(), Stream.of("sample 1", "s1", "s1@example.org", "S"), sized(column))
                        .flatMap(Function.identity())
                        .filter(text -> column.length() == null || text.length() <= column.length())
                        .toList();
            case "B" -> List.of("true", "false");
            case "D" ->
                column.base().startsWith("time ")
                        ? List.of("01:02:01", "12:00")
                        : Stream.concat(
                                        texts.stream()
                                                .filter(text ->
                                                        DATE.matcher(text).find()),
                                        Stream.of("2001-02-01", "1970-01-01", "2100-01-01"))
                                .toList();
            case "A" -> List.of("{}", "{1}", "{1,2}");
            case "E" -> texts;
            default -> column.base().startsWith("json") ? List.of("{}", "[]", "1", "\"a\"") : List.of();
        };
    }

    /** The numbers of the checks, and those beside them. */
    private static List<String> numbers(SampleColumn column) {
        boolean isWhole = column.base().endsWith("int") || column.base().equals("integer");
        return Stream.concat(
                        found(NUMBER, column)
                                .map(BigDecimal::new)
                                .filter(number ->
                                        !isWhole || number.stripTrailingZeros().scale() <= 0)
                                .flatMap(number -> Stream.of(
                                        number.add(BigDecimal.ONE),
                                        number,
                                        number.subtract(BigDecimal.ONE),
                                        number.negate())),
                        Stream.of("1", "101").map(BigDecimal::new))
                .map(BigDecimal::toPlainString)
                .filter(number -> number.length() <= LONGEST_NUMBER)
                .toList();
    }

    /** Texts as long as the checks say: {@code length(code) = 3}, <code>~ '^[A-Z]{3}$'</code>. */
    private static Stream<String> sized(SampleColumn column) {
        return found(NUMBER, column)
                .filter(number -> number.length() <= 2)
                .map(Integer::parseInt)
                .flatMap(length -> Stream.of("A", "a", "1").map(letter -> letter.repeat(length)));
    }

    private static Stream<String> found(Pattern pattern, SampleColumn column) {
        return column.checks().stream()
                .flatMap(check -> pattern.matcher(check).results())
                .map(MatchResult::group)
                .map(text -> text.startsWith("'") ? text.substring(1, text.length() - 1) : text);
    }
}
