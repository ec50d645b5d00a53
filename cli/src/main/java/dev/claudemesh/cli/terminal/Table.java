package dev.claudemesh.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Rows under headings, as wide as the terminal at most. What does not fit is cut in the widest
/// column, so that each row stays one line.
public final class Table {
  private static final int GAP = 2;
  private static final int NARROWEST = 6;

  private final List<String> headings;
  private final List<Row> rows = new ArrayList<>();

  private record Row(List<String> cells, Style style) {}

  private Table(List<String> headings) {
    this.headings = headings;
  }

  public static Table of(String... headings) {
    return new Table(List.of(headings).stream().map(SafeText::line).toList());
  }

  /// Adds a row. Cells are text of others as a rule, so they are made harmless here.
  public Table row(String... cells) {
    return row(null, cells);
  }

  /// Adds a row in one style; none if null.
  public Table row(Style style, String... cells) {
    if (cells.length != headings.size()) {
      throw new IllegalArgumentException(
          "A row of " + cells.length + " cells under " + headings.size() + " headings");
    }
    rows.add(new Row(List.of(cells).stream().map(SafeText::line).toList(), style));
    return this;
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /// The lines of the table.
  public List<String> lines(Terminal terminal) {
    int[] widths = widths(terminal.width());
    List<String> lines = new ArrayList<>();
    lines.add(terminal.in(Style.MUTED, line(headings, widths, terminal)));
    for (Row row : rows) {
      String line = line(row.cells(), widths, terminal);
      lines.add(row.style() == null ? line : terminal.in(row.style(), line));
    }
    return lines;
  }

  private int[] widths(int available) {
    int[] widths =
        IntStream.range(0, headings.size())
            .map(i ->
                Math.max(
                    Columns.of(headings.get(i)),
                    rows.stream().mapToInt(row -> Columns.of(row.cells().get(i))).max().orElse(0)))
            .toArray();
    int over = IntStream.of(widths).sum() + GAP * (widths.length - 1) - available;
    while (over > 0) {
      int widest =
          IntStream.range(0, widths.length)
              .reduce((a, b) -> widths[b] > widths[a] ? b : a)
              .orElseThrow();
      if (widths[widest] <= NARROWEST) {
        break;
      }
      widths[widest]--;
      over--;
    }
    return widths;
  }

  private static String line(List<String> cells, int[] widths, Terminal terminal) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(Columns.fill(Columns.cut(cells.get(i), widths[i], terminal), widths[i]))
          .append(" ".repeat(GAP));
    }
    return line.toString().stripTrailing();
  }
}
