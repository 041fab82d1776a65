package io.tenantry.worker.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The demo: {@code mvn -q -Pdemo}, with {@code -Ddemo.keep} to keep the servers and the worker. */
public final class Demo {
    private static volatile boolean ending;

    private Demo() {}

    /**
     * Ends with status 0 if all went as it should, 1 otherwise.
     *
     * @param args the shipped jar
     */
    public static void main(String[] args) {
        ProcessHandle.current().parent().ifPresent(Demo::endWith);
        Screen screen = Screen.ofThisProcess();
        DemoRun run = new DemoRun(screen, Path.of(args[0]));
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            ending = true;
                            run.close();
                        },
                        "end-demo"));
        System.exit(play(run, screen));
    }

    /** The build may be killed without its child: then nobody would ever stop the servers. */
    private static void endWith(ProcessHandle parent) {
        Thread watch = new Thread(
                () -> {
                    parent.onExit().join();
                    System.exit(1);
                },
                "parent-watch");
        watch.setDaemon(true);
        watch.start();
    }

    private static int play(DemoRun run, Screen screen) {
        try {
            DemoResult result = run.run();
            screen.line("");
            result.lines().forEach(screen::line);
            List<String> faults = result.faults();
            if (!faults.isEmpty()) {
                System.err.println("the demo did not go as it should:");
                faults.forEach(fault -> System.err.println("  " + fault));
            }
            if (Boolean.getBoolean("demo.keep")) {
                screen.line("");
                screen.line("All stays up until Ctrl-C.");
                run.invitation().forEach(screen::line);
                new CountDownLatch(1).await();
            }
            return faults.isEmpty() ? 0 : 1;
        } catch (Exception | AssertionError failure) {
            if (!ending) {
                System.err.println("the demo failed: " + failure.getMessage());
            }
            return 1;
        }
    }
}
