package dev.claudemesh.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/// A line of a screen in pieces, each with what it means. It is cut to the width before it is
/// coloured, so that it never wraps and no colour is cut off.
public final class Line {
  private record Piece(Style style, String text) {}

  private final List<Piece> pieces = new ArrayList<>();

  public static Line of() {
    return new Line();
  }

  public static Line of(String text) {
    return new Line().add(text);
  }

  /// A piece in the terminal's own colour. Made harmless here: it may be others' text.
  public Line add(String text) {
    return add(null, text);
  }

  /// A piece in a style; none if null.
  public Line add(Style style, String text) {
    pieces.add(new Piece(style, SafeText.line(text)));
    return this;
  }

  public Line add(Icon icon, Terminal terminal) {
    return add(icon.style(), icon.in(terminal));
  }

  public int columns() {
    return pieces.stream().mapToInt(piece -> Columns.of(piece.text())).sum();
  }

  /// As it is written to the terminal, in at most so many columns.
  public String shown(Terminal terminal, int width) {
    StringBuilder shown = new StringBuilder();
    int left = width;
    int rest = columns();
    for (Piece piece : pieces) {
      int columns = Columns.of(piece.text());
      // Where all that is left fits, nothing is cut; else there has to be room for the ellipsis.
      String text =
          rest <= left || columns < left
              ? piece.text()
              : Columns.cut(piece.text() + " ".repeat(columns == left ? 1 : 0), left, terminal);
      shown.append(
          piece.style() == null
              ? terminal.plain(text)
              : terminal.in(piece.style(), terminal.plain(text)));
      if (rest > left && columns >= left) {
        break;
      }
      left -= columns;
      rest -= columns;
    }
    return shown.toString();
  }
}
