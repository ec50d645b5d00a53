package dev.claudemesh.cli.terminal;

import java.io.PrintStream;
import java.util.Map;

/// Where a command writes: data on `out`, talk on `err`. Colours only where a person looks and did
/// not ask for none (`NO_COLOR`).
public final class Terminal {
  private static final int USUAL_WIDTH = 100;
  private static final int NARROWEST = 40;
  private static final int WIDEST = 400;
  private static final int UNLIMITED = 100_000;

  private final PrintStream out;
  private final PrintStream err;
  private final boolean interactive;
  private final boolean colour;
  private final boolean unicode;
  private final int width;

  /// @param interactive whether both streams are a terminal
  public Terminal(
      PrintStream out, PrintStream err, boolean interactive, Map<String, String> variables) {
    this.out = out;
    this.err = err;
    this.interactive = interactive;
    this.colour =
        interactive && !variables.containsKey("NO_COLOR") && !"dumb".equals(variables.get("TERM"));
    this.unicode = speaksUnicode(variables);
    this.width = interactive ? columns(variables) : UNLIMITED;
  }

  private static boolean speaksUnicode(Map<String, String> variables) {
    String locale =
        variables.getOrDefault(
            "LC_ALL", variables.getOrDefault("LC_CTYPE", variables.getOrDefault("LANG", "")));
    return !locale.equals("C") && !locale.equals("POSIX") && !"dumb".equals(variables.get("TERM"));
  }

  private static int columns(Map<String, String> variables) {
    try {
      return Math.clamp(Integer.parseInt(variables.getOrDefault("COLUMNS", "")), NARROWEST, WIDEST);
    } catch (NumberFormatException e) {
      return USUAL_WIDTH;
    }
  }

  /// Data, for pipes and people.
  public void data(String line) {
    out.println(line);
    out.flush();
  }

  /// Talk, for people.
  public void talk(String line) {
    err.println(line);
    err.flush();
  }

  public void warn(String line) {
    talk(icon(Icon.WARN) + " " + line);
  }

  /// Names the command that is useful after this one.
  public void next(String command) {
    talk(in(Style.MUTED, icon(Icon.NEXT) + " next: ") + in(Style.PRIMARY, command));
  }

  /// Removes what stands on the screen and goes to its top; nothing where nobody looks.
  public void clear() {
    if (interactive) {
      out.print("\u001b[H\u001b[2J\u001b[3J");
      out.flush();
    }
  }

  public String in(Style style, String text) {
    return colour ? style.apply(text) : text;
  }

  public String icon(Icon icon) {
    return in(icon.style(), icon.in(unicode));
  }

  public boolean coloured() {
    return colour;
  }

  /// Whether signs beyond ASCII can be shown.
  boolean unicode() {
    return unicode;
  }

  public boolean interactive() {
    return interactive;
  }

  public int width() {
    return width;
  }

  public PrintStream out() {
    return out;
  }

  public PrintStream err() {
    return err;
  }
}
