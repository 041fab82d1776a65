package io.tenantry.worker.cli;

/** What a colour means. Without colours the words must say the same. */
public enum Colour {
    GOOD("32"),
    BAD("31"),
    WAITING("33"),
    HEADING("1");

    private final String code;

    Colour(String code) {
        this.code = code;
    }

    /** The text between the control sequences that begin and end this colour. */
    String around(String text) {
        return text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
