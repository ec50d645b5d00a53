package dev.claudemesh.bench.faults;

import dev.claudemesh.protocol.messaging.Priority;
import java.util.Locale;
import java.util.Optional;

/// One line of a peer's ledger.
///
/// Numbers count the messages of one sender, to whomever they go, from 1.
sealed interface Entry {
  /// When it was written, in {@link Uptime} milliseconds: for people and for times to recover, the
  /// checker goes by the order of the lines.
  long at();

  /// The process began. What follows was written by another process than what stands above.
  record Start(long at, long pid) implements Entry {}

  /// About to be handed to the client.
  record Sent(long at, int number, String target, Priority priority, int length) implements Entry {}

  /// The client has it in its outbox on disk.
  record Kept(long at, int number) implements Entry {}

  /// The broker has it.
  record Acked(long at, int number, String id, int recipients) implements Entry {}

  /// The client gave it back: it will not be sent.
  record Refused(long at, int number, String code) implements Entry {}

  /// A message of an earlier process was refused; which one is not known.
  record Dropped(long at, String clientMessageId, String code) implements Entry {}

  /// On the screen. Written before the client is told, so that a kill in between shows as a line
  /// without its {@link Marked}.
  ///
  /// @param intact whether the text was the one that was sent, by the one who says so
  record Shown(
      long at,
      String sender,
      int number,
      String id,
      String target,
      Priority priority,
      boolean intact)
      implements Entry {}

  /// The client knows that it was shown, on disk.
  record Marked(long at, String id) implements Entry {}

  /// The client gave up for good, and was started again.
  record Ended(long at, String code) implements Entry {}

  /// For people.
  record Note(long at, String text) implements Entry {}

  /// Stands at the end of each line, so that half a number is not taken for a whole one.
  String END = " .";

  /// The line, without its line feed.
  default String line() {
    return at()
        + " "
        + switch (this) {
          case Start e -> "START " + e.pid();
          case Sent e -> words("SENT", e.number(), e.target(), lower(e.priority()), e.length());
          case Kept e -> words("KEPT", e.number());
          case Acked e -> words("ACKED", e.number(), e.id(), e.recipients());
          case Refused e -> words("REFUSED", e.number(), e.code());
          case Dropped e -> words("DROPPED", e.clientMessageId(), e.code());
          case Shown e ->
              words(
                  "SHOWN",
                  e.sender(),
                  e.number(),
                  e.id(),
                  e.target(),
                  lower(e.priority()),
                  e.intact() ? "intact" : "altered");
          case Marked e -> words("MARKED", e.id());
          case Ended e -> words("ENDED", e.code());
          case Note e -> "NOTE " + e.text().replaceAll("\\s+", " ");
        }
        + END;
  }

  private static String words(String kind, Object... values) {
    StringBuilder line = new StringBuilder(kind);
    for (Object value : values) {
      line.append(' ').append(value);
    }
    return line.toString();
  }

  private static String lower(Priority priority) {
    return priority.name().toLowerCase(Locale.ROOT);
  }

  /// Reads a line; empty if it was torn by a kill.
  static Optional<Entry> parse(String line) {
    if (!line.endsWith(END)) {
      return Optional.empty();
    }
    String[] word = line.split(" ");
    try {
      long at = Long.parseLong(word[0]);
      return Optional.of(
          switch (word[1]) {
            case "START" -> new Start(at, Long.parseLong(word[2]));
            case "SENT" ->
                new Sent(
                    at,
                    Integer.parseInt(word[2]),
                    word[3],
                    priority(word[4]),
                    Integer.parseInt(word[5]));
            case "KEPT" -> new Kept(at, Integer.parseInt(word[2]));
            case "ACKED" ->
                new Acked(at, Integer.parseInt(word[2]), word[3], Integer.parseInt(word[4]));
            case "REFUSED" -> new Refused(at, Integer.parseInt(word[2]), word[3]);
            case "DROPPED" -> new Dropped(at, word[2], word[3]);
            case "SHOWN" ->
                new Shown(
                    at,
                    word[2],
                    Integer.parseInt(word[3]),
                    word[4],
                    word[5],
                    priority(word[6]),
                    intact(word[7]));
            case "MARKED" -> new Marked(at, word[2]);
            case "ENDED" -> new Ended(at, word[2]);
            case "NOTE" ->
                new Note(
                    at, line.substring(line.indexOf("NOTE") + 5, line.length() - END.length()));
            case String other -> throw new IllegalArgumentException(other);
          });
    } catch (IllegalArgumentException | IndexOutOfBoundsException torn) {
      return Optional.empty();
    }
  }

  private static Priority priority(String word) {
    return Priority.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private static boolean intact(String word) {
    return switch (word) {
      case "intact" -> true;
      case "altered" -> false;
      case String other -> throw new IllegalArgumentException(other);
    };
  }
}
