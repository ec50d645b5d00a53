package dev.claudemesh.cli.terminal;

/// What a piece of text means; the one palette of the program. Nothing else writes colour codes.
public enum Style {
  PRIMARY("36"),
  ACCENT("38;2;124;58;237"),
  SUCCESS("32"),
  ERROR("31"),
  WARNING("33"),
  MUTED("90"),
  STRONG("1"),
  CHOSEN("1;36"),
  /// Black on white, by numbers that no theme changes.
  PAPER("38;5;16;48;5;231");

  private final String code;

  Style(String code) {
    this.code = code;
  }

  String apply(String text) {
    return "\u001b[" + code + "m" + text + "\u001b[0m";
  }
}
