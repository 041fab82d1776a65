package io.tenantry.worker.scenario;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a script can raise. */
public final class SqlStates {
    /**
     * Connection exception, invalid transaction state, transaction rollback, insufficient resources, object not in
     * prerequisite state, operator intervention, system error.
     */
    private static final Set<String> ABOUT_THE_SERVER = Set.of("08", "25", "40", "53", "55", "57", "58");

    private SqlStates() {}

    /** One of each class, and all of the classes that say something of the server or of other sessions. */
    public static Set<String> ofEachClass() {
        Set<String> classes = new TreeSet<>();
        Set<String> states = new TreeSet<>();
        for (String state : all()) {
            String itsClass = state.substring(0, 2);
            if (classes.add(itsClass) || ABOUT_THE_SERVER.contains(itsClass)) {
                states.add(state);
            }
        }
        return states;
    }

    /**
     * All SQLSTATEs of PostgreSQL.
     *
     * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL error codes</a>
     */
    public static List<String> all() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(SqlStates.class.getResourceAsStream("/sqlstates.txt")),
                StandardCharsets.UTF_8))) {
            return lines.lines()
                    .filter(line -> !line.startsWith("#"))
                    .flatMap(line -> Stream.of(line.split(" ")))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
