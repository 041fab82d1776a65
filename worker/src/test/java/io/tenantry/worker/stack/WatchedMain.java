package io.tenantry.worker.stack;

import java.util.Arrays;

/** Runs the main method of another class in a child process that ends, at once, when its parent does. */
public final class WatchedMain {
    private WatchedMain() {}

    /**
     * Runs the other main method on this thread.
     *
     * @param args the name of the class, then the arguments of its main method
     */
    public static void main(String[] args) throws Exception {
        ParentWatch.start(line -> {}, () -> Runtime.getRuntime().halt(1));
        String[] rest = Arrays.copyOfRange(args, 1, args.length);
        Class.forName(args[0]).getMethod("main", String[].class).invoke(null, (Object) rest);
    }
}
