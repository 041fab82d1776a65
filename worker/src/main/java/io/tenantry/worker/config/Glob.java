package io.tenantry.worker.config;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A name, or a pattern of names: {@code *} stands for any characters, {@code ?} for one. Immutable. */
public final class Glob {
    private final String text;
    private final Pattern pattern;

    public Glob(String text) {
        this.text = text;
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            regex.append(
                    switch (next) {
                        case '*' -> ".*";
                        case '?' -> ".";
                        default -> Pattern.quote(String.valueOf(next));
                    });
        }
        this.pattern = Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    /** Whether the whole name matches. */
    public boolean matches(String name) {
        return pattern.matcher(name).matches();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Glob glob && glob.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
