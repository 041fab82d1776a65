package io.tenantry.worker.demo;

import java.io.PrintStream;

/** Writes lines only, a few for each task, as suits a log. */
final class PlainScreen implements Screen {
    private static final int LINES_PER_TASK = 4;

    private final PrintStream out;

    PlainScreen(PrintStream out) {
        this.out = out;
    }

    @Override
    public void line(String text) {
        out.println(text);
    }

    @Override
    public Progress begin(String task, int total) {
        return new Progress() {
            private int done;

            @Override
            public void step() {
                done++;
                if (done * LINES_PER_TASK / total > (done - 1) * LINES_PER_TASK / total) {
                    line("  " + task + ": " + done + " of " + total);
                }
            }

            @Override
            public void close() {}
        };
    }
}
