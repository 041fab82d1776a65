package io.tenantry.worker.config.read;

import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * One setting: what its reader, its faults and its row in the README are made from.
 *
 * @param key {@code *} stands for the name of a server, of a database, or of a Kafka property
 * @param otherwise the default, as it would be written in the file; empty: none; null: the setting is required
 * @param meaning what it decides, in one sentence of Markdown
 */
record Setting<T>(String key, ValueType<T> type, @Nullable String otherwise, String meaning) {
    boolean isRequired() {
        return otherwise == null;
    }

    /** The setting of one server, database or property; of one server of one database, with two names. */
    Setting<T> of(String... names) {
        String named = key;
        for (String name : names) {
            named = named.replaceFirst("\\*", Matcher.quoteReplacement(name));
        }
        return new Setting<>(named, type, otherwise, meaning);
    }

    /** The same key where other settings narrow down what is allowed. */
    Setting<T> as(ValueType<T> narrower) {
        return new Setting<>(key, narrower, otherwise, meaning);
    }

    /** @throws IllegalStateException the setting is required, or its type refuses its default */
    T defaultValue() {
        if (otherwise == null) {
            throw new IllegalStateException(key + " is required and has no default");
        }
        try {
            return type.parser().parse(otherwise);
        } catch (UnacceptableValueException e) {
            throw new IllegalStateException("default of " + key + ": " + e.problem(), e);
        }
    }

    /** The key. */
    @Override
    public String toString() {
        return key;
    }
}
