package dev.claudemesh.protocol.client;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// The messages that the broker has not acknowledged, in the order they were given: those that were
/// sent and not answered, and those that wait. Not thread-safe.
final class Unacked {
  private final TreeMap<Long, Outbox.Entry> waiting = new TreeMap<>();
  private final SequencedMap<String, Sent> sent = new LinkedHashMap<>();
  private long last;

  private record Sent(long number, Outbox.Entry entry, long atNanos) {}

  void add(Outbox.Entry entry) {
    waiting.put(++last, entry);
  }

  boolean isEmpty() {
    return waiting.isEmpty() && sent.isEmpty();
  }

  /// The first that waits.
  Optional<Outbox.Entry> next() {
    return Optional.ofNullable(waiting.firstEntry()).map(first -> first.getValue());
  }

  /// How many were sent and not answered.
  int inFlight() {
    return sent.size();
  }

  /// The first that waits goes out, as it is given here.
  void send(Outbox.Entry entry, long nowNanos) {
    long number = waiting.pollFirstEntry().getKey();
    sent.put(entry.clientMessageId(), new Sent(number, entry, nowNanos));
  }

  /// Since when the broker owes an answer.
  Optional<Long> oldestNanos() {
    return Optional.ofNullable(sent.firstEntry()).map(oldest -> oldest.getValue().atNanos());
  }

  /// A message that was sent and not answered.
  Optional<Outbox.Entry> sent(String clientMessageId) {
    return Optional.ofNullable(sent.get(clientMessageId)).map(Sent::entry);
  }

  /// The id of the longest message that was sent and not answered.
  Optional<String> longest() {
    return sent.values().stream()
        .map(Sent::entry)
        .max(Comparator.comparingInt(entry -> entry.frame().ciphertext().length()))
        .map(Outbox.Entry::clientMessageId);
  }

  /// Takes out a message that was sent; empty if it was answered already.
  Optional<Outbox.Entry> answered(String clientMessageId) {
    return Optional.ofNullable(sent.remove(clientMessageId)).map(Sent::entry);
  }

  /// A message that was sent will be sent again, at its old place.
  void again(String clientMessageId) {
    Sent refused = sent.remove(clientMessageId);
    waiting.put(refused.number(), refused.entry());
  }

  /// All that was sent and not answered will be sent again.
  void again() {
    List.copyOf(sent.keySet()).forEach(this::again);
  }

  /// Takes out those that wait and fit.
  List<Outbox.Entry> remove(Predicate<Outbox.Entry> fits) {
    List<Outbox.Entry> removed = new ArrayList<>(waiting.values().stream().filter(fits).toList());
    waiting.values().removeAll(removed);
    return removed;
  }
}
