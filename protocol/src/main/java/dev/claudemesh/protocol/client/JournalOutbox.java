package dev.claudemesh.protocol.client;

import java.nio.file.Path;
import java.util.List;

/// An outbox that survives `kill -9`: an append-only file of encrypted frames, synced before {@link
/// #put} returns, readable by its owner only.
public final class JournalOutbox implements Outbox {
  private JournalOutbox() {}

  /// Opens or makes the file. One process at a time may have it open.
  ///
  /// @throws dev.claudemesh.protocol.Problem `busy` if another has it open, `internal` if the file
  ///   cannot be read or written
  public static JournalOutbox open(Path file) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void put(Entry entry) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void remove(String clientMessageId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Entry> pending() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean durable() {
    return true;
  }

  @Override
  public void close() {}
}
