package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/// An inbox that survives `kill -9`: an append-only file of ciphertexts and marks, synced before
/// {@link #store} returns, readable by its owner only.
public final class JournalInbox implements Inbox {
  private JournalInbox() {}

  /// Opens or makes the file. One process at a time may have it open.
  ///
  /// @throws dev.claudemesh.protocol.Problem `busy` if another has it open, `internal` if the file
  ///   cannot be read or written
  public static JournalInbox open(Path file) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean store(Push message) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean knows(String messageId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void shown(Collection<String> messageIds) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Push> unshown() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean durable() {
    return true;
  }

  @Override
  public void close() {}
}
