package io.tenantry.worker.engine.hazard;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Something of a home that programs can name or use. Objects are known by their numbers (oid) and by their names. */
sealed interface Offer {
    /** What programs know of it; the same if it is made again. */
    String key();

    /** A relation by its number, and by the name that programs use. */
    record Place(long number, String name) {}

    /**
     * A table, foreign table or view.
     *
     * @param kind as in pg_class
     * @param writes what it takes, as pg_relation_is_updatable says: bits for UPDATE, INSERT, DELETE
     * @param hasRowSecurity whether its policies say which rows others than its owner see
     */
    record Relation(Place place, String kind, int writes, boolean hasRowSecurity) implements Offer {
        @Override
        public String key() {
            return "relation " + place.name;
        }
    }

    /**
     * A function, procedure or aggregate that programs can call.
     *
     * @param shown with its arguments, as {@code total(integer)}
     * @param types of its arguments
     * @param names of its arguments; empty texts if they have none
     * @param required how many arguments have no default
     * @param result a key of what it returns
     * @param shownResult the same for people
     */
    record Function(
            long number,
            String name,
            String word,
            String shown,
            List<String> types,
            List<String> names,
            int required,
            String result,
            String shownResult)
            implements Offer {
        @Override
        public String key() {
            return "function " + shown;
        }

        /** Whether calls of the other one find this one, which may have further arguments with defaults. */
        boolean answers(Function other) {
            return takesCallsOf(other) && result.equals(other.result);
        }

        /** The same, whatever it returns. */
        boolean takesCallsOf(Function other) {
            return word.equals(other.word)
                    && name.equals(other.name)
                    && required <= other.required
                    && isPrefix(other.types, types, false)
                    && isPrefix(other.names, names, true);
        }

        private static boolean isPrefix(List<String> some, List<String> all, boolean mayBeUnnamed) {
            if (some.size() > all.size()) {
                return false;
            }
            for (int i = 0; i < some.size(); i++) {
                if (!some.get(i).equals(all.get(i))
                        && !(mayBeUnnamed && some.get(i).isEmpty())) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * A sequence, type or other object with a name.
     *
     * @param owner the table that a sequence belongs to; 0 without one
     * @param column the column of it
     * @param isIdentity whether PostgreSQL made the sequence for an identity column
     */
    record Named(long number, String word, String name, long owner, int column, boolean isIdentity) implements Offer {
        @Override
        public String key() {
            return word + " " + name;
        }
    }

    /** A value of an enum. */
    record Value(long number, String type, String label) implements Offer {
        @Override
        public String key() {
            return "value " + type + " " + label;
        }
    }

    /**
     * A primary key, unique or exclusion constraint, which ON CONFLICT ON CONSTRAINT can name.
     *
     * @param index the number of its index
     * @param columns the numbers of its columns
     */
    record Constraint(long number, Place table, String name, String word, long index, Set<Integer> columns)
            implements Offer {
        @Override
        public String key() {
            return "constraint " + table.name + " " + name;
        }
    }

    /**
     * A unique index that is checked at once, which ON CONFLICT (columns) finds.
     *
     * @param keys its columns and expressions
     * @param predicate which rows it has; null for all
     * @param columns the numbers of all columns that it reads
     */
    record UniqueIndex(
            long number,
            Place table,
            String name,
            String keys,
            @Nullable String predicate,
            Set<Integer> columns) implements Offer {
        @Override
        public String key() {
            return "unique " + table.name + " " + keys + " " + predicate;
        }

        boolean serves(UniqueIndex other) {
            return keys.equals(other.keys) && (predicate == null || predicate.equals(other.predicate));
        }
    }

    /** An index, trigger, check, foreign key or comment, which is gone without a word when its relation is made again. */
    record Part(long number, Place relation, String word, String name, String definition) implements Offer {
        @Override
        public String key() {
            return word + " " + relation.name + " " + name;
        }

        boolean serves(Part other) {
            return word.equals(other.word)
                    && (name.equals(other.name) || (definition.equals(other.definition) && !definition.isEmpty()));
        }
    }

    /** A policy that permits rows. */
    record Policy(long number, Place table, String name, String definition) implements Offer {
        @Override
        public String key() {
            return "policy " + table.name + " " + name;
        }
    }

    /**
     * What a role may do; never of a superuser.
     *
     * @param role 0 for PUBLIC
     * @param place the name of a relation, a function with its arguments, or a schema
     * @param column null for the whole relation
     */
    record Right(
            long role,
            String roleName,
            String place,
            String privilege,
            @Nullable String column) implements Offer {
        @Override
        public String key() {
            return "right " + roleName + " " + privilege + " " + place + " " + column;
        }
    }
}
