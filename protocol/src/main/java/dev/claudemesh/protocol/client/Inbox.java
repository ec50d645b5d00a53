package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import java.util.Collection;
import java.util.List;

/// Messages that came: stored before they are confirmed to the broker, as ciphertext, with a mark
/// whether they were shown. Thread-safe.
///
/// Remembers the last {@link #REMEMBERED} ids, so that what is brought twice is shown once.
public interface Inbox extends AutoCloseable {
  /// How many messages may wait to be shown; one more is refused with `limit` and stays with the
  /// broker.
  int UNSHOWN_LIMIT = 10_000;

  /// How many ids of shown messages are remembered.
  int REMEMBERED = 10_000;

  /// Stores a message, so that it survives this process if this inbox does.
  ///
  /// @return false if a message with that id was stored before
  /// @throws dev.claudemesh.protocol.Problem `limit` if {@link #UNSHOWN_LIMIT} messages wait
  ///   already, `internal` if it could not be written
  boolean store(Push message);

  /// Makes what was stored before outlive a power failure, too; only then it may be confirmed. One
  /// call serves all that was stored meanwhile.
  ///
  /// @throws dev.claudemesh.protocol.Problem `internal` if the disk did not take it
  void sync();

  boolean knows(String messageId);

  /// Marks messages as shown; unknown ids are ignored. Their ciphertext is forgotten, their ids are
  /// not. After a power failure the last marks may be missing, and their messages are shown again.
  void shown(Collection<String> messageIds);

  /// What was not shown yet, oldest first. {@link MeshClient} brings it to its listener when it
  /// starts.
  List<Push> unshown();

  /// Whether what is stored survives this process.
  boolean durable();

  @Override
  void close();
}
