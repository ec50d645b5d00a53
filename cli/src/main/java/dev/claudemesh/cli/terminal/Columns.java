package dev.claudemesh.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/// How many columns of a terminal a text takes, and how to make it take fewer.
public final class Columns {
  private Columns() {}

  /// Columns of a text without colour codes.
  public static int of(String text) {
    return text.codePoints().map(Columns::of).sum();
  }

  /// The text, cut to so many columns with an ellipsis where it is longer.
  static String cut(String text, int columns, Terminal terminal) {
    if (of(text) <= columns) {
      return text;
    }
    if (columns < 1) {
      return "";
    }
    StringBuilder kept = new StringBuilder();
    int left = columns - 1;
    for (int point : text.codePoints().toArray()) {
      left -= of(point);
      if (left < 0) {
        break;
      }
      kept.appendCodePoint(point);
    }
    return kept + terminal.ellipsis();
  }

  /// The text in lines of at most so many columns, broken between words where that can be done.
  public static List<String> wrap(String text, int columns) {
    return fold(text, columns).stream().flatMap(line -> pieces(line, columns).stream()).toList();
  }

  /// The same, but a word that is longer than a line stays whole: it may be a link, or a command to
  /// be copied.
  static List<String> fold(String text, int columns) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.strip().split(" +")) {
      if (!line.isEmpty() && of(line.toString()) + 1 + of(word) > columns) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  private static List<String> pieces(String word, int columns) {
    List<String> pieces = new ArrayList<>();
    StringBuilder piece = new StringBuilder();
    for (int point : word.codePoints().toArray()) {
      if (!piece.isEmpty() && of(piece.toString()) + of(point) > columns) {
        pieces.add(piece.toString());
        piece.setLength(0);
      }
      piece.appendCodePoint(point);
    }
    pieces.add(piece.toString());
    return pieces;
  }

  /// The text, filled with blanks to so many columns.
  public static String fill(String text, int columns) {
    return text + " ".repeat(Math.max(0, columns - of(text)));
  }

  private static int of(int point) {
    int type = Character.getType(point);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    return isWide(point) ? 2 : 1;
  }

  private static boolean isWide(int point) {
    return point >= 0x1100
        && (point <= 0x115f
            || point >= 0x2e80 && point <= 0xa4cf
            || point >= 0xac00 && point <= 0xd7a3
            || point >= 0xf900 && point <= 0xfaff
            || point >= 0xfe30 && point <= 0xfe6f
            || point >= 0xff00 && point <= 0xff60
            || point >= 0xffe0 && point <= 0xffe6
            || point >= 0x1f300 && point <= 0x1faff
            || point >= 0x20000 && point <= 0x3fffd);
  }
}
