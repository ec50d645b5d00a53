package dev.claudemesh.mcp;

import java.util.regex.Pattern;

/// Text that a peer wrote, made harmless for the place it is shown in. Pure.
///
/// What stays the same is everything an ordinary text or program holds; what goes is what could end
/// the frame around it, begin another one, or be invisible.
final class PeerText {
  /// Beginnings of tags that mean something to Claude Code or to us, with blanks or a slash in
  /// between too. Tags of programs, such as the type in `List<Channel>`, are none of them.
  private static final Pattern TAG =
      Pattern.compile(
          "<(?=\\s*/?\\s*(?:claudemesh|cross-session|system|antml|function_calls|function_results"
              + "|task-notification|local-command|command-)(?![A-Za-z0-9_])|\\s*/?\\s*command-"
              + "|\\s*/\\s*channel|\\s*channel\\s+[a-z])",
          Pattern.CASE_INSENSITIVE);

  /// Turn markers at the beginning of a line.
  private static final Pattern TURN =
      Pattern.compile("(?im)^([\\s>#*_-]*)(human|user|assistant|system)(\\s*):");

  private static final int MAX_ATTRIBUTE = 80;
  private static final char REPLACEMENT = '\ufffd';

  private PeerText() {}

  /// A body for the inside of a frame. Line ends become `\n`; the text is otherwise kept, however
  /// long.
  static String body(String text) {
    String visible = withoutInvisible(text.replace("\r\n", "\n").replace('\r', '\n'), true);
    String tagless = TAG.matcher(visible).replaceAll("‹");
    return TURN.matcher(tagless).replaceAll("$1$2$3\u2236");
  }

  /// A value for a quoted attribute or a line of its own: one line, at most 80 characters, no
  /// quotes, no angle brackets.
  static String attribute(String text) {
    String line = line(text);
    if (line.codePointCount(0, line.length()) <= MAX_ATTRIBUTE) {
      return line;
    }
    return line.substring(0, line.offsetByCodePoints(0, MAX_ATTRIBUTE - 1)) + "…";
  }

  /// The same, however long.
  static String line(String text) {
    return withoutInvisible(text, false)
        .replace('"', '\'')
        .replace('<', '‹')
        .replace('>', '›')
        .replace('&', '+')
        .strip();
  }

  private static String withoutInvisible(String text, boolean lines) {
    StringBuilder visible = new StringBuilder(text.length());
    text.codePoints().forEach(point -> appendVisible(visible, point, lines));
    return visible.toString();
  }

  private static void appendVisible(StringBuilder to, int point, boolean lines) {
    if (point == '\n' || point == '\t') {
      to.append(lines ? (char) point : ' ');
      return;
    }
    switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          to.append(REPLACEMENT);
      case Character.FORMAT -> {
        // Joiners are part of emoji and of several scripts; direction marks and tags are how text
        // hides.
        if (point == 0x200d || point == 0x200c) {
          to.appendCodePoint(point);
        } else {
          to.append(REPLACEMENT);
        }
      }
      default -> to.appendCodePoint(point);
    }
  }
}
