package io.tenantry.worker.operator.drift;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What somebody did to one home by hand.
 *
 * @param differs how the lines begin that must come out; empty if nothing may come out
 */
record HandMadeChange(List<String> differs, String sql) {
    private static final String DIFFERS = "-- differs: ";
    private static final String SAME = "-- same: ";

    /** All that a file of them holds. */
    static List<HandMadeChange> all(String file) {
        List<HandMadeChange> changes = new ArrayList<>();
        List<String> differs = new ArrayList<>();
        StringBuilder sql = new StringBuilder();
        for (String line : text(file).lines().toList()) {
            boolean begins = line.startsWith(DIFFERS) || line.startsWith(SAME);
            if (begins && !sql.isEmpty()) {
                changes.add(new HandMadeChange(List.copyOf(differs), sql.toString()));
                differs.clear();
                sql.setLength(0);
            }
            if (line.startsWith(DIFFERS)) {
                differs.add(line.substring(DIFFERS.length()));
            } else if (!line.startsWith("--") && !line.isBlank()) {
                sql.append(line).append('\n');
            }
        }
        changes.add(new HandMadeChange(List.copyOf(differs), sql.toString()));
        return changes;
    }

    /** A file beside it. */
    static String text(String name) {
        try (InputStream text = HandMadeChange.class.getResourceAsStream("/drift/" + name)) {
            return new String(Objects.requireNonNull(text, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
