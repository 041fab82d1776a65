package io.tenantry.worker.telemetry;

/** Which characters show in a log, and do not change how other characters show. */
final class VisibleText {
    private VisibleText() {}

    static boolean shows(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
