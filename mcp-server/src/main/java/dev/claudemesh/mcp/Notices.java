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
    if (waiting.size() > KEPT) {
      waiting.remove();
      dropped++;
    }
  }

  /// Wakes the session if something is wanted and the pause is over.
  void tick() {
    if (mode != MessageMode.PUSH || inbox.isEmpty()) {
      return;
    }
    Optional<String> text;
    synchronized (this) {
      if (clock.instant().isBefore(quietUntil)) {
        return;
      }
      text = take(AT_ONCE);
      text.ifPresent(posted -> quietUntil = clock.instant().plus(PAUSE));
    }
    text.filter(posted -> !inbox.get().post(posted)).ifPresent(this::keep);
  }

  /// What goes along with a prompt.
  synchronized Optional<String> withPrompt() {
    return mode == MessageMode.PUSH ? take(AT_ONCE) : Optional.empty();
  }

  /// Everything that waits, for `check_messages`.
  synchronized Optional<String> takeAll() {
    return take(KEPT);
  }

  private Optional<String> take(int most) {
    if (waiting.isEmpty()) {
      return Optional.empty();
    }
    List<String> lines = new ArrayList<>();
    if (dropped > 0) {
      lines.add(dropped + " older ones were dropped:");
      dropped = 0;
    }
    while (!waiting.isEmpty() && lines.size() < most) {
      lines.add(waiting.remove());
    }
    if (!waiting.isEmpty()) {
      lines.add(waiting.size() + " more; check_messages shows them.");
    }
    return Optional.of(String.join("\n", lines));
  }
}
