package io.tenantry.worker.drift;

import java.util.Optional;

/** A property that objects of several kinds have, and that is an entry of its own in a snapshot. */
enum Aspect {
    OWNER("owner", "owner of "),
    PRIVILEGES("privileges", "privileges on "),
    COMMENT("comment", "comment on "),
    SECURITY_LABELS("security labels", "security labels of "),
    EXTENSION("extensions", "extension of ");

    private final String kind;
    private final String prefix;

    Aspect(String kind, String prefix) {
        this.kind = kind;
        this.prefix = prefix;
    }

    /** The aspect that a label names; empty if it names an object. */
    static Optional<Aspect> of(String label) {
        for (Aspect aspect : values()) {
            if (label.startsWith(aspect.prefix)) {
                return Optional.of(aspect);
            }
        }
        return Optional.empty();
    }

    /** How people call it. */
    String kind() {
        return kind;
    }

    /** The label of this aspect of an object. */
    String label(String object) {
        return prefix + object;
    }

    /** The label of the object, of a label of this aspect. */
    String object(String label) {
        return label.substring(prefix.length());
    }
}
