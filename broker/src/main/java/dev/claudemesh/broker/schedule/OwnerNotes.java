package dev.claudemesh.broker.schedule;

import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/// Tells members what became of their scheduled messages: at once if a session of theirs is
/// connected, else when the next one comes. The list tells it in any case, so what is not told yet
/// is only in memory, and the oldest of too much is forgotten. Thread-safe.
final class OwnerNotes {
  private static final int MOST_MEMBERS = 1_000;
  private static final int MOST_NOTES = 20;

  private final Peers peers;
  private final Map<String, List<Push>> untold = new LinkedHashMap<>();

  OwnerNotes(Peers peers) {
    this.peers = peers;
  }

  /// Runs were missed.
  void missed(ScheduledMessage message, ScheduleRules.Turn turn, Instant now) {
    ObjectNode data = about(message).put("missed", turn.missed());
    turn.next().ifPresent(next -> data.put("nextAt", next.toString()));
    tell(message, "schedule_missed", data, now);
  }

  /// It was refused.
  ///
  /// @param ended whether it is not tried again
  void refused(ScheduledMessage message, String code, String why, boolean ended, Instant now) {
    tell(
        message,
        "schedule_failed",
        about(message).put("code", code).put("reason", why).put("ended", ended),
        now);
  }

  private static ObjectNode about(ScheduledMessage message) {
    return Wire.mapper()
        .createObjectNode()
        .put("scheduledId", message.id())
        .put("to", message.send().targetSpec());
  }

  private void tell(ScheduledMessage message, String event, ObjectNode data, Instant now) {
    Push note = Push.news(UUID.randomUUID().toString(), message.meshId(), event, data, now);
    List<Peer> sessions =
        peers.ofMember(message.meshId(), message.memberId()).stream()
            .filter(peer -> peer.isSession() && peer.connected())
            .toList();
    sessions.forEach(peer -> send(note, peer));
    if (sessions.isEmpty()) {
      keep(message.memberId(), note);
    }
  }

  private synchronized void keep(String memberId, Push note) {
    List<Push> notes = untold.computeIfAbsent(memberId, id -> new ArrayList<>());
    notes.add(note);
    if (notes.size() > MOST_NOTES) {
      notes.removeFirst();
    }
    if (untold.size() > MOST_MEMBERS) {
      untold.remove(untold.keySet().iterator().next());
    }
  }

  /// A peer is here.
  void arrived(Peer peer) {
    if (peer.isSession()) {
      take(peer.member().id()).forEach(note -> send(note, peer));
    }
  }

  private synchronized List<Push> take(String memberId) {
    List<Push> notes = untold.remove(memberId);
    return notes == null ? List.of() : notes;
  }

  private static void send(Push note, Peer to) {
    to.connection().ifPresent(socket -> socket.send(note));
  }
}
