package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.MessageRequest.ClientAck;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Messages of which the broker is to be told that they are stored: one frame tells of as many as
/// it may. Used by one lane.
final class Confirmations {
  private final List<Stored> waiting = new ArrayList<>();

  private record Stored(String messageId, FrameSocket by, int most) {}

  /// @param by where it came from
  /// @param most messages that one frame may confirm; 0 if the broker wants none confirmed
  void add(String messageId, FrameSocket by, int most) {
    if (most > 0) {
      waiting.add(new Stored(messageId, by, most));
    }
  }

  /// How many were added and not confirmed.
  int waiting() {
    return waiting.size();
  }

  /// Confirms what was added until now.
  void send() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < waiting.size(); i++) {
      Stored stored = waiting.get(i);
      ids.add(stored.messageId());
      boolean last = i + 1 == waiting.size() || waiting.get(i + 1).by() != stored.by();
      if (last || ids.size() >= stored.most()) {
        ClientAck ack = stored.most() == 1 ? ClientAck.of(ids.getFirst()) : ClientAck.of(ids);
        stored.by().send(Wire.encode(ack, Optional.empty()));
        ids.clear();
      }
    }
    waiting.clear();
  }
}
