package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import java.util.List;

/// Messages on their way out: kept from the moment they are encrypted until the broker has
/// acknowledged them. Thread-safe.
///
/// Belongs to one sender key: what was boxed by a session key opens only under that key.
public interface Outbox extends AutoCloseable {
  /// How many messages wait at most; one more is refused with `limit`.
  int LIMIT = 1_000;

  /// One encrypted message.
  ///
  /// @param sender key it was encrypted by, hex
  record Entry(String clientMessageId, String sender, Send frame) {}

  /// Keeps a message, so that it survives this process if this outbox does. An entry with a known
  /// id replaces that one and keeps its place.
  ///
  /// @throws dev.claudemesh.protocol.Problem `limit` if {@link #LIMIT} messages wait already,
  ///   `internal` if it could not be written
  void put(Entry entry);

  /// Makes what was put before outlive a power failure, too. One call serves all who put meanwhile.
  ///
  /// @throws dev.claudemesh.protocol.Problem `internal` if the disk did not take it
  void sync();

  /// Forgets a message that was acknowledged or refused. After a power failure it may be there
  /// again: the broker knows it by its id.
  void remove(String clientMessageId);

  /// What waits, oldest first.
  List<Entry> pending();

  /// Whether what waits survives this process.
  boolean durable();

  @Override
  void close();
}
