package dev.claudemesh.cli.terminal;

/// Text that others wrote, made harmless for a terminal: it can neither move the cursor, change
/// colours, hide, reorder what is read, nor pose as other lines.
public final class SafeText {
  private static final int FIRST_PRINTABLE = 0x20;
  private static final int DELETE = 0x7f;
  private static final int LAST_C1 = 0x9f;
  private static final int CONTROL_PICTURES = 0x2400;
  private static final int PICTURE_OF_DELETE = 0x2421;

  private SafeText() {}

  /// For one line: names, summaries, folders. Line ends become visible signs too.
  public static String line(String text) {
    return clean(text, false);
  }

  /// For a body of several lines: line ends and tabs stay.
  public static String body(String text) {
    return clean(text.replace("\r\n", "\n"), true);
  }

  private static String clean(String text, boolean keepsLines) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints().forEach(point -> append(clean, point, keepsLines));
    return clean.toString();
  }

  private static void append(StringBuilder clean, int point, boolean keepsLines) {
    if (keepsLines && (point == '\n' || point == '\t')) {
      clean.append((char) point);
    } else if (point < FIRST_PRINTABLE) {
      clean.appendCodePoint(CONTROL_PICTURES + point);
    } else if (point == DELETE) {
      clean.appendCodePoint(PICTURE_OF_DELETE);
    } else if (point > DELETE && point <= LAST_C1
        || reorders(point)
        || Character.getType(point) == Character.SURROGATE) {
      clean.append('\uFFFD');
    } else if (!isInvisible(point)) {
      clean.appendCodePoint(point);
    }
  }

  /// Marks that turn the reading direction around, and separators that some terminals take for line
  /// ends.
  private static boolean reorders(int point) {
    return point >= 0x202a && point <= 0x202e
        || point >= 0x2066 && point <= 0x2069
        || point == 0x200e
        || point == 0x200f
        || point == 0x061c
        || point == 0x2028
        || point == 0x2029;
  }

  /// Zero-width characters by which two different names look the same. The joiner of emoji families
  /// (200d) stays.
  private static boolean isInvisible(int point) {
    return point == 0x200b
        || point == 0x200c
        || point == 0x2060
        || point == 0xfeff
        || point == 0x00ad
        || point >= 0xe0000 && point <= 0xe007f;
  }
}
