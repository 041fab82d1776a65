package io.tenantry.worker.engine.snapshot;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One difference between two snapshots. "here" is the first snapshot, "there" the second. Immutable. */
public sealed interface Difference {
    /** What differs, with its kind, such as {@code column users.email}. */
    String object();

    /**
     * One line of bounded length, such as {@code column users.email: here `text NOT NULL`, there `text`}.
     *
     * @param here the reader's name for the first snapshot
     * @param there the reader's name for the second
     */
    String text(String here, String there);

    private static String label(String object) {
        return Excerpts.cut(object) + ": ";
    }

    /**
     * Two definitions of one object, or an object that only one of the snapshots has.
     *
     * @param here null if the first snapshot does not have the object
     * @param there null if the second snapshot does not have it
     */
    record Definition(
            String object, @Nullable String here, @Nullable String there) implements Difference {
        @Override
        public String text(String nameHere, String nameThere) {
            Excerpts excerpts = new Excerpts(here, there);
            return label(object) + nameHere + " " + excerpts.of(here) + ", " + nameThere + " " + excerpts.of(there);
        }
    }

    /**
     * An amount or a state, such as the number of rows of a table.
     *
     * @param here short text for people
     */
    record Amount(String object, String here, String there) implements Difference {
        @Override
        public String text(String nameHere, String nameThere) {
            return label(object) + nameHere + " " + here + ", " + nameThere + " " + there;
        }
    }

    /**
     * Rows of a table that are as many, and have other values. Only digests were compared, so the values are unknown.
     *
     * @param columns whose values differ; empty if each column has the same values, in other rows
     */
    record Values(String object, SortedSet<String> columns) implements Difference {
        public Values {
            columns = Collections.unmodifiableSortedSet(new TreeSet<>(columns));
        }

        @Override
        public String text(String nameHere, String nameThere) {
            return label(object)
                    + (columns.isEmpty()
                            ? "the same values, but in other rows"
                            : "other values in " + Excerpts.cut(String.join(", ", columns)));
        }
    }
}
