package io.tenantry.worker.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No server outlives the process that started it, however that process ends. */
class OrphanIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** Longer than the stack's own deadlines, so that it can say itself what was late. */
    private static final Duration STACK_STARTED = Duration.ofMinutes(3);

    private static final Pattern PIDS = Pattern.compile("pids \\[([^]]*)]");
    private static final Pattern PORTS = Pattern.compile("ports \\[([^]]*)]");

    @TempDir
    Path folder;

    /** A paused broker cannot watch its parent: it ends in another way than the servers that run. */
    @Test
    void leavesNothingBehindWhenTheParentIsKilled() {
        assumeTrue(ServerKind.selected() == ServerKind.EMBEDDED, "containers are removed by Testcontainers' Ryuk");
        assertNothingOutlives(Signal.KILL, 3, StackHolder.AND_A_PAUSED_BROKER);
    }

    @Test
    void leavesNothingBehindAfterCtrlC() throws IOException {
        assumeTrue(!ignoresInterrupts(), "this run ignores SIGINT, and so do its children");
        assertNothingOutlives(Signal.INT, 2);
    }

    private void assertNothingOutlives(Signal signal, int servers, String... arguments) {
        List<String> options = new ArrayList<>(PostgresInstallation.jvmOptions());
        options.addAll(ClassArchives.ofProperty().jvmOptions());
        options.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        options.add("-Djava.io.tmpdir=" + folder);
        options.add("-D" + ServerKind.PROPERTY + "=" + System.getProperty(ServerKind.PROPERTY, "embedded"));
        ChildJvm parent = ChildJvm.start(StackHolder.class, options, List.of(arguments), folder.resolve("parent.log"));
        try {
            awaitStack(parent);
            String held = holds(parent).orElseThrow(() -> parent.failure("the parent has no stack"));
            List<Long> pids = numbers(PIDS, held);
            List<Long> ports = numbers(PORTS, held);
            assertThat(ports).hasSize(servers);
            assertThat(pids).hasSize(ServerKind.selected() == ServerKind.EMBEDDED ? servers + 1 : 0);
            assertThat(ports).allMatch(OrphanIT::isOpen);
            assertThat(pids).allMatch(OrphanIT::isAlive);
            assertThat(serverFolders()).hasSize(ServerKind.selected() == ServerKind.EMBEDDED ? servers : 0);

            parent.signal(signal);

            Await.until(DEADLINE, "the parent is gone", () -> !parent.isAlive());
            Await.until(
                    DEADLINE,
                    "processes " + pids + " are gone",
                    () -> pids.stream().noneMatch(OrphanIT::isAlive));
            Await.until(
                    DEADLINE,
                    "ports " + ports + " are closed",
                    () -> ports.stream().noneMatch(OrphanIT::isOpen));
            Await.until(
                    DEADLINE,
                    "the servers' folders are deleted",
                    () -> serverFolders().isEmpty());
        } finally {
            parent.kill();
        }
    }

    private static void awaitStack(ChildJvm parent) {
        try {
            Await.until(
                    STACK_STARTED,
                    "the parent has its stack",
                    () -> !parent.isAlive() || holds(parent).isPresent());
        } catch (AssertionError late) {
            throw parent.failure(String.valueOf(late.getMessage()));
        }
    }

    private List<Path> serverFolders() {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> holds(ChildJvm parent) {
        return parent.logLines().stream()
                .filter(line -> line.startsWith(StackHolder.HOLDS))
                .findFirst();
    }

    private static List<Long> numbers(Pattern list, String line) {
        Matcher matcher = list.matcher(line);
        assertThat(matcher.find()).as(line).isTrue();
        return Pattern.compile("\\d+")
                .matcher(matcher.group(1))
                .results()
                .map(number -> Long.valueOf(number.group()))
                .toList();
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static boolean isOpen(long port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), (int) port), 1_000);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    /** A shell ignores SIGINT for what it runs in the background, and a JVM inherits that. */
    private static boolean ignoresInterrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        int interrupt = 2;
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> Long.parseUnsignedLong(
                        line.substring("SigIgn:".length()).strip(), 16))
                .anyMatch(mask -> (mask >> (interrupt - 1) & 1) == 1);
    }
}
