package io.tenantry.worker.engine.catalog;

import static java.nio.file.FileVisitResult.CONTINUE;
import static java.nio.file.FileVisitResult.SKIP_SUBTREE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files in a folder of migrations and its subfolders, classified by name. */
final class ScriptFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ScriptFiles.class);
    private static final int MOST_NAMED = 20;

    private final Map<String, Path> scripts = new TreeMap<>();
    private final Map<String, Path> configurations = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final List<String> undo = new ArrayList<>();
    private final List<String> ignored = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private final Map<String, String> texts = new TreeMap<>();

    private ScriptFiles() {}

    /**
     * Reads the scripts of the folder, and their configurations. Like Flyway, follows links and ignores hidden files and
     * folders; Kubernetes mounts files that may change in this way. The case of a configuration's name does not matter.
     *
     * @throws IOException if the folder cannot be read
     * @throws MigrationsRefusedException if a file cannot be used; the message names all such files
     */
    static ScriptFiles of(Path folder) throws IOException {
        ScriptFiles files = new ScriptFiles();
        files.find(folder);
        files.readAll();
        if (!files.faults.isEmpty()) {
            throw new MigrationsRefusedException(String.join("; ", files.faults));
        }
        return files;
    }

    /** The texts of the scripts and their configurations, for Flyway. */
    Scripts scripts() {
        return Scripts.of(texts);
    }

    /** Logs which files are ignored. */
    void log(String database) {
        if (!undo.isEmpty()) {
            LOG.info(
                    "database {}: undo scripts are ignored, since Tenantry only migrates forward: {}",
                    database,
                    named(undo));
        }
        if (!ignored.isEmpty()) {
            LOG.warn(
                    "database {}: files whose names are not names of migrations are ignored: {}; migrations are named like"
                            + " V1__what_it_does.sql",
                    database,
                    named(ignored));
        }
    }

    private static String named(List<String> names) {
        List<String> sorted = names.stream().sorted().toList();
        int more = sorted.size() - MOST_NAMED;
        return String.join(", ", sorted.subList(0, Math.min(sorted.size(), MOST_NAMED)))
                + (more > 0 ? " and " + more + " more" : "");
    }

    private void find(Path folder) throws IOException {
        Files.walkFileTree(
                folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                        return isHidden(directory) && !directory.equals(folder) ? SKIP_SUBTREE : CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (!isHidden(file)) {
                            sort(relative(folder, file), file);
                        }
                        return CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                        if (file.equals(folder)) {
                            throw failure;
                        }
                        if (!isHidden(file)) {
                            faults.add(relative(folder, file) + ": " + unreadable(failure));
                        }
                        return CONTINUE;
                    }
                });
    }

    private static boolean isHidden(Path path) {
        @Nullable Path name = path.getFileName();
        return name != null && name.toString().startsWith(".");
    }

    private static String relative(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }

    private static ScriptName.Kind kindOf(String name) {
        return ScriptName.kindOf(name.substring(name.lastIndexOf('/') + 1));
    }

    private static boolean isOfUndo(String configuration) {
        return kindOf(ScriptName.withoutSuffix(configuration, ScriptName.CONFIGURATION_SUFFIX)) == ScriptName.Kind.UNDO;
    }

    private void sort(String name, Path file) {
        switch (kindOf(name)) {
            case SCRIPT -> scripts.put(name, file);
            case CONFIGURATION -> {
                if (isOfUndo(name)) {
                    undo.add(name);
                } else {
                    configurations.put(name, file);
                }
            }
            case UNDO -> undo.add(name);
            case MISSPELT ->
                faults.add(name + ": its name begins like a migration's, but Flyway would ignore it; name it"
                        + " V<version>__<description>.sql or R__<description>.sql, or rename it if it is no migration");
            case OTHER -> ignored.add(name);
        }
    }

    private void readAll() {
        scripts.forEach((name, file) -> {
            try {
                read(name, file);
            } catch (MigrationsRefusedException fault) {
                faults.add(String.valueOf(fault.getMessage()));
            }
        });
        Set<String> known = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        scripts.keySet().forEach(name -> known.add(name + ScriptName.CONFIGURATION_SUFFIX));
        configurations.keySet().stream().filter(name -> !known.contains(name)).forEach(ignored::add);
    }

    private void read(String name, Path file) {
        ScriptConfiguration configuration = ScriptConfiguration.NONE;
        String ofScript = name + ScriptName.CONFIGURATION_SUFFIX;
        @Nullable Path found = configurations.get(ofScript);
        String advice = "save the file in UTF-8, or name its encoding in " + ofScript;
        if (found != null) {
            String text = text(ofScript, found, StandardCharsets.UTF_8, "save the file in UTF-8");
            configuration = ScriptConfiguration.of(ofScript, text);
            texts.put(ofScript, text);
            advice = "correct the encoding in " + ofScript;
        }
        texts.put(name, text(name, file, configuration.encoding(), advice));
    }

    private static String text(String name, Path file, Charset encoding, String advice) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new MigrationsRefusedException(name + ": not a regular file");
        }
        try {
            return decode(name, Files.readAllBytes(file), encoding.newDecoder(), advice);
        } catch (IOException failure) {
            throw new MigrationsRefusedException(name + ": " + unreadable(failure), failure);
        }
    }

    private static String decode(String name, byte[] bytes, CharsetDecoder decoder, String advice) {
        CharBuffer text = CharBuffer.allocate((int) Math.ceil(bytes.length * (double) decoder.maxCharsPerByte()) + 1);
        boolean faulty = decoder.decode(ByteBuffer.wrap(bytes), text, true).isError()
                || decoder.flush(text).isError();
        String decoded = text.flip().toString();
        int nul = decoded.indexOf('\0');
        String what = faulty ? "is not in " + decoder.charset() : "has a NUL character, which PostgreSQL refuses";
        if (faulty || nul >= 0) {
            String before = faulty ? decoded : decoded.substring(0, nul);
            long line = before.chars().filter(character -> character == '\n').count() + 1;
            throw new MigrationsRefusedException(name + ": line " + line + " " + what + "; " + advice);
        }
        return decoded;
    }

    private static String unreadable(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "a link to a file that does not exist";
        }
        if (failure instanceof FileSystemLoopException) {
            return "a link to a folder that contains it";
        }
        return failure instanceof AccessDeniedException
                ? "the worker's user may not read it"
                : "cannot be read: " + failure.getMessage();
    }
}
