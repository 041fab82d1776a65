package io.tenantry.worker.request.run;

import io.tenantry.contracts.DriftChange;
import io.tenantry.worker.request.HomeDifference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the differences that a request has caused. A difference of an object that differed before is no such one, however it
 * reads now; nor is one that follows from an older difference. In doubt the older difference is the cause: an old drift must
 * not halt a rollout.
 */
final class CausedDifferences {
    private static final String COLUMN = "column";
    /** What an object has whatever the types of its columns are. */
    private static final Set<String> PROPERTIES =
            Set.of("owner", "privileges", "comment", "security labels", "extensions", COLUMN);

    private final List<HomeDifference> before;

    private CausedDifferences(List<HomeDifference> before) {
        this.before = before;
    }

    /** Those of the later ones that the request has caused. */
    static List<HomeDifference> of(List<HomeDifference> before, List<HomeDifference> after) {
        Set<String> old = subjects(before);
        Set<String> still = subjects(after);
        List<HomeDifference> gone = new ArrayList<>(before);
        gone.removeIf(one -> still.contains(one.subject()));
        CausedDifferences caused = new CausedDifferences(before);
        return after.stream()
                .filter(one -> !old.contains(one.subject()) && !caused.follows(one) && !hasMoved(one, gone))
                .toList();
    }

    private static Set<String> subjects(List<HomeDifference> differences) {
        return differences.stream().map(HomeDifference::subject).collect(Collectors.toSet());
    }

    /** Whether it is an older one under another name: the request has renamed a table or a column. Each is taken once. */
    private static boolean hasMoved(HomeDifference one, List<HomeDifference> gone) {
        for (HomeDifference old : gone) {
            if (old.change() == one.change() && old.kind().equals(one.kind())) {
                return gone.remove(old);
            }
        }
        return false;
    }

    private boolean follows(HomeDifference one) {
        return before.stream().anyMatch(old -> isPart(one, old) || isGranted(one, old) || hasOldColumn(one, old));
    }

    /** A table that one side did not have is there now, as by CREATE TABLE IF NOT EXISTS. */
    private static boolean isPart(HomeDifference one, HomeDifference old) {
        return old.change() != DriftChange.CHANGED
                && old.table() == null
                && old.object().equals(one.table());
    }

    /** Default privileges act on each new object. */
    private static boolean isGranted(HomeDifference one, HomeDifference old) {
        return one.kind().equals("privileges") && old.kind().equals("default privileges");
    }

    /** PostgreSQL prints an expression with casts that depend on the types of its columns. */
    private static boolean hasOldColumn(HomeDifference one, HomeDifference old) {
        if (!old.kind().equals(COLUMN) || one.change() != DriftChange.CHANGED) {
            return false;
        }
        boolean isOfTable = old.table() != null && old.table().equals(one.table());
        boolean isOfView = one.kind().equals(COLUMN) && lastPart(one).equals(lastPart(old));
        return isOfView || (isOfTable && !PROPERTIES.contains(one.kind()));
    }

    private static String lastPart(HomeDifference column) {
        @Nullable String table = column.table();
        return table == null ? column.object() : column.object().substring(table.length());
    }
}
