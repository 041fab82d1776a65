package io.tenantry.worker.config.read;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The folder of a database's scripts, as Flyway's {@code locations} name it. */
final class MigrationsFolder {
    private static final String FILESYSTEM = "filesystem:";

    static final ValueType<Path> TYPE = ValueType.of("folder", FILESYSTEM + "<folder>", text -> parse(text.strip()));

    private MigrationsFolder() {}

    private static Path parse(String text) throws UnacceptableValueException {
        boolean isOneFolder = text.startsWith(FILESYSTEM) && text.length() > FILESYSTEM.length() && !text.contains(",");
        ValueType.accepted(text, isOneFolder, "not one folder");
        try {
            return Path.of(text.substring(FILESYSTEM.length()));
        } catch (InvalidPathException e) {
            throw new UnacceptableValueException("not a path");
        }
    }
}
