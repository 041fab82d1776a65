package io.tenantry.worker.engine.hazard;

/**
 * A column of a table or view, or an attribute of a composite type.
 *
 * @param type as people write it, with a collation that is not that of the type
 * @param typeKey number, modifier and collation of the type: it does not change if the type gets another name
 * @param base the number of the type without its domain
 * @param hasValue whether a default, an identity or a domain may give it a value
 * @param refusesValues whether an INSERT must not give it a value (GENERATED ALWAYS AS IDENTITY)
 * @param isComputed whether each row gets a value of its own: a volatile default, an identity, STORED
 * @param isDefaulted whether rows from before the column have its value without a rewrite
 * @param isChecked whether its type is a domain that may refuse values
 */
record Column(
        String name,
        String type,
        String typeKey,
        long base,
        boolean notNull,
        boolean dropped,
        boolean hasValue,
        boolean refusesValues,
        boolean isComputed,
        boolean isDefaulted,
        boolean isChecked) {
    /** Whether values of both look alike to programs: all texts do. */
    boolean looksLike(Column other) {
        return typeNumber() == other.typeNumber() || (isText() && other.isText());
    }

    /** The number of its type. */
    long typeNumber() {
        return Long.parseLong(typeKey.split(" ", 2)[0]);
    }

    /** The modifier of its type, as a length; -1 without one. */
    int modifier() {
        return Integer.parseInt(typeKey.split(" ", 3)[1]);
    }

    /** The number of its collation. */
    String collation() {
        return typeKey.split(" ", 3)[2];
    }

    private boolean isText() {
        return type.equals("text") || type.startsWith("text COLLATE ") || type.startsWith("character");
    }
}
