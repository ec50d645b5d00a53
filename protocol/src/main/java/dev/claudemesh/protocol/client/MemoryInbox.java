package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import java.util.Collection;
import java.util.List;

/// An inbox that ends with the process, for one-shot commands.
public final class MemoryInbox implements Inbox {
  private final InboxContents contents = new InboxContents();

  public MemoryInbox() {}

  @Override
  public synchronized boolean store(Push message) {
    if (contents.knows(message.messageId())) {
      return false;
    }
    contents.checkRoom();
    contents.add(message);
    return true;
  }

  @Override
  public void sync() {}

  @Override
  public synchronized boolean knows(String messageId) {
    return contents.knows(messageId);
  }

  @Override
  public synchronized void shown(Collection<String> messageIds) {
    messageIds.forEach(contents::shown);
  }

  @Override
  public synchronized List<Push> unshown() {
    return contents.unshown();
  }

  @Override
  public boolean durable() {
    return false;
  }

  @Override
  public void close() {}
}
