package io.tenantry.worker.operator.verify;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.postgres.FailureMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder or the revision of git that {@code --against} names. Immutable.
 *
 * @param isOfOne whether one database alone is verified; then the folder may be that of its scripts
 */
record AgainstOption(String text, boolean isOfOne) {
    boolean isFolder() {
        return Files.isDirectory(Path.of(text));
    }

    /**
     * The folder with the released scripts of a database, if it is a folder.
     *
     * @throws UnusableOptionException if it has none for this one
     */
    Path folderOf(DatabaseSettings database) throws UnusableOptionException {
        Path folder = Path.of(text);
        Path ofDatabase = folder.resolve(database.name());
        if (Files.isDirectory(ofDatabase)) {
            return ofDatabase;
        }
        if (isOfOne) {
            return folder;
        }
        throw new UnusableOptionException("--against is folder " + text + ", which has no folder " + database.name()
                + ": give it such a folder for each database, or choose one with --database");
    }

    /** @throws UnusableOptionException if the scripts of this database cannot be compared with it */
    void require(DatabaseSettings database) throws UnusableOptionException, OperationFailedException {
        if (isFolder()) {
            folderOf(database);
            return;
        }
        try {
            GitFolder.require(database.migrations(), text);
        } catch (IOException failure) {
            throw unwritable(failure);
        }
    }

    OperationFailedException unwritable(IOException failure) {
        return new OperationFailedException(
                "the files of revision " + text + " cannot be written: " + FailureMessage.of(failure), failure);
    }
}
