package io.tenantry.worker.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Rows with columns as wide as they need to be; numbers are aligned on the right. */
public final class TextTable {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();
    /** Rows whose first cell is a number. */
    private final Set<Integer> numbered = new HashSet<>();

    private final Map<Integer, Colour> colours = new TreeMap<>();

    public TextTable(String... header) {
        rows.add(List.of(header));
    }

    /**
     * As many cells as the header has. A cell that is not known is shown as {@code -}. A text of digits in the first column
     * is a name, and no number.
     */
    public TextTable row(@Nullable Object... cells) {
        if (cells.length != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    cells.length + " cells for " + rows.get(0).size() + " columns");
        }
        List<String> row = new ArrayList<>();
        for (@Nullable Object cell : cells) {
            row.add(cell == null || cell.toString().isEmpty() ? "-" : Escaped.line(cell.toString()));
        }
        if (cells[0] instanceof Number) {
            numbered.add(rows.size());
        }
        rows.add(row);
        return this;
    }

    /** The same, and the whole row in this colour. */
    public TextTable row(Colour colour, @Nullable Object... cells) {
        colours.put(rows.size(), colour);
        return row(cells);
    }

    /** Whether it has no row below the header. */
    public boolean isEmpty() {
        return rows.size() == 1;
    }

    /** @param paint how a line is shown in a colour */
    List<String> lines(BiFunction<Colour, String, String> paint) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], width(row.get(column)));
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            @Nullable Colour colour = lines.isEmpty() ? Colour.HEADING : colours.get(lines.size());
            String line = line(row, widths, numbered.contains(lines.size()));
            lines.add(colour == null ? line : paint.apply(colour, line));
        }
        return lines;
    }

    private static String line(List<String> row, int[] widths, boolean isNumbered) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = row.get(column);
            String padding = " ".repeat(widths[column] - width(cell));
            boolean number = (column > 0 || isNumbered) && cell.matches("[0-9]+");
            line.append(column == 0 ? "" : GAP).append(number ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
