package io.tenantry.worker.demo;

import java.io.IOException;

/** What the demo writes on: a terminal, or anything else that takes lines. */
public interface Screen {
    /** Bars on a terminal that can show them, lines otherwise. */
    static Screen ofThisProcess() {
        boolean bars = isTerminal() && !"dumb".equals(System.getenv("TERM"));
        return bars ? new TerminalScreen(System.out) : new PlainScreen(System.out);
    }

    /** Whether standard output is one. Java only tells of input and output together, and not the same in all releases. */
    private static boolean isTerminal() {
        try {
            return new ProcessBuilder("test", "-t", "1").inheritIO().start().waitFor() == 0;
        } catch (IOException notUnix) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void line(String text);

    /** Begins a task; nothing else is written until it is closed. */
    Progress begin(String task, int total);
}
