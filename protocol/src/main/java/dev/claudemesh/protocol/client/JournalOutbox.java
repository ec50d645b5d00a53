package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An outbox that survives `kill -9`: an append-only file of encrypted frames, readable by its
/// owner only.
public final class JournalOutbox implements Outbox {
  private static final long COMPACT_ABOVE = 1 << 20;

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Journal journal;
  private final long smallEnough;
  private long compactAbove;

  private JournalOutbox(Path file, long smallEnough) {
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
  public static JournalOutbox open(Path file) {
    return new JournalOutbox(file, COMPACT_ABOVE);
  }

  static JournalOutbox open(Path file, long smallEnough) {
    return new JournalOutbox(file, smallEnough);
  }

  private void replay(ObjectNode line) {
    JsonNode put = line.get("put");
    if (put != null) {
      Entry entry = Wire.convert("outbox", put, Entry.class);
      entries.put(entry.clientMessageId(), entry);
    }
    JsonNode done = line.get("done");
    if (done != null) {
      entries.remove(done.stringValue());
    }
  }

  @Override
  public synchronized void put(Entry entry) {
    MemoryOutbox.checkRoom(entries, entry);
    journal.append(line(entry));
    entries.put(entry.clientMessageId(), entry);
    compactIfLong();
  }

  @Override
  public synchronized void remove(String clientMessageId) {
    if (!entries.containsKey(clientMessageId)) {
      return;
    }
    entries.remove(clientMessageId);
    ObjectNode line = Wire.mapper().createObjectNode();
    line.put("done", clientMessageId);
    try {
      journal.append(line);
      compactIfLong();
    } catch (Problem full) {
      compactAbove =
          0; // sent again by the next process, and recognised, unless it is left out then
    }
  }

  @Override
  public synchronized List<Entry> pending() {
    return List.copyOf(entries.values());
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

  private void compact() {
    journal.rewrite(entries.values().stream().map(JournalOutbox::line).toList());
    compactAbove = Math.max(smallEnough, 2 * journal.bytes());
  }

  private static ObjectNode line(Entry entry) {
    ObjectNode line = Wire.mapper().createObjectNode();
    line.set("put", Wire.mapper().valueToTree(entry));
    return line;
  }

  @Override
  public synchronized void close() {
    journal.close();
  }
}
