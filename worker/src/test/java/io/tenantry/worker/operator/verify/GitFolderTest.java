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
        Files.writeString(
                repository.resolve("some where/.gitattributes"),
                "*__blob.sql ident\n*__wide.sql text working-tree-encoding=UTF-16LE eol=lf\n");
        Files.writeString(users.resolve("V3__blob.sql"), "SELECT '$Id$';\n");
        byte[] wide = "SELECT 'ä';\n".getBytes(StandardCharsets.UTF_16LE);
        Files.write(users.resolve("V4__wide.sql"), wide);
        Files.writeString(users.resolve("V1__left.sql"), "SELECT 1;\n");
        Files.writeString(users.resolve("V2__id.sql"), "SELECT '$Format:%H$';\n");
        git("init", "-q");
        commit("release");
        Files.writeString(users.resolve("V1__left.sql"), "SELECT 2;\n");
        Path hook = repository.resolve(".git/hooks/post-checkout");
        Files.writeString(hook, "#!/bin/sh\ntouch " + "'" + repository.resolve("hook-ran") + "'\n");
        assertThat(hook.toFile().setExecutable(true)).isTrue();

        try (GitFolder released = GitFolder.of(users, "HEAD")) {
            assertThat(released.path().resolve("V1__left.sql")).hasContent("SELECT 1;");
            assertThat(released.path().resolve("V2__id.sql")).hasContent("SELECT '$Format:%H$';");
            assertThat(released.path().resolve("V3__blob.sql")).content().containsPattern("'\\$Id: [0-9a-f]{40} \\$'");
            assertThat(released.path().resolve("V4__wide.sql")).hasBinaryContent(wide);
        }

        assertThat(users.resolve("V1__left.sql")).hasContent("SELECT 2;");
        assertThat(repository.resolve("hook-ran")).doesNotExist();
        assertThat(git("status", "--porcelain")).isEqualTo(" M \"some where/users/V1__left.sql\"\n");
    }

    @Test
    void aRevisionIsWhatGitTakesForOne(@TempDir Path elsewhere) throws Exception {
        Files.writeString(repository.resolve("V1__top.sql"), "SELECT 1;");
        git("init", "-q");
        commit("release");
        git("tag", "-m", "signed off", "v1");
        git("branch", "releases/1");
        String id = git("rev-parse", "HEAD").strip();
        Files.writeString(repository.resolve("V1__top.sql"), "SELECT 2;");
        Files.writeString(repository.resolve("V2__new.sql"), "SELECT 2;");
        commit("next");
        Path worktree = elsewhere.resolve("beside");
        git("worktree", "add", "-q", worktree.toString(), "HEAD");

        for (String revision : List.of("v1", "releases/1", id, id.substring(0, 8), "HEAD~1", "v1^{commit}")) {
            GitFolder.require(repository, revision);
            holdsTheFirstScriptAlone(repository, revision);
        }
        holdsTheFirstScriptAlone(worktree, "v1");
        for (String unknown : List.of("v2", "--all", "0000000")) {
            assertThatThrownBy(() -> GitFolder.require(repository, unknown))
                    .isInstanceOf(UnusableOptionException.class)
                    .hasMessageStartingWith("--against is " + unknown);
        }
    }

    private static void holdsTheFirstScriptAlone(Path folder, String revision) throws Exception {
        try (GitFolder released = GitFolder.of(folder, revision)) {
            assertThat(released.isMissing()).as(revision).isFalse();
            assertThat(released.path().resolve("V1__top.sql")).as(revision).hasContent("SELECT 1;");
            assertThat(released.path().resolve("V2__new.sql")).as(revision).doesNotExist();
        }
    }

    private void commit(String message) throws Exception {
        git("add", ".");
        git("commit", "-q", "-m", message);
    }

    private String git(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("git", "-C", repository.toString(), "-c", "user.name=t", "-c", "user.email=t@example.com"));
        command.addAll(List.of(arguments));
        Process git = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(git.waitFor()).isZero();
        return output;
    }
}
