package dev.claudemesh.cli.terminal;

/// What tells a terminal to do something other than print. Stands here alone, with the colours of
/// {@link Style}.
public final class Codes {
  /// The screen of the shell is kept, the cursor hidden, and what is pasted comes marked as such.
  public static final String ENTER = "\u001b[?1049h\u001b[?25l\u001b[?2004h\u001b[H\u001b[2J";

  /// Whatever was switched on is off: attributes, mouse (clicks, dragging, any movement, wide
  /// coordinates), marked pastes, the screen of our own, the hidden cursor. Harmless where nothing
  /// was.
  public static final String LEAVE =
      "\u001b[0m\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?2004l\u001b[?1049l\u001b[?25h";

  /// The screen is empty, and the cursor at its top.
  public static final String CLEAR = "\u001b[H\u001b[2J";

  /// The same, and what was scrolled away is gone, too.
  public static final String CLEAR_ALL = CLEAR + "\u001b[3J";

  public static final String HOME = "\u001b[H";
  public static final String CLEAR_TO_LINE_END = "\u001b[K";
  public static final String CLEAR_BELOW = "\u001b[J";
  public static final String HIDE_CURSOR = "\u001b[?25l";
  public static final String SHOW_CURSOR = "\u001b[?25h";

  private Codes() {}

  /// @param row and column from 0
  public static String moveTo(int row, int column) {
    return "\u001b[" + (row + 1) + ";" + (column + 1) + "H";
  }
}
