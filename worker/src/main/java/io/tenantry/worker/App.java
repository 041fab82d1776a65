package io.tenantry.worker;

/** The entry of {@code tenantry.jar}. */
public final class App {
    private App() {}

    /** Runs the command line. */
    public static void main(String[] args) {}
}
