package io.tenantry.worker.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.App;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On whatever thread a class turns out to be missing, the worker does not go on as half of one. */
@Order(9)
class BrokenInstallationIT {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "the poll thread, settle/Publication",
        "a lane, request/run/HomeAttempt",
        "the settler, registry/Columns",
        "pruning, housekeeping/LedgerPruning$Pace"
    })
    void endsTheProcessWithStatus70(String thread, String missing) throws Exception {
        try (Deployment deployment = Deployment.create()) {
            deployment.database("users").withTwoTables();
            deployment.withTopics();
            deployment.events().signUp("acme");

            AppProcess worker = deployment.startProcess("run", "-cp", classPathWithout(missing));

            assertThat(worker.awaitExit())
                    .as("status without a class of %s", thread)
                    .isEqualTo(70);
            assertThat(worker.output()).anyMatch(line -> line.contains("the worker stops at once"));
            assertThat(deployment.results().all()).isEmpty();
        }
    }

    private String classPathWithout(String missing) throws Exception {
        Path product = Path.of(
                App.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(product)) {
            copyWithout(missing, product);
        } else {
            try (FileSystem jar = FileSystems.newFileSystem(product)) {
                copyWithout(missing, jar.getPath("/"));
            }
        }
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().equals(product) ? folder.toString() : entry)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private void copyWithout(String missing, Path root) throws IOException {
        Path absent = root.resolve("io/tenantry/worker").resolve(missing + ".class");
        assertThat(absent).exists();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                if (!file.equals(absent)) {
                    Path copy = folder.resolve(root.relativize(file).toString());
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy);
                }
            }
        }
    }
}
