package io.tenantry.worker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectKindsTest {
    private static final Pattern KIND = Pattern.compile("^SELECT '([a-z -]+)',", Pattern.MULTILINE);
    private static final Pattern KINDS =
            Pattern.compile("^\\s+CASE [tc]\\.(?:typtype|relkind)\\s+(WHEN [^:]*?) AS kind", Pattern.MULTILINE);
    private static final Pattern KIND_OF_DATABASE = Pattern.compile("^SELECT '([a-z ]+?) ?'", Pattern.MULTILINE);

    private static final Pattern NAME = Pattern.compile("(?:THEN|ELSE) '([a-z ]+)'");

    /** The kinds that the snapshot's own queries name. */
    @Test
    void knowsEachKindOfASnapshot() throws IOException {
        Set<String> kinds = new TreeSet<>(Set.of("procedure", "function"));
        for (String query : new String[] {"catalog-snapshot", "catalog-objects", "catalog-rare-objects"}) {
            String sql = text(query);
            KIND.matcher(sql).results().forEach(kind -> kinds.add(kind.group(1)));
            Matcher choice = KINDS.matcher(sql);
            while (choice.find()) {
                NAME.matcher(choice.group(1)).results().forEach(kind -> kinds.add(kind.group(1)));
            }
        }
        KIND_OF_DATABASE.matcher(text("database-objects")).results().forEach(kind -> kinds.add(kind.group(1)));
        assertThat(kinds).contains("event trigger", "user mapping of", "database", "owner of database");
        assertThat(kinds).contains("table", "policy", "trigger", "enum", "materialized view", "default privileges");

        assertThat(kinds)
                .allSatisfy(kind ->
                        assertThat(ObjectKinds.mayMatch(kind + " a")).as(kind).isTrue());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "table audit_*",
                "database",
                "privileges on database",
                "tab?e x",
                "*",
                "*audit*",
                "privileges on *",
                "privileges*",
                "text search * a",
                "index ?"
            })
    void aGlobMayBeginWithAKindOrMatchSeveral(String glob) {
        assertThat(ObjectKinds.mayMatch(glob)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tabel audit_*", "foo", "table", "audit_*", "tables *", "Table a", " table a"})
    void aMisspelledKindMatchesNothing(String glob) {
        assertThat(ObjectKinds.mayMatch(glob)).isFalse();
    }

    private static String text(String query) throws IOException {
        String name = "/io/tenantry/worker/engine/snapshot/" + query + ".sql";
        try (InputStream file = Objects.requireNonNull(ObjectKindsTest.class.getResourceAsStream(name))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
