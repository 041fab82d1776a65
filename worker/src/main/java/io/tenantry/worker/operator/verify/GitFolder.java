package io.tenantry.worker.operator.verify;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import java.io.IOException;
import java.io.InputStream;
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
    private static final String ATTRIBUTES = ".gitattributes";

    private final String program;
    private final Path folder;
    private final String revision;
    private final Path temporary;
    private boolean missing;
    private Path files;

    private GitFolder(String program, Path folder, String revision, Path temporary) {
        this.program = program;
        this.folder = folder;
        this.revision = revision;
        this.temporary = temporary;
        this.files = temporary;
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
        GitFolder made = in(program, folder, revision);
        try {
            made.fill();
            return made;
        } catch (IOException | UnusableOptionException | RuntimeException failure) {
            made.close();
            throw failure;
        }
    }

    /** Asks for the revision, and writes no file. */
    static void require(Path folder, String revision) throws IOException, UnusableOptionException {
        try (GitFolder none = in("git", folder, revision)) {
            none.requireRevision();
        }
    }

    private static GitFolder in(String program, Path folder, String revision)
            throws IOException, UnusableOptionException {
        if (revision.startsWith("-")) {
            throw new UnusableOptionException("--against is " + revision + "; expected a folder or a revision of git");
        }
        return new GitFolder(program, folder, revision, Files.createTempDirectory("tenantry-released"));
    }

    private void requireRevision() throws IOException, UnusableOptionException {
        text("rev-parse", "--verify", "--quiet", revision + "^{tree}");
    }

    private void fill() throws IOException, UnusableOptionException {
        requireRevision();
        // A revision that does not have the folder is no mistake: a database may be new.
        missing = text("ls-tree", "--name-only", revision, ".").isEmpty();
        if (!missing) {
            checkOut();
        }
    }

    /**
     * Lets git write the files as it writes those of a work tree: an archive leaves out, and changes, what attributes say
     * (export-ignore, export-subst). The repository's own index and files stay as they are.
     */
    private void checkOut() throws IOException, UnusableOptionException {
        String prefix = line("--show-prefix");
        Path tree = Files.createDirectory(temporary.resolve("tree"));
        List<String> arguments = new ArrayList<>(List.of(
                "--git-dir",
                line("--absolute-git-dir"),
                "--work-tree",
                tree.toString(),
                "--literal-pathspecs",
                "-c",
                "core.hooksPath=" + temporary.resolve("no-hooks"),
                "checkout",
                "--quiet",
                revision,
                "--",
                prefix.isEmpty() ? "." : prefix));
        arguments.addAll(attributesAbove(prefix));
        run(tree, arguments);
        files = tree.resolve(prefix);
    }

    /** Those say too how the files are written, as with ident, filters and encodings. */
    private List<String> attributesAbove(String prefix) throws IOException, UnusableOptionException {
        if (prefix.isEmpty()) {
            return List.of();
        }
        List<String> question =
                new ArrayList<>(List.of("ls-tree", "-z", "--name-only", "--full-tree", revision, "--", ATTRIBUTES));
        for (int end = prefix.indexOf('/'); end < prefix.length() - 1; end = prefix.indexOf('/', end + 1)) {
            question.add(prefix.substring(0, end + 1) + ATTRIBUTES);
        }
        return Stream.of(run(folder, question).split("\0"))
                .filter(path -> !path.isEmpty())
                .toList();
    }

    private String line(String what) throws IOException, UnusableOptionException {
        return text("rev-parse", what).replaceFirst("\\R\\z", "");
    }

    private String text(String... arguments) throws IOException, UnusableOptionException {
        return run(folder, List.of(arguments));
    }

    /** Returns what git writes. */
    private String run(Path directory, List<String> arguments) throws IOException, UnusableOptionException {
        Path complaint = temporary.resolveSibling(temporary.getFileName() + ".err");
        try {
            Process git = start(directory, arguments, complaint);
            String output;
            try (InputStream written = git.getInputStream()) {
                output = new String(written.readAllBytes(), StandardCharsets.UTF_8);
            }
            if (git.waitFor() != 0) {
                String reason = Files.readString(complaint, StandardCharsets.UTF_8)
                        .strip()
                        .replace('\n', ' ');
                throw new UnusableOptionException("--against is " + revision
                        + ", which is no folder and no revision that git knows in " + folder
                        + (reason.isEmpty() ? "" : ": " + reason));
            }
            return output;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while git was asked", interrupted);
        } finally {
            Files.deleteIfExists(complaint);
        }
    }

    private Process start(Path directory, List<String> arguments, Path complaint) throws UnusableOptionException {
        List<String> command = new ArrayList<>(List.of(program, "-C", directory.toString()));
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

    /** A folder that is gone now, and had a script in the revision with the name of one of these. */
    Optional<String> formerFolder(MigrationCatalog catalog) throws IOException, UnusableOptionException {
        Set<String> names = new HashSet<>();
        catalog.migrations().forEach(migration -> names.add(migration.script()));
        Path top = Path.of(line("--show-toplevel"));
        String all = text("ls-tree", "-r", "-z", "--name-only", "--full-tree", revision);
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
