package dev.claudemesh.mcp;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;

/// Brings notices into the session. What goes by is a channel notification and is not kept. What is
/// wanted wakes an idle session, several at once and not more often than every 10 s, or comes with
/// the next prompt, or with `check_messages`: each once.
///
/// Keeps the newest 100 that wait; then the oldest is dropped, and how many were is told.
/// Thread-safe.
final class Notices {
  static final Duration PAUSE = Duration.ofSeconds(10);
  static final int KEPT = 100;
  static final int AT_ONCE = 20;

  private final MessageMode mode;
  private final Optional<Inbox> inbox;
  private final BiPredicate<String, Map<String, String>> channel;
  private final InstantSource clock;
  private final Deque<String> waiting = new ArrayDeque<>();
  private int dropped;
  private Instant quietUntil = Instant.MIN;

  /// Takes a prompt for the session; false if it cannot.
  interface Inbox {
    boolean post(String content);
  }

  Notices(
      MessageMode mode,
      Optional<Inbox> inbox,
      BiPredicate<String, Map<String, String>> channel,
      InstantSource clock) {
    this.mode = mode;
    this.inbox = inbox;
    this.channel = channel;
    this.clock = clock;
  }

  void arrived(Notice notice) {
    if (notice.wanted()) {
      keep(notice.text());
    } else if (mode != MessageMode.OFF) {
      channel.test(notice.text(), notice.attributes());
    }
  }

  private synchronized void keep(String text) {
    waiting.add(text);
    shorten();
  }

  /// Before what came meanwhile, each by itself, so that what waits stays bounded.
  private synchronized void putBack(Taken taken) {
    taken.texts().reversed().forEach(waiting::addFirst);
    dropped += taken.dropped();
    shorten();
  }

  private void shorten() {
    while (waiting.size() > KEPT) {
      waiting.remove();
      dropped++;
    }
  }

  /// Wakes the session if something is wanted and the pause is over.
  void tick() {
    if (mode != MessageMode.PUSH || inbox.isEmpty()) {
      return;
    }
    Optional<Taken> taken;
    synchronized (this) {
      if (clock.instant().isBefore(quietUntil)) {
        return;
      }
      taken = take(AT_ONCE);
      taken.ifPresent(posted -> quietUntil = clock.instant().plus(PAUSE));
    }
    taken.filter(posted -> !inbox.get().post(posted.shown())).ifPresent(this::putBack);
  }

  /// What goes along with a prompt.
  synchronized Optional<String> withPrompt() {
    return mode == MessageMode.PUSH ? take(AT_ONCE).map(Taken::shown) : Optional.empty();
  }

  /// Everything that waits, for `check_messages`.
  synchronized Optional<String> takeAll() {
    return take(KEPT).map(Taken::shown);
  }

  private Optional<Taken> take(int most) {
    if (waiting.isEmpty()) {
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>();
    while (!waiting.isEmpty() && texts.size() < most) {
      texts.add(waiting.remove());
    }
    Taken taken = new Taken(dropped, List.copyOf(texts), waiting.size());
    dropped = 0;
    return Optional.of(taken);
  }

  /// What is shown at once.
  ///
  /// @param dropped how many older ones are gone
  /// @param left how many newer ones still wait
  private record Taken(int dropped, List<String> texts, int left) {
    String shown() {
      List<String> lines = new ArrayList<>();
      if (dropped > 0) {
        lines.add(dropped + " older ones were dropped:");
      }
      lines.addAll(texts);
      if (left > 0) {
        lines.add(left + " more; check_messages shows them.");
      }
      return String.join("\n", lines);
    }
  }
}
