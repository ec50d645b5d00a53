package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/// What an inbox holds, whether or not it also writes it down. Not thread-safe.
final class InboxContents {
  private final Map<String, Push> unshown = new LinkedHashMap<>();
  private final SequencedSet<String> shown = new LinkedHashSet<>();

  boolean knows(String messageId) {
    return unshown.containsKey(messageId) || shown.contains(messageId);
  }

  boolean waits(String messageId) {
    return unshown.containsKey(messageId);
  }

  void checkRoom() {
    if (unshown.size() >= Inbox.UNSHOWN_LIMIT) {
      throw new Problem(
          ProblemCode.LIMIT,
          Inbox.UNSHOWN_LIMIT
              + " messages wait to be read already; further ones stay with the broker. Read them"
              + " with claudemesh inbox or check_messages.");
    }
  }

  void add(Push message) {
    unshown.put(message.messageId(), message);
  }

  /// @return whether it was there and not shown yet
  boolean shown(String messageId) {
    if (unshown.remove(messageId) == null) {
      return false;
    }
    remember(messageId);
    return true;
  }

  /// Remembers an id without its message; the oldest makes room.
  void remember(String messageId) {
    shown.addLast(messageId);
    if (shown.size() > Inbox.REMEMBERED) {
      shown.removeFirst();
    }
  }

  List<Push> unshown() {
    return List.copyOf(unshown.values());
  }

  List<String> remembered() {
    return List.copyOf(shown);
  }
}
