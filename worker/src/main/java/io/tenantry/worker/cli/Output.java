package io.tenantry.worker.cli;

import java.io.PrintWriter;

/**
 * What a command writes: data on standard output, progress and errors on standard error. Control characters in all text
 * are escaped. With {@code --json} the data is JSON lines: one object a line, and one line for a command that answers
 * with one thing. For one thread at a time.
 */
public final class Output {
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean json;
    private final boolean styled;
    private final Json writer = new Json();

    /**
     * @param json whether the data is JSON
     * @param styled whether colours are shown
     */
    public Output(PrintWriter out, PrintWriter err, boolean json, boolean styled) {
        this.out = out;
        this.err = err;
        this.json = json;
        this.styled = styled;
    }

    /** Whether the user wants JSON: then data is written by {@link #json} alone. */
    public boolean isJson() {
        return json;
    }

    /** Whether the terminal shows colours. */
    public boolean isStyled() {
        return styled;
    }

    /** One line of data. */
    public void line(String text) {
        write(Escaped.line(text));
    }

    /** One line of data in a colour. */
    public void line(Colour colour, String text) {
        write(paint(colour, Escaped.line(text)));
    }

    /** Data whose line feeds and tabs stay as they are, such as SQL. */
    public void block(String text) {
        write(Escaped.block(text));
    }

    /** A table as data. */
    public void table(TextTable table) {
        table.lines(this::paint).forEach(this::write);
    }

    /** A record, map or list as one line of JSON. */
    public void json(Object value) {
        write(writer.line(value));
    }

    /** One line on standard error: progress, advice, an error. */
    public void note(String text) {
        err.println(Escaped.line(text));
        err.flush();
    }

    /** The same in a colour. */
    public void note(Colour colour, String text) {
        err.println(paint(colour, Escaped.line(text)));
        err.flush();
    }

    private String paint(Colour colour, String text) {
        return styled ? colour.around(text) : text;
    }

    private void write(String text) {
        out.println(text);
        // Flushes, too: a pipe sees each line when it is there.
        if (out.checkError()) {
            throw new OutputClosedException();
        }
    }
}
