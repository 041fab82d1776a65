package io.tenantry.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptsTest {
    @TempDir
    Path folder;

    /** A ConfigMap or a Secret of Kubernetes: what it holds is linked from a hidden folder, which changes as a whole. */
    @Test
    void aMountedConfigMapIsReadOnce() throws IOException {
        Path hidden = Files.createDirectory(folder.resolve("..2026_11_23"));
        Files.writeString(hidden.resolve("V1__a.sql"), "SELECT 1;");
        Files.createSymbolicLink(folder.resolve("..data"), hidden.getFileName());
        Files.createSymbolicLink(folder.resolve("V1__a.sql"), Path.of("..data", "V1__a.sql"));

        assertThat(Scripts.ofFolder(folder).names()).containsExactly("V1__a.sql");
    }

    @Test
    void linksAreFollowed() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real"));
        Files.writeString(Files.createDirectory(real.resolve("2026")).resolve("V1__a.sql"), "SELECT 1;");
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);

        assertThat(Scripts.ofFolder(link).names()).containsExactly("2026/V1__a.sql");
    }

    @Test
    void aLinkToNowhereIsNoScriptThatIsLeftOut() throws IOException {
        Files.createSymbolicLink(folder.resolve("V1__a.sql"), Path.of("nowhere"));

        assertThatThrownBy(() -> Scripts.ofFolder(folder)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void whatIsNoScriptIsNotRead() throws IOException {
        Files.write(folder.resolve("model.png"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        Files.writeString(folder.resolve("V1__a.sql"), "SELECT 1;");
        Files.writeString(folder.resolve("V1__a.sql.conf"), "executeInTransaction=false");

        assertThat(Scripts.ofFolder(folder).names()).containsExactly("V1__a.sql", "V1__a.sql.conf");
    }
}
