package io.tenantry.worker.scenario;

import io.tenantry.worker.App;
import io.tenantry.worker.stack.ParentWatch;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The main class of a JVM that runs commands of the application one after another; {@link CommandJvm} asks for them. */
final class CommandHost {
    static final String BEGIN = "=== command ";
    static final String END = "=== status ";
    /** The arguments of the command, separated by line feeds, among its system properties. */
    static final String ARGUMENTS = "command.arguments";

    private CommandHost() {}

    /** Reads from standard input the names of files that hold each a command with its system properties. */
    public static void main(String[] args) throws Exception {
        BlockingQueue<String> files = new LinkedBlockingQueue<>();
        // Not exit: nobody is left to wait for an orderly end.
        ParentWatch.start(files::add, () -> Runtime.getRuntime().halt(1));
        Properties own = System.getProperties();
        while (true) {
            String file = files.take();
            Properties command = new Properties();
            command.putAll(own);
            try (Reader reader = Files.newBufferedReader(Path.of(file))) {
                command.load(reader);
            }
            System.setProperties(command);
            System.out.println(BEGIN + file);
            int status = App.execute(command.getProperty(ARGUMENTS).split("\n"));
            System.out.println(END + status);
        }
    }
}
