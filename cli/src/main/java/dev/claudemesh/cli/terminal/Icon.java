package dev.claudemesh.cli.terminal;

/// The one set of icons, each with what stands for it where the terminal cannot show it.
public enum Icon {
  GOOD("✔", "+", Style.SUCCESS),
  BAD("✘", "x", Style.ERROR),
  WARN("⚠", "!", Style.WARNING),
  RUN("▶", ">", Style.PRIMARY),
  NEXT("▸", ">", Style.PRIMARY),
  DOT("•", "*", Style.MUTED),
  ONLINE("◆", "*", Style.SUCCESS),
  BLOCK("█", "#", Style.ACCENT),
  MORE("⋮", ":", Style.MUTED),
  ELLIPSIS("…", "...", Style.MUTED);

  private final String sign;
  private final String ascii;
  private final Style style;

  Icon(String sign, String ascii, Style style) {
    this.sign = sign;
    this.ascii = ascii;
    this.style = style;
  }

  /// As this terminal can show it, without colour.
  public String in(Terminal terminal) {
    return terminal.unicode() ? sign : ascii;
  }

  Style style() {
    return style;
  }
}
