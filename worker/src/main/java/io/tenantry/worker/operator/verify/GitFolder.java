package io.tenantry.worker.operator.verify;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A folder as it is in a revision of git, in a temporary folder that is deleted with this object. */
final class GitFolder implements AutoCloseable {
    private final Path temporary;

    private GitFolder(Path temporary) {
        this.temporary = temporary;
    }

    /**
     * Has git write the folder's files.
     *
     * @throws UnusableOptionException if there is no git, no such revision, or no such folder in it
     */
    static GitFolder of(Path folder, String revision) throws IOException, UnusableOptionException {
        if (revision.startsWith("-")) {
            throw new UnusableOptionException("--against is " + revision + "; expected a folder or a revision of git");
        }
        GitFolder made = new GitFolder(Files.createTempDirectory("tenantry-released"));
        try {
            made.fill(folder, revision);
            return made;
        } catch (IOException | UnusableOptionException | RuntimeException failure) {
            made.close();
            throw failure;
        }
    }

    private void fill(Path folder, String revision) throws IOException, UnusableOptionException {
        Path complaint = temporary.resolveSibling(temporary.getFileName() + ".err");
        try {
            Process git = start(folder, revision, complaint);
            try (InputStream archive = git.getInputStream();
                    ZipInputStream files = new ZipInputStream(archive)) {
                unpack(files);
                archive.transferTo(OutputStream.nullOutputStream());
            }
            if (git.waitFor() != 0) {
                throw new UnusableOptionException("--against is " + revision
                        + ", which is no folder, and git has no " + folder + " in such a revision: "
                        + Files.readString(complaint, StandardCharsets.UTF_8)
                                .strip()
                                .replace('\n', ' '));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while git was asked", interrupted);
        } finally {
            Files.deleteIfExists(complaint);
        }
    }

    private static Process start(Path folder, String revision, Path complaint) throws UnusableOptionException {
        try {
            return new ProcessBuilder(
                            List.of("git", "-C", folder.toString(), "archive", "--format=zip", revision, "--", "."))
                    .redirectError(complaint.toFile())
                    .start();
        } catch (IOException noGit) {
            throw new UnusableOptionException(
                    "--against is " + revision + ", which is no folder, and git cannot be run (" + noGit.getMessage()
                            + ")",
                    noGit);
        }
    }

    private void unpack(ZipInputStream files) throws IOException {
        for (ZipEntry file = files.getNextEntry(); file != null; file = files.getNextEntry()) {
            Path target = temporary.resolve(file.getName()).normalize();
            if (!file.isDirectory() && target.startsWith(temporary)) {
                Files.createDirectories(target.getParent());
                Files.copy(files, target);
            }
        }
    }

    Path path() {
        return temporary;
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(temporary)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
