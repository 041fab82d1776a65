package io.tenantry.worker.stack;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The class archives of a build. They need a class path of jars alone, so each folder of classes is packed into a jar
 * that is named after what is in the folder.
 *
 * @param folder where they are; null if there are to be none
 */
record ClassArchives(@Nullable Path folder) {
    /** The folder; the build sets it. */
    private static final String PROPERTY = "tenantry.test.class-archives";

    /** JDK 25.0.3 crashed in brokers that used an archive (LambdaProxyClassDictionary::find_lambda_proxy_class). */
    private static final int FIRST_JDK_WITHOUT = 25;

    static ClassArchives ofProperty() {
        String folder = System.getProperty(PROPERTY, "");
        boolean isUsable = Runtime.version().feature() < FIRST_JDK_WITHOUT;
        return new ClassArchives(
                !isUsable || folder.isEmpty() ? null : Path.of(folder).toAbsolutePath());
    }

    /** What a JVM must be started with so that its own children find them. */
    List<String> jvmOptions() {
        return folder == null ? List.of() : List.of("-D" + PROPERTY + "=" + folder);
    }

    /** The archive of a program; empty if there is to be none. */
    Optional<ClassArchive> of(Class<?> program, String jars) {
        return Optional.ofNullable(folder)
                .map(existing ->
                        new ClassArchive(existing.resolve(program.getSimpleName() + "-" + digest(jars) + ".jsa")));
    }

    /** The same class path with jars in the place of folders; unchanged if there are to be no archives. */
    String jars(String classPath) {
        if (folder == null) {
            return classPath;
        }
        Path target = folder;
        return Arrays.stream(classPath.split(File.pathSeparator))
                .map(entry -> Files.isDirectory(Path.of(entry))
                        ? jar(Path.of(entry), target).toString()
                        : entry)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path jar(Path classes, Path target) {
        try {
            Files.createDirectories(target);
            List<Path> files = files(classes);
            Path jar = target.resolve("classes-" + digest(state(classes, files)) + ".jar");
            if (!Files.exists(jar)) {
                Path draft = Files.createTempFile(target, "classes-", ".draft");
                write(classes, files, draft);
                moveUnlessThere(draft, jar);
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first one stays: a JVM that runs has it open, and an archive knows its time. */
    private static void moveUnlessThere(Path draft, Path jar) throws IOException {
        synchronized (ClassArchives.class) {
            if (Files.exists(jar)) {
                Files.delete(draft);
            } else {
                Files.move(draft, jar, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private static List<Path> files(Path classes) throws IOException {
        try (Stream<Path> tree = Files.walk(classes)) {
            return tree.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static String state(Path classes, List<Path> files) throws IOException {
        StringBuilder state = new StringBuilder(classes.toString());
        for (Path file : files) {
            state.append('\n')
                    .append(classes.relativize(file))
                    .append(Files.size(file))
                    .append(Files.getLastModifiedTime(file));
        }
        return state.toString();
    }

    private static void write(Path classes, List<Path> files, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            entries.setLevel(0);
            for (Path file : files) {
                String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
                entries.putNextEntry(new JarEntry(name));
                Files.copy(file, entries);
                entries.closeEntry();
            }
        }
    }

    private static String digest(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
