package io.tenantry.worker.operator.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitFolderTest {
    @TempDir
    private Path repository;

    @Test
    void whereThereIsNoGitOnlyAFolderCanBeComparedWith() {
        assertThatThrownBy(() -> GitFolder.of("no-such-git", repository, "main"))
                .isInstanceOf(UnusableOptionException.class)
                .hasMessageContaining("--against is main, which is no folder, and git cannot be run")
                .hasMessageEndingWith("install git, or give a folder");
    }

    /** An archive would leave the one out, and write the revision into the other. */
    @Test
    void theFilesAreThoseOfAWorkTreeWhateverAnArchiveWouldMakeOfThem() throws Exception {
        Path users = Files.createDirectories(repository.resolve("some where/users"));
        Files.writeString(repository.resolve(".gitattributes"), "*__left.sql export-ignore\n*__id.sql export-subst\n");
        Files.writeString(users.resolve("V1__left.sql"), "SELECT 1;\n");
        Files.writeString(users.resolve("V2__id.sql"), "SELECT '$Format:%H$';\n");
        git("init", "-q");
        git("add", ".");
        git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "release");
        Files.writeString(users.resolve("V1__left.sql"), "SELECT 2;\n");
        Path hook = repository.resolve(".git/hooks/post-checkout");
        Files.writeString(hook, "#!/bin/sh\ntouch " + "'" + repository.resolve("hook-ran") + "'\n");
        assertThat(hook.toFile().setExecutable(true)).isTrue();

        try (GitFolder released = GitFolder.of(users, "HEAD")) {
            assertThat(released.path().resolve("V1__left.sql")).hasContent("SELECT 1;");
            assertThat(released.path().resolve("V2__id.sql")).hasContent("SELECT '$Format:%H$';");
        }

        assertThat(users.resolve("V1__left.sql")).hasContent("SELECT 2;");
        assertThat(repository.resolve("hook-ran")).doesNotExist();
        assertThat(git("status", "--porcelain")).isEqualTo(" M \"some where/users/V1__left.sql\"\n");
    }

    private String git(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("git", "-C", repository.toString()));
        command.addAll(List.of(arguments));
        Process git = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(git.waitFor()).isZero();
        return output;
    }
}
