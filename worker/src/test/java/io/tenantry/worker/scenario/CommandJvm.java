package io.tenantry.worker.scenario;

import io.tenantry.worker.App;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * One JVM of the product's options, logs and output that runs commands one after another, for the many tests of commands
 * that end by themselves: a process of its own would need seconds for each. It ends with this JVM.
 */
final class CommandJvm {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static @Nullable CommandJvm shared;

    private final ChildJvm jvm;
    private final Path folder;
    private int commands;

    private CommandJvm(Path folder) {
        this.folder = folder;
        this.jvm = ChildJvm.start(
                App.class, CommandHost.class, false, AppProcess.JVM_OPTIONS, List.of(), folder.resolve("commands.log"));
    }

    /** Runs a command on the one JVM that all tests share, and waits for its end. */
    static synchronized CommandResult run(List<String> arguments, Map<String, String> systemProperties) {
        try {
            CommandJvm current = shared;
            if (current == null || !current.jvm.isAlive()) {
                current = new CommandJvm(Files.createTempDirectory("tenantry-commands"));
                shared = current;
            }
            return current.next(arguments, systemProperties);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private CommandResult next(List<String> arguments, Map<String, String> systemProperties) throws IOException {
        Path file = folder.resolve(++commands + ".properties");
        Properties command = new Properties();
        command.putAll(systemProperties);
        command.setProperty(CommandHost.ARGUMENTS, String.join("\n", arguments));
        try (Writer writer = Files.newBufferedWriter(file)) {
            command.store(writer, null);
        }
        jvm.tell(file.toString());
        try {
            Await.until(PATIENCE, "the command " + arguments + " ends", () -> !jvm.isAlive() || hasEnded(file));
        } catch (AssertionError late) {
            jvm.kill();
            throw jvm.failure(String.valueOf(late.getMessage()));
        }
        if (!jvm.isAlive()) {
            throw jvm.failure("the JVM ended with the command " + arguments);
        }
        return result(file);
    }

    private boolean hasEnded(Path file) {
        List<String> lines = jvm.logLines();
        int begin = lines.indexOf(CommandHost.BEGIN + file);
        return begin >= 0
                && lines.subList(begin, lines.size()).stream().anyMatch(line -> line.startsWith(CommandHost.END));
    }

    private CommandResult result(Path file) {
        List<String> lines = jvm.logLines();
        List<String> output = new ArrayList<>();
        for (String line : lines.subList(lines.indexOf(CommandHost.BEGIN + file) + 1, lines.size())) {
            if (line.startsWith(CommandHost.END)) {
                return new CommandResult(Integer.parseInt(line.substring(CommandHost.END.length())), output);
            }
            output.add(line);
        }
        throw jvm.failure("the command has no end");
    }
}
