package io.tenantry.worker.operator.verify;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A folder as it is in a revision of git, in a temporary folder that is deleted with this object. */
final class GitFolder implements AutoCloseable {
    private final String program;
    private final Path temporary;
    private boolean missing;
    private Path files;
    /** Of the work tree of now; only if the folder is missing. */
    private Path top;
    /** The paths of all files of the revision, each with a NUL behind it; only if the folder is missing. */
    private String all = "";

    private GitFolder(String program, Path temporary) {
        this.program = program;
        this.temporary = temporary;
        this.files = temporary;
        this.top = temporary;
    }

    /**
     * Has git write the folder's files.
     *
     * @throws UnusableOptionException if there is no git, or no such revision
     */
    static GitFolder of(Path folder, String revision) throws IOException, UnusableOptionException {
        return of("git", folder, revision);
    }

    /** @param program that is run as git */
    static GitFolder of(String program, Path folder, String revision) throws IOException, UnusableOptionException {
        if (revision.startsWith("-")) {
            throw new UnusableOptionException("--against is " + revision + "; expected a folder or a revision of git");
        }
        GitFolder made = new GitFolder(program, Files.createTempDirectory("tenantry-released"));
        try {
            made.fill(folder, revision);
            return made;
        } catch (IOException | UnusableOptionException | RuntimeException failure) {
            made.close();
            throw failure;
        }
    }

    private void fill(Path folder, String revision) throws IOException, UnusableOptionException {
        try {
            // A revision that does not have the folder is no mistake: a database may be new.
            run(
                    folder,
                    revision,
                    List.of("rev-parse", "--verify", "--quiet", revision + "^{tree}"),
                    InputStream::readAllBytes);
            missing = run(folder, revision, List.of("ls-tree", "--name-only", revision, "."), InputStream::readAllBytes)
                            .length
                    == 0;
            if (missing) {
                all = new String(
                        run(
                                folder,
                                revision,
                                List.of("ls-tree", "-r", "-z", "--name-only", "--full-tree", revision),
                                InputStream::readAllBytes),
                        StandardCharsets.UTF_8);
                top = Path.of(line(folder, revision, "--show-toplevel"));
            } else {
                checkOut(folder, revision);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while git was asked", interrupted);
        }
    }

    /**
     * Lets git write the files as it writes those of a work tree: an archive leaves out, and changes, what attributes say
     * (export-ignore, export-subst). The repository's own index and files stay as they are.
     */
    private void checkOut(Path folder, String revision)
            throws IOException, InterruptedException, UnusableOptionException {
        String prefix = line(folder, revision, "--show-prefix");
        Path tree = Files.createDirectory(temporary.resolve("tree"));
        List<String> arguments = List.of(
                "--git-dir",
                line(folder, revision, "--absolute-git-dir"),
                "--work-tree",
                tree.toString(),
                "--literal-pathspecs",
                "-c",
                "core.hooksPath=" + temporary.resolve("no-hooks"),
                "checkout",
                "--quiet",
                revision,
                "--",
                prefix.isEmpty() ? "." : prefix);
        run(tree, revision, arguments, InputStream::readAllBytes);
        files = tree.resolve(prefix);
    }

    private String line(Path folder, String revision, String what)
            throws IOException, InterruptedException, UnusableOptionException {
        byte[] answer = run(folder, revision, List.of("rev-parse", what), InputStream::readAllBytes);
        return new String(answer, StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
    }

    /** Reads what git writes. */
    private interface Reading<T> {
        T read(InputStream output) throws IOException;
    }

    private <T> T run(Path folder, String revision, List<String> arguments, Reading<T> reading)
            throws IOException, InterruptedException, UnusableOptionException {
        Path complaint = temporary.resolveSibling(temporary.getFileName() + ".err");
        try {
            Process git = start(folder, revision, arguments, complaint);
            T read;
            try (InputStream output = git.getInputStream()) {
                read = reading.read(output);
                output.transferTo(OutputStream.nullOutputStream());
            }
            if (git.waitFor() != 0) {
                String reason = Files.readString(complaint, StandardCharsets.UTF_8)
                        .strip()
                        .replace('\n', ' ');
                throw new UnusableOptionException("--against is " + revision
                        + ", which is no folder and no revision that git knows in " + folder
                        + (reason.isEmpty() ? "" : ": " + reason));
            }
            return read;
        } finally {
            Files.deleteIfExists(complaint);
        }
    }

    private Process start(Path folder, String revision, List<String> arguments, Path complaint)
            throws UnusableOptionException {
        List<String> command = new ArrayList<>(List.of(program, "-C", folder.toString()));
        command.addAll(arguments);
        try {
            ProcessBuilder git = new ProcessBuilder(command).redirectError(complaint.toFile());
            git.environment().put("GIT_INDEX_FILE", temporary.resolve("index").toString());
            return git.start();
        } catch (IOException noGit) {
            throw new UnusableOptionException(
                    "--against is " + revision + ", which is no folder, and git cannot be run (" + noGit.getMessage()
                            + "): install git, or give a folder",
                    noGit);
        }
    }

    /** Whether the revision does not have the folder; then there are no files. */
    boolean isMissing() {
        return missing;
    }

    /** If the folder is missing: one that is gone now, and had a script of the same name in the revision. */
    Optional<String> formerFolder(MigrationCatalog catalog) {
        Set<String> names = new HashSet<>();
        catalog.migrations().forEach(migration -> names.add(migration.script()));
        return Stream.of(all.split("\0"))
                .filter(path ->
                        names.contains(path.substring(path.lastIndexOf('/') + 1)) && !Files.exists(top.resolve(path)))
                .map(path -> path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : ".")
                .findFirst();
    }

    Path path() {
        return files;
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
