package io.tenantry.worker.operator.verify;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitFolderTest {
    @Test
    void whereThereIsNoGitOnlyAFolderCanBeComparedWith(@TempDir Path folder) {
        assertThatThrownBy(() -> GitFolder.of("no-such-git", folder, "main"))
                .isInstanceOf(UnusableOptionException.class)
                .hasMessageContaining("--against is main, which is no folder, and git cannot be run")
                .hasMessageEndingWith("install git, or give a folder");
    }
}
