package io.tenantry.worker.engine.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptFilesTest {
    @TempDir
    Path folder;

    /** A ConfigMap or a Secret of Kubernetes: what it holds is linked from a hidden folder, which changes as a whole. */
    @Test
    void aMountedConfigMapIsReadOnce() throws IOException {
        Path hidden = Files.createDirectory(folder.resolve("..2026_11_23"));
        Files.writeString(hidden.resolve("V1__a.sql"), "SELECT 1;");
        Files.createSymbolicLink(folder.resolve("..data"), hidden.getFileName());
        Files.createSymbolicLink(folder.resolve("V1__a.sql"), Path.of("..data", "V1__a.sql"));

        assertThat(scripts().names()).containsExactly("V1__a.sql");
    }

    @Test
    void linksAreFollowed() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real"));
        Files.writeString(Files.createDirectory(real.resolve("2026")).resolve("V1__a.sql"), "SELECT 1;");
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);

        assertThat(ScriptFiles.of(link).scripts().names()).containsExactly("2026/V1__a.sql");
    }

    @Test
    void aFolderThatIsNotThereIsNoEmptyOne() {
        assertThatThrownBy(() -> ScriptFiles.of(folder.resolve("nowhere"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aLinkToNowhereIsNoScriptThatIsLeftOut() throws IOException {
        Files.createSymbolicLink(folder.resolve("V1__a.sql"), Path.of("nowhere"));

        assertRefused("V1__a.sql: a link to a file that does not exist");
    }

    @Test
    void aLinkToItsOwnFolderIsNamed() throws IOException {
        write("sub/V1__a.sql", "SELECT 1;");
        Files.createSymbolicLink(folder.resolve("sub/again"), Path.of("."));

        assertRefused("sub/again: a link to a folder that contains it");
    }

    @Test
    void whatIsNoScriptIsNotRead() throws IOException {
        Files.write(folder.resolve("model.png"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        write("V1__a.sql", "SELECT 1;");
        write("V1__a.sql.conf", "executeInTransaction=false");

        assertThat(scripts().names()).containsExactly("V1__a.sql", "V1__a.sql.conf");
    }

    @Test
    void aSuffixCountsInUpperAndInLowerCase() throws IOException {
        for (String name : List.of("V1__a.SQL", "V2__b.Sql", "R__views.SQL", "beforeMigrate.SQL", "B2__base.sQL")) {
            write(name, "SELECT 1;");
        }

        assertThat(scripts().names())
                .containsExactlyInAnyOrder(
                        "V1__a.SQL", "V2__b.Sql", "R__views.SQL", "beforeMigrate.SQL", "B2__base.sQL");
        assertThat(scripts().getResources("V", new String[] {".sql"})).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"V1__a.sql.conf", "V1__a.sql.CONF", "V1__a.SQL.conf", "v1__A.sql.Conf"})
    void aConfigurationCountsHoweverItsNameIsWritten(String name) throws IOException {
        write("V1__a.sql", "SELECT 1;");
        write(name, "placeholderReplacement=false");

        assertThat(scripts().isConfigured("V1__a.sql")).isTrue();
        assertThat(scripts().getResource("V1__a.sql.conf")).isNotNull();
    }

    @Test
    void anEncodingDoesNotChangeHowAScriptRuns() throws IOException {
        write("V1__a.sql", "SELECT 1;");
        write("V1__a.sql.conf", "encoding=ISO-8859-1");

        assertThat(scripts().isConfigured("V1__a.sql")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "V2_x.sql",
                "V2-x.sql",
                "V2x.sql",
                "V 2__x.sql",
                "V__x.sql",
                "v2__x.sql",
                "v2_x.sql",
                "v1.2__x.SQL",
                "R_x.sql",
                "R-x.sql",
                "R1__x.sql",
                "r__x.sql",
                "B_2_x.sql",
                "B2-x.sql",
                "b2__x.sql",
                " V2__x.sql",
                "V2__x.slq",
                "V2__x.sq",
                "V2__x.sqll",
                "R__x.qsl",
                "V1.a__x.sql"
            })
    void aMisspeltNameIsRefused(String name) throws IOException {
        write("V1__a.sql", "SELECT 1;");
        write("2026/" + name, "SELECT 1;");

        assertRefused("2026/" + name + ": its name begins like a migration's, but Flyway would ignore it;"
                + " name it V<version>__<description>.sql or R__<description>.sql, or rename it if it is no migration");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "U1__a.sql",
                "U1_1__a.SQL",
                "U1__a.sql.conf",
                "fixtures.sql",
                "Views.sql",
                "README.sql",
                "Rollback.sql",
                "B2B_import.sql",
                "Backup.sql",
                "b2b.sql",
                "vacuum.sql",
                "beforeMigrat.sql",
                "README.md",
                "V1__a.sql.bak",
                "V2__b.sql.conf",
                "2__b.sql"
            })
    void whatIsNoMigrationIsPassedOver(String name) throws IOException {
        write("V1__a.sql", "SELECT 1;");
        write("sub/" + name, "SELECT 1;");

        assertThat(scripts().names()).containsExactly("V1__a.sql");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ISO-8859-1", "windows-1252", "UTF-8", "UTF-16", "UTF-16LE"})
    void aScriptIsReadInItsEncoding(String encoding) throws IOException {
        write("V1__a.sql", "SELECT 'Köln';".getBytes(Charset.forName(encoding)));
        write("V1__a.sql.conf", "encoding=" + encoding);

        assertThat(scripts().text("V1__a.sql")).isEqualTo("SELECT 'Köln';");
    }

    @Test
    void allFaultsAreInOneMessage() throws IOException {
        write("V1__a.sql", "SELECT 1;\nSELECT 'Köln';".getBytes(StandardCharsets.ISO_8859_1));
        write("V2__b.sql", "SELECT 1;");
        write("V2__b.sql.conf", "encoding=latin-9000");
        write("V3__c.sql", "SELECT 1;");
        write("V3__c.sql.conf", "executeInTransactoin=false");
        write("V4__d.sql", "SELECT 'Köln';".getBytes(StandardCharsets.UTF_8));
        write("V4__d.sql.conf", "encoding=US-ASCII");
        write("V5__e.sql", "SELECT 1;".getBytes(StandardCharsets.UTF_16LE));
        Files.createDirectory(folder.resolve("V7__no_file.sql"));
        write("V6_f.sql", "SELECT 1;");

        assertThatThrownBy(() -> ScriptFiles.of(folder))
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageContaining(
                        "V1__a.sql: line 2 is not in UTF-8; save the file in UTF-8, or name its encoding in"
                                + " V1__a.sql.conf")
                .hasMessageContaining(
                        "V2__b.sql.conf: encoding = \"latin-9000\" is not a character set that Java knows")
                .hasMessageContaining("V3__c.sql.conf: ")
                .hasMessageContaining("executeInTransactoin")
                .hasMessageContaining("V4__d.sql: line 1 is not in US-ASCII; correct the encoding in V4__d.sql.conf")
                .hasMessageContaining("V5__e.sql: line 1 has a NUL character")
                .hasMessageContaining("V6_f.sql: its name begins like a migration")
                .hasMessageNotContaining("V7__no_file");
    }

    @ParameterizedTest
    @CsvSource({"executeInTransaction=perhaps", "placeholderReplacement=1.5"})
    void aValueThatFlywayRefusesIsNamedWithItsFile(String line) throws IOException {
        write("V1__a.sql", "SELECT 1;");
        write("V1__a.sql.conf", line);

        assertThatThrownBy(() -> ScriptFiles.of(folder)).hasMessageStartingWith("V1__a.sql.conf: ");
    }

    /** The free edition of Flyway refuses the key, whatever its value is. */
    @ParameterizedTest
    @ValueSource(strings = {"shouldExecute=true", "shouldExecute=false"})
    void aScriptIsNeverPassedOverByItsConfiguration(String line) throws IOException {
        write("V1__a.sql", "SELECT 1;");
        write("V1__a.sql.conf", line);

        assertThatThrownBy(() -> ScriptFiles.of(folder))
                .hasMessageStartingWith("V1__a.sql.conf: ")
                .hasMessageContaining("shouldExecute")
                .hasMessageEndingWith("; allowed: encoding, executeInTransaction, placeholderReplacement");
    }

    private Scripts scripts() throws IOException {
        return ScriptFiles.of(folder).scripts();
    }

    private void assertRefused(String message) {
        assertThatThrownBy(this::scripts)
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessage(message);
    }

    private void write(String name, String text) throws IOException {
        write(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private void write(String name, byte[] bytes) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }
}
