package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An inbox that survives `kill -9`: an append-only file of ciphertexts and marks, readable by its
/// owner only.
public final class JournalInbox implements Inbox {
  private static final long COMPACT_ABOVE = 1 << 20;

  private final InboxContents contents = new InboxContents();
  private final Journal journal;
  private final long smallEnough;
  private long compactAbove;

  private JournalInbox(Path file, long smallEnough) {
    this.smallEnough = smallEnough;
    this.compactAbove = smallEnough;
    this.journal = Journal.open(file, this::replay);
    if (journal.damaged()) {
      compact();
    }
  }

  /// Opens or makes the file. One process at a time may have it open.
  ///
  /// @throws Problem `busy` if another has it open, `internal` if the file cannot be read or
  ///   written
  public static JournalInbox open(Path file) {
    return new JournalInbox(file, COMPACT_ABOVE);
  }

  static JournalInbox open(Path file, long smallEnough) {
    return new JournalInbox(file, smallEnough);
  }

  private void replay(ObjectNode line) {
    JsonNode push = line.get("in");
    if (push != null) {
      Push message = Wire.convert("inbox", push, Push.class);
      if (!contents.knows(message.messageId())) {
        contents.add(message);
      }
    }
    ids(line.get("shown")).forEach(contents::shown);
    ids(line.get("known")).forEach(contents::remember);
  }

  private static List<String> ids(JsonNode list) {
    return list == null ? List.of() : list.valueStream().map(JsonNode::stringValue).toList();
  }

  @Override
  public synchronized boolean store(Push message) {
    if (contents.knows(message.messageId())) {
      return false;
    }
    contents.checkRoom();
    journal.append(stored(message));
    contents.add(message);
    compactIfLong();
    return true;
  }

  @Override
  public synchronized boolean knows(String messageId) {
    return contents.knows(messageId);
  }

  @Override
  public synchronized void shown(Collection<String> messageIds) {
    List<String> fresh = messageIds.stream().filter(contents::waits).distinct().toList();
    if (fresh.isEmpty()) {
      return;
    }
    journal.append(list("shown", fresh));
    fresh.forEach(contents::shown);
    compactIfLong();
  }

  @Override
  public synchronized List<Push> unshown() {
    return contents.unshown();
  }

  /// What a failed sync left unwritten is not written by the next one: then all of it is written
  /// anew.
  @Override
  public void sync() {
    try {
      journal.sync();
    } catch (Problem unwritten) {
      synchronized (this) {
        compact();
      }
    }
  }

  @Override
  public boolean durable() {
    return true;
  }

  private void compactIfLong() {
    if (journal.bytes() > compactAbove) {
      compact();
    }
  }

  /// Leaves what waits and the ids to remember. The next time is when the file has doubled, so that
  /// a full inbox is not rewritten for each message.
  private void compact() {
    List<ObjectNode> lines = new ArrayList<>();
    if (!contents.remembered().isEmpty()) {
      lines.add(list("known", contents.remembered()));
    }
    contents.unshown().forEach(message -> lines.add(stored(message)));
    journal.rewrite(lines);
    compactAbove = Math.max(smallEnough, 2 * journal.bytes());
  }

  private static ObjectNode stored(Push message) {
    ObjectNode line = Wire.mapper().createObjectNode();
    line.set("in", Wire.mapper().valueToTree(message));
    return line;
  }

  private static ObjectNode list(String name, List<String> ids) {
    ObjectNode line = Wire.mapper().createObjectNode();
    ids.forEach(line.putArray(name)::add);
    return line;
  }

  @Override
  public synchronized void close() {
    journal.close();
  }
}
