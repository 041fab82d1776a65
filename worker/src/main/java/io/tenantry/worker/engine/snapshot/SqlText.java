package io.tenantry.worker.engine.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads queries that are too long for a Java source from the jar. */
public final class SqlText {
    private SqlText() {}

    /** Returns the text of a file that lies beside the class. */
    public static String of(Class<?> type, String name) {
        try (InputStream text = type.getResourceAsStream(name)) {
            if (text == null) {
                throw new IllegalStateException("the jar lacks " + name);
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new IllegalStateException("the jar's " + name + " cannot be read", broken);
        }
    }
}
