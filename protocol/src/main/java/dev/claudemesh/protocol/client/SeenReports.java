package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import dev.claudemesh.protocol.messaging.MessageRequest.Seen;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Which messages the session has been shown, until the broker knows. Reported again after a lost
/// connection. Thread-safe.
final class SeenReports {
  /// The oldest report is dropped for one more: the message was delivered all the same.
  private static final int LIMIT = 10_000;

  private static final int AT_ONCE = 500;

  private final Function<Seen, CompletableFuture<Ack>> call;
  private final SequencedSet<String> unreported = new LinkedHashSet<>();

  SeenReports(Function<Seen, CompletableFuture<Ack>> call) {
    this.call = call;
  }

  void add(Collection<String> messageIds) {
    synchronized (this) {
      unreported.addAll(messageIds);
      while (unreported.size() > LIMIT) {
        unreported.removeFirst();
      }
    }
    report();
  }

  /// Tells the broker what it does not know yet. What fails is told with the next report.
  void report() {
    List<String> ids;
    synchronized (this) {
      ids = unreported.stream().limit(AT_ONCE).toList();
    }
    if (ids.isEmpty()) {
      return;
    }
    call.apply(new Seen(ids))
        .thenAccept(done -> {
          synchronized (this) {
            ids.forEach(unreported::remove);
          }
          report();
        });
  }
}
