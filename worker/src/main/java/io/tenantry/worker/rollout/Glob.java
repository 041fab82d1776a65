package io.tenantry.worker.rollout;

import java.util.regex.Pattern;

/** A name, or a pattern of names: {@code *} stands for any characters, {@code ?} for one. Immutable. */
final class Glob {
    private final String text;
    private final Pattern pattern;

    Glob(String text) {
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
        this.pattern = Pattern.compile(regex.toString());
    }

    boolean matches(String name) {
        return pattern.matcher(name).matches();
    }

    @Override
    public String toString() {
        return text;
    }
}
