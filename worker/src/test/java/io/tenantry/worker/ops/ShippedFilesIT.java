package io.tenantry.worker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What the build leaves in {@code worker/target}: the shipped jar, the files of the image, the list of what is in them. */
class ShippedFilesIT {
    private static final Path TARGET = Path.of("target");
    private static final Path SHIPPED = TARGET.resolve("tenantry.jar");
    private static final Path APP = TARGET.resolve("image/app");
    private static final Path LIB = TARGET.resolve("image/lib");
    private static final Path SBOM = TARGET.resolve("tenantry-cyclonedx.json");
    private static final long MEGABYTE = 1_000_000;
    private static final long LARGEST_IMAGE = 50 * MEGABYTE;
    private static final long LARGEST_APP = 3 * MEGABYTE;

    @Test
    void theImageHasTheClassesOfTheShippedJar() {
        Set<String> inImage = Stream.concat(jars(APP).stream(), jars(LIB).stream())
                .flatMap(jar -> classes(jar).stream())
                .collect(Collectors.toSet());

        assertThat(inImage).isEqualTo(classes(SHIPPED));
    }

    @Test
    void noClassIsTwiceOnTheClassPathOfTheImage() {
        Set<String> seen = new HashSet<>();

        Stream.concat(jars(APP).stream(), jars(LIB).stream())
                .forEach(jar -> classes(jar)
                        .forEach(name -> assertThat(seen.add(name))
                                .as("%s of %s", name, jar)
                                .isTrue()));
    }

    @Test
    void aReleaseChangesASmallLayer() {
        assertThat(jars(APP))
                .extracting(ShippedFilesIT::nameOf)
                .containsExactlyInAnyOrder("tenantry-worker.jar", "tenantry-contracts.jar");
        assertThat(size(APP)).isLessThan(LARGEST_APP);
        assertThat(size(APP) + size(LIB)).isLessThan(LARGEST_IMAGE);
    }

    @Test
    void theSbomListsEveryLibraryAndNothingElse() throws IOException {
        Set<String> listed = new TreeSet<>();
        sbom().get("components").forEach(component -> {
            if (!component.get("group").asText().equals("io.tenantry")) {
                listed.add(component.get("name").asText() + "-"
                        + component.get("version").asText() + ".jar");
            }
        });

        assertThat(listed)
                .as("built with -o? The SBOM needs Maven to be online, and is old or missing then")
                .isEqualTo(jars(LIB).stream().map(ShippedFilesIT::nameOf).collect(Collectors.toSet()));
    }

    /** Two builds give the same bytes only if nothing has the time, the place or a random number of its build. */
    @Test
    void nothingShowsWhenOrWhereItWasBuilt() throws IOException {
        String here = Path.of("..").toAbsolutePath().normalize().toString();
        Set<LocalDateTime> times = new HashSet<>();
        for (Path jar : Stream.concat(jars(APP).stream(), Stream.of(SHIPPED)).toList()) {
            try (JarFile file = new JarFile(jar.toFile())) {
                file.stream()
                        .filter(entry -> entry.getName().matches("io/tenantry/.+|META-INF/MANIFEST.MF"))
                        .map(JarEntry::getTimeLocal)
                        .forEach(times::add);
                assertThat(file.getManifest().getMainAttributes().keySet())
                        .as("manifest of %s", jar)
                        .extracting(String::valueOf)
                        .doesNotContain("Built-By", "Build-Time", "Build-Jdk");
            }
        }

        assertThat(times).as("times of all our entries in the jars").hasSize(1);
        assertThat(sbom().at("/metadata").has("timestamp")).isFalse();
        assertThat(Files.readString(SBOM)).doesNotContain(here).contains("cdx:reproducible");
    }

    private static JsonNode sbom() throws IOException {
        return new ObjectMapper().readTree(SBOM.toFile());
    }

    private static List<Path> jars(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> classes(Path jar) {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.endsWith(".class") && !name.endsWith("module-info.class"))
                    .filter(name -> !name.contains("/OSGI-INF/"))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path folder) {
        return jars(folder).stream().mapToLong(jar -> jar.toFile().length()).sum();
    }

    private static String nameOf(Path file) {
        return file.getFileName().toString();
    }
}
