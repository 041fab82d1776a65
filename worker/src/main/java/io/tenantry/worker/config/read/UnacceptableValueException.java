package io.tenantry.worker.config.read;

/** A text is no value of its type. The problem is told without the text. */
final class UnacceptableValueException extends Exception {
    private static final long serialVersionUID = 1;

    private final String problem;

    UnacceptableValueException(String problem) {
        super(problem);
        this.problem = problem;
    }

    String problem() {
        return problem;
    }
}
