package io.tenantry.worker.engine.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VersionFingerprintsTest {
    private static final String VIEW = "CREATE VIEW v AS SELECT '${tenant}';";

    private final List<Migration> migrations = new ArrayList<>();
    private final Map<String, String> texts = new LinkedHashMap<>();

    @Test
    void areTheSameInEveryProcess() {
        versioned("1", 11).versioned("2.9", 29).versioned("2.10", 210).repeatable("view", VIEW);

        assertThat(byVersion())
                .as("stored in registries: a release that changes them sends a request to every home once")
                .containsExactly(
                        Map.entry("1", "005f121be85f800c"),
                        Map.entry("2.9", "f74df2b85ba816f2"),
                        Map.entry("2.10", "4659721e2398e5f0"));
    }

    @Test
    void aVersionChangesThoseFromItsOwnOn() {
        versioned("1", 11).versioned("2", 22).versioned("3", 33);
        Map<String, String> before = byVersion();

        migrations.set(1, migration("2", "two", "SQL", 23));
        Map<String, String> edited = byVersion();
        assertThat(edited.get("1")).isEqualTo(before.get("1"));
        assertThat(edited.get("2")).isNotEqualTo(before.get("2"));
        assertThat(edited.get("3")).isNotEqualTo(before.get("3"));

        migrations.set(1, migration("2", "v2", "SQL", 22));
        assertThat(byVersion()).isEqualTo(before);
        migrations.set(1, migration("2", "renamed", "SQL", 22));
        assertThat(byVersion().get("2")).isNotEqualTo(before.get("2"));
        migrations.set(1, migration("2", "v2", "JDBC", 22));
        assertThat(byVersion().get("2")).isNotEqualTo(before.get("2"));
        migrations.set(1, migration("2", "v2", "SQL", null));
        assertThat(byVersion().get("2")).isNotEqualTo(before.get("2"));
    }

    @Test
    void aLateVersionOrABaselineChangesThoseFromItsOwnOn() {
        versioned("1", 11).versioned("2", 22).versioned("3", 33);
        Map<String, String> before = byVersion();

        migrations.add(1, migration("1.5", "late", "SQL", 15));
        Map<String, String> late = byVersion();
        assertThat(late.get("1")).isEqualTo(before.get("1"));
        assertThat(late.get("2")).isNotEqualTo(before.get("2"));
        assertThat(late.get("3")).isNotEqualTo(before.get("3"));

        migrations.set(1, migration("2", "base", "SQL_BASELINE", 22));
        assertThat(byVersion().keySet()).containsExactly("1", "2", "3");
        assertThat(byVersion().get("2")).isNotEqualTo(before.get("2"));
    }

    @Test
    void aRepeatableScriptCountsForEveryVersion() {
        versioned("1", 11).versioned("2", 22);
        Map<String, String> before = byVersion();
        repeatable("view", VIEW);
        Map<String, String> with = byVersion();

        assertThat(with.get("1")).isNotEqualTo(before.get("1"));
        assertThat(with.get("2")).isNotEqualTo(before.get("2"));
        texts.put("R__view.sql", VIEW + " -- edited");
        assertThat(byVersion().get("1")).isNotEqualTo(with.get("1"));
        assertThat(byVersion().get("2")).isNotEqualTo(with.get("2"));
    }

    /** Flyway's own depends on placeholders, such as the time and the machine. */
    @Test
    void theChecksumOfARepeatableScriptIsThatOfItsText() {
        versioned("1", 11).repeatable("view", VIEW);
        Map<String, String> before = byVersion();

        migrations.set(1, new Migration(null, "view", "SQL", "R__view.sql", 4711));
        texts.put("R__view.sql", VIEW.replace(";", ";\r\n"));

        assertThat(byVersion()).isEqualTo(before);
    }

    @Test
    void aClassIsKnownByItsName() {
        migrations.add(new Migration(MigrationVersion.fromVersion("1"), "one", "JDBC", "com.acme.V1__One", null));
        Map<String, String> before = byVersion();

        migrations.set(0, new Migration(MigrationVersion.fromVersion("1"), "one", "JDBC", "com.acme.v2.V1__One", null));

        assertThat(byVersion()).isNotEqualTo(before);
    }

    @Test
    void whereAFileIsAndWhatIsNoMigrationDoesNotMatter() {
        versioned("1", 11).repeatable("view", VIEW);
        Map<String, String> before = byVersion();

        migrations.set(0, new Migration(MigrationVersion.fromVersion("1"), "v1", "SQL", "sub/V1__v1.sql", 11));
        texts.remove("V1__v1.sql");
        texts.put("sub/V1__v1.sql", "-- a comment\nSELECT 1;");
        texts.put("beforeMigrate.sql", "SELECT 1;");
        texts.put("V1__v1.sql.conf", "executeInTransaction=true");

        assertThat(byVersion()).isEqualTo(before);
    }

    @Test
    void neighboursAreKeptApart() {
        migrations.add(migration("1", "a1", "SQL", null));
        Map<String, String> before = byVersion();
        migrations.set(0, migration("1", "a", "1SQL", null));

        assertThat(byVersion()).isNotEqualTo(before);
    }

    @Test
    void aVersionIsFoundHoweverItIsWritten() {
        versioned("1.0", 11).repeatable("view", VIEW);
        VersionFingerprints fingerprints = fingerprints();

        assertThat(fingerprints.of(MigrationVersion.fromVersion("01")))
                .contains(byVersion().get("1.0"));
        assertThat(fingerprints.of(MigrationVersion.fromVersion("2"))).isEmpty();
    }

    @Test
    void noVersionNoFingerprint() {
        assertThat(repeatable("view", VIEW).byVersion()).isEmpty();
    }

    @Test
    void fiveHundredVersionsAreShort() {
        IntStream.rangeClosed(1, 500).forEach(version -> versioned(String.valueOf(version), version));

        assertThat(byVersion().values()).hasSize(500).doesNotHaveDuplicates().allMatch(text -> text.length() == 16);
    }

    private VersionFingerprintsTest versioned(String version, int checksum) {
        Migration migration = migration(version, "v" + version, "SQL", checksum);
        migrations.add(migration);
        texts.put(migration.script(), "SELECT 1;");
        return this;
    }

    private VersionFingerprintsTest repeatable(String description, String text) {
        migrations.add(new Migration(null, description, "SQL", "R__" + description + ".sql", 1));
        texts.put("R__" + description + ".sql", text);
        return this;
    }

    private static Migration migration(String version, String description, String type, @Nullable Integer checksum) {
        return new Migration(
                MigrationVersion.fromVersion(version),
                description,
                type,
                "V" + version + "__v" + version + ".sql",
                checksum);
    }

    private Map<String, String> byVersion() {
        return fingerprints().byVersion();
    }

    private VersionFingerprints fingerprints() {
        return MigrationCatalog.of("users", Sources.of(Scripts.of(texts)), migrations, Map.of())
                .versionFingerprints();
    }
}
