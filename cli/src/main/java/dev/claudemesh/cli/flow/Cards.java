package dev.claudemesh.cli.flow;

import dev.claudemesh.cli.terminal.Columns;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.Line;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;

/// The one card of the program: three blocks and a title, and facts in rows below. Pure.
public final class Cards {
  static final String INDENT = "    ";

  private Cards() {}

  /// The card as lines that fit the terminal.
  public static List<String> lines(String title, List<Page.Row> rows, Terminal look) {
    List<Line> lines = new ArrayList<>();
    lines.add(brand(look).add(Style.STRONG, title));
    lines.addAll(rows(rows, look));
    return lines.stream().map(line -> line.shown(look, look.width())).toList();
  }

  /// Three blocks, and room for what is written behind them.
  static Line brand(Terminal look) {
    String block = Icon.BLOCK.in(look);
    return Line.of()
        .add(Style.PRIMARY, block)
        .add(Style.ACCENT, block)
        .add(Style.SUCCESS, block)
        .add(" ");
  }

  static List<Line> rows(List<Page.Row> rows, Terminal look) {
    int label =
        rows.stream().mapToInt(row -> Columns.of(SafeText.line(row.label()))).max().orElse(0);
    return rows.stream()
        .map(row ->
            Line.of(INDENT)
                .add(Style.MUTED, Columns.fill(row.label(), label))
                .add("  ")
                .add(row.icon(), look)
                .add(" " + row.value()))
        .toList();
  }
}
