package io.tenantry.worker.stack;

import java.util.List;

/**
 * The main class of a child JVM whose program knows nothing of its parent: runs that program, and ends it when the
 * parent is gone, however the parent went.
 */
public final class EndsWithParent {
    private EndsWithParent() {}

    /**
     * Runs the program.
     *
     * @param args the name of the program's main class, then its own arguments
     */
    public static void main(String[] args) throws Exception {
        // Not exit: an orderly end may wait for servers that went with the parent.
        ParentWatch.start(line -> {}, () -> Runtime.getRuntime().halt(1));
        String[] arguments = List.of(args).subList(1, args.length).toArray(String[]::new);
        Class.forName(args[0]).getMethod("main", String[].class).invoke(null, (Object) arguments);
    }
}
