package dev.claudemesh.cli.terminal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Where a command writes: data on `out`, talk on `err`. Colours only where a person looks and did
/// not ask for none (`NO_COLOR`).
public final class Terminal {
  private static final int USUAL_WIDTH = 100;
  private static final int NARROWEST = 40;
  private static final int WIDEST = 400;
  private static final int UNLIMITED = 100_000;
  private static final char ESCAPE = '\u001b';
  private static final Pattern UTF_8 = Pattern.compile("(?i)utf-?8");

  private final PrintStream out;
  private final PrintStream err;
  private final boolean interactive;
  private final boolean colour;
  private final boolean unicode;
  private final boolean dumb;
  private final Map<String, String> variables;
  private final Language language;
  private int width;
  private volatile boolean quiet;

  /// @param interactive whether both streams are a terminal
  public Terminal(
      PrintStream out, PrintStream err, boolean interactive, Map<String, String> variables) {
    this.out = out;
    this.err = err;
    this.interactive = interactive;
    this.variables = Map.copyOf(variables);
    this.language = Language.of(variables);
    this.dumb = "dumb".equals(variables.get("TERM"));
    this.colour = interactive && !variables.containsKey("NO_COLOR") && !dumb;
    this.unicode = !dumb && speaksUnicode(variables);
  }

  /// By the locale, as POSIX has it: the first of three that is set. Windows has none.
  private static boolean speaksUnicode(Map<String, String> variables) {
    return Stream.of("LC_ALL", "LC_CTYPE", "LANG")
        .map(name -> variables.getOrDefault(name, ""))
        .filter(locale -> !locale.isEmpty())
        .findFirst()
        .map(locale -> UTF_8.matcher(locale).find())
        .orElse(variables.containsKey("SystemRoot"));
  }

  /// `COLUMNS` where that is set, else what the window says.
  private int measured() {
    try {
      return Integer.parseInt(variables.getOrDefault("COLUMNS", ""));
    } catch (NumberFormatException e) {
      return Stty.width().orElse(USUAL_WIDTH);
    }
  }

  /// What people are spoken to in.
  public Language language() {
    return language;
  }

  /// A text in the language of who reads it.
  public String say(String english) {
    return language().say(english);
  }

  /// Data, for pipes and people.
  public void data(String line) {
    out.println(line);
    out.flush();
  }

  /// Talk, for people; not for those who asked for quiet.
  public void talk(String line) {
    if (!quiet) {
      fault(line);
    }
  }

  /// What went wrong, for everybody.
  public void fault(String line) {
    fitted(line, 0).forEach(err::println);
    err.flush();
  }

  /// A text in lines that fit the window; those that a line goes on in are as far in as it is, and
  /// that much more. As it is where nobody looks, and where it is coloured already.
  public List<String> fitted(String text, int further) {
    if (!interactive || text.length() <= NARROWEST - further || text.indexOf(ESCAPE) >= 0) {
      return List.of(text);
    }
    List<String> lines = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      int indent = line.length() - line.stripLeading().length() + further;
      if (Columns.of(line) + further <= width()) {
        lines.add(line);
      } else {
        List<String> folded = Columns.fold(line, width() - indent);
        lines.add(" ".repeat(indent - further) + folded.getFirst());
        folded.stream().skip(1).forEach(rest -> lines.add(" ".repeat(indent) + rest));
      }
    }
    return lines;
  }

  /// From now on, only data and what goes wrong.
  public void hush() {
    quiet = true;
  }

  public void warn(String line) {
    talk(icon(Icon.WARN) + " " + line);
  }

  /// Names the command that is useful after this one.
  public void next(String command) {
    talk(in(Style.MUTED, icon(Icon.NEXT) + " " + say("next:") + " ") + in(Style.PRIMARY, command));
  }

  /// Removes what stands on the screen and goes to its top; nothing where nobody looks.
  public void clear() {
    if (interactive) {
      out.print(Codes.CLEAR_ALL);
      out.flush();
    }
  }

  public String in(Style style, String text) {
    return colour ? style.apply(text) : text;
  }

  public String icon(Icon icon) {
    return in(icon.style(), icon.in(this));
  }

  public boolean coloured() {
    return colour;
  }

  /// Whether signs beyond ASCII can be shown.
  public boolean unicode() {
    return unicode;
  }

  /// Whether whole screens can be drawn on it. Whose kind is not known can only print lines;
  /// Windows has no name for its kind.
  public boolean drawsScreens() {
    return interactive
        && !dumb
        && !(variables.getOrDefault("TERM", "").isEmpty() && !variables.containsKey("SystemRoot"));
  }

  String ellipsis() {
    return unicode ? "…" : "~";
  }

  /// A text with a sign in place of each that cannot be shown here.
  String plain(String text) {
    return unicode ? text : text.replaceAll("[^\\x20-\\x7e]", "?");
  }

  public boolean interactive() {
    return interactive;
  }

  /// How many columns a line may take. Asked of the window when it is first needed, as that takes a
  /// moment.
  public synchronized int width() {
    if (width == 0) {
      width = interactive ? Math.clamp(measured(), NARROWEST, WIDEST) : UNLIMITED;
    }
    return width;
  }

  public PrintStream out() {
    return out;
  }

  public PrintStream err() {
    return err;
  }
}
