package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An outbox that ends with the process, for one-shot commands.
public final class MemoryOutbox implements Outbox {
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  public MemoryOutbox() {}

  @Override
  public synchronized void put(Entry entry) {
    checkRoom(entries, entry);
    entries.put(entry.clientMessageId(), entry);
  }

  @Override
  public void sync() {}

  static void checkRoom(Map<String, Entry> entries, Entry entry) {
    if (entries.size() >= LIMIT && !entries.containsKey(entry.clientMessageId())) {
      throw new Problem(
          ProblemCode.LIMIT,
          LIMIT
              + " messages wait to be sent already. Wait until the broker is reachable again"
              + " (claudemesh status), then send this one again.");
    }
  }

  @Override
  public synchronized void remove(String clientMessageId) {
    entries.remove(clientMessageId);
  }

  @Override
  public synchronized List<Entry> pending() {
    return List.copyOf(entries.values());
  }

  @Override
  public boolean durable() {
    return false;
  }

  @Override
  public void close() {}
}
