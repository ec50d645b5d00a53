package dev.claudemesh.cli.flow;

import dev.claudemesh.cli.terminal.Codes;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.NonBlockingReader;

/// The terminal as a screen that is drawn and keys that are read one by one. Keys are read only
/// when asked for, so that none is taken from the program that comes after us. For one thread;
/// closing is for any.
final class Window implements AutoCloseable {
  /// The keys of one press come together; Escape alone is followed by nothing.
  private static final long SEQUENCE_MILLIS = 20;

  private static final int LONGEST_SEQUENCE = 32;
  private static final String PASTE_BEGIN = "\u001b[200~";
  private static final String PASTE_END = "\u001b[201~";
  private static final int LONGEST_PASTE = 100_000;

  private final Terminal terminal;
  private final PrintStream out;
  private final Leaving leaving;
  private List<String> shown = List.of();

  private Window(Terminal terminal, PrintStream out, Leaving leaving) {
    this.terminal = terminal;
    this.out = out;
    this.leaving = leaving;
  }

  /// Empty where the terminal cannot be used so.
  static Optional<Window> open(PrintStream out) {
    try {
      Terminal terminal =
          TerminalBuilder.builder()
              .system(true)
              .dumb(false)
              .providers("ffm,exec")
              .nativeSignals(false)
              .encoding(StandardCharsets.UTF_8)
              .build();
      Attributes before = terminal.getAttributes();
      Leaving leaving = Leaving.watch(out, () -> calm(terminal, before));
      // Also without signals of the keyboard: Ctrl-C is a key here.
      terminal.enterRawMode();
      out.print(Codes.ENTER);
      out.flush();
      return Optional.of(new Window(terminal, out, leaving));
    } catch (IOException | IllegalStateException e) {
      return Optional.empty();
    }
  }

  private static void calm(Terminal terminal, Attributes before) {
    try {
      terminal.setAttributes(before);
      terminal.close();
    } catch (IOException | IllegalStateException e) {
      // The terminal is gone, and with it what was to be set right.
      return;
    }
  }

  int width() {
    return terminal.getColumns();
  }

  int height() {
    return terminal.getRows();
  }

  /// Draws it, unless it stands there already.
  void show(Layout.Frame frame) {
    String cursor =
        frame
            .cursor()
            .map(at -> Codes.moveTo(at.row(), at.column()) + Codes.SHOW_CURSOR)
            .orElse("");
    List<String> wanted =
        List.of(String.join("\n", frame.lines()), cursor, width() + "x" + height());
    if (wanted.equals(shown)) {
      return;
    }
    shown = wanted;
    StringBuilder drawn = new StringBuilder(Codes.HIDE_CURSOR);
    for (int row = 0; row < frame.lines().size(); row++) {
      drawn
          .append(Codes.moveTo(row, 0))
          .append(frame.lines().get(row))
          .append(Codes.CLEAR_TO_LINE_END);
    }
    if (frame.lines().size() < height()) {
      drawn.append(Codes.moveTo(frame.lines().size(), 0)).append(Codes.CLEAR_BELOW);
    }
    out.print(drawn + cursor);
    out.flush();
  }

  /// The next key; empty if none is pressed in that time.
  Optional<Key> key(Duration patience) throws IOException {
    NonBlockingReader reader = terminal.reader();
    int first = reader.read(patience.toMillis());
    if (first == NonBlockingReader.READ_EXPIRED) {
      return Optional.empty();
    }
    if (first == NonBlockingReader.EOF) {
      return Optional.of(Key.Named.QUIT);
    }
    return Optional.of(
        switch (first) {
          case '\r', '\n' -> Key.Named.ENTER;
          case 3 -> Key.Named.QUIT;
          case 8, 127 -> Key.Named.BACKSPACE;
          case 1 -> Key.Named.HOME;
          case 5 -> Key.Named.END;
          case 16 -> Key.Named.UP;
          case 14, '\t' -> Key.Named.DOWN;
          case 21 -> Key.Named.CLEAR;
          case 27 -> sequence(reader);
          default -> first < ' ' ? Key.Named.OTHER : text(first, reader);
        });
  }

  private static Key text(int first, NonBlockingReader reader) throws IOException {
    StringBuilder text = new StringBuilder().append((char) first);
    if (Character.isHighSurrogate((char) first)) {
      int second = reader.read(SEQUENCE_MILLIS);
      if (second < 0) {
        return Key.Named.OTHER;
      }
      text.append((char) second);
    }
    return new Key.Text(text.toString());
  }

  private static Key sequence(NonBlockingReader reader) throws IOException {
    int peeked = reader.peek(SEQUENCE_MILLIS);
    if (peeked < ' ') {
      // Nothing, or a key of its own that was pressed at once.
      return Key.Named.ESCAPE;
    }
    StringBuilder sequence = new StringBuilder("\u001b");
    while (sequence.length() < LONGEST_SEQUENCE && !isWhole(sequence)) {
      int next = reader.read(SEQUENCE_MILLIS);
      if (next < 0) {
        break;
      }
      sequence.append((char) next);
    }
    return sequence.toString().equals(PASTE_BEGIN) ? paste(reader) : named(sequence.toString());
  }

  /// `ESC [ … letter`, `ESC O letter`, or `ESC` and one other sign.
  private static boolean isWhole(CharSequence sequence) {
    if (sequence.length() < 3) {
      return sequence.length() == 2 && "[O".indexOf(sequence.charAt(1)) < 0;
    }
    char last = sequence.charAt(sequence.length() - 1);
    return last >= 0x40 && last <= 0x7e;
  }

  private static Key paste(NonBlockingReader reader) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.length() < LONGEST_PASTE && text.indexOf(PASTE_END) < 0) {
      int next = reader.read(1_000);
      if (next < 0) {
        break;
      }
      text.append((char) next);
    }
    return new Key.Text(text.toString().replace(PASTE_END, ""));
  }

  /// By its last sign, and where that is a tilde, by its number; what was held down with it does
  /// not matter.
  private static Key named(String sequence) {
    return switch (sequence.charAt(sequence.length() - 1)) {
      case 'A' -> Key.Named.UP;
      case 'B' -> Key.Named.DOWN;
      case 'C' -> Key.Named.RIGHT;
      case 'D' -> Key.Named.LEFT;
      case 'H' -> Key.Named.HOME;
      case 'F' -> Key.Named.END;
      case 'M' -> Key.Named.ENTER;
      case '~' ->
          switch (sequence.replaceAll("\\D+(\\d*).*", "$1")) {
            case "1", "5", "7" -> Key.Named.HOME;
            case "4", "6", "8" -> Key.Named.END;
            case "3" -> Key.Named.DELETE;
            default -> Key.Named.OTHER;
          };
      default -> Key.Named.OTHER;
    };
  }

  @Override
  public void close() {
    leaving.leave();
  }
}
