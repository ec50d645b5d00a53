package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.messaging.Round.Wanted;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.messaging.Priority;
import dev.claudemesh.protocol.presence.Status;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// One peer's side of the hand-out: what was pushed to it and is not confirmed yet, and whether
/// more waits for it in the table.
///
/// Holds ids, never bodies. Only the writer's thread touches it.
final class Mailbox {
  private final String slot;
  private final Household household;
  private final Backlog backlog;
  private final Backlog share = Backlog.unknown();
  private final int window;
  private final Map<String, Held> held = new LinkedHashMap<>();
  private Peer peer;

  /// A copy that was pushed and is not confirmed.
  ///
  /// @param until when it is due again if its holder is here and says nothing
  record Held(Copy copy, int rank, long seq, Optional<String> clientMessageId, Instant until) {}

  Mailbox(Peer peer, Household household, int window) {
    this.slot = slot(peer);
    this.household = household;
    this.peer = peer;
    this.window = window;
    this.backlog = ownKey(peer, household) ? Backlog.unknown() : household.backlog();
  }

  /// What leases are made out to. Sessions are known by address; readers of one inbox do not
  /// displace each other.
  static String slot(Peer peer) {
    return peer.isSession() ? peer.address().hex() : peer.presenceId();
  }

  private static boolean ownKey(Peer peer, Household household) {
    return peer.isSession() && !peer.address().hex().equals(household.memberKey());
  }

  String slot() {
    return slot;
  }

  Peer peer() {
    return peer;
  }

  Household household() {
    return household;
  }

  /// The peer came back, perhaps as another object.
  void occupy(Peer returned) {
    peer = returned;
  }

  boolean isReader() {
    return peer.purpose() == Purpose.INBOX;
  }

  /// Keys whose mail may be handed out here.
  List<String> keys() {
    return backlog == household.backlog()
        ? List.of(household.memberKey())
        : List.of(slot, household.memberKey());
  }

  /// Whether mail for a key goes here and nowhere else.
  boolean owns(String key) {
    return !isReader() && key.equals(slot);
  }

  /// Whether others of the member could have mail for a key too.
  boolean shares(String key) {
    return key.equals(household.memberKey());
  }

  /// A peer's status does not hold up what somebody asked to read.
  Status gate() {
    return isReader() ? Status.IDLE : peer.status();
  }

  boolean open(Priority priority) {
    return MessageRules.open(priority, gate());
  }

  /// Whether a fresh message may overtake the table: nothing waits there that should come first.
  boolean takesFresh(Priority priority) {
    return open(priority)
        && ready()
        && !backlog.anyUpTo(priority.ordinal())
        && !household.backlog().anyUpTo(priority.ordinal())
        && !share.anyUpTo(priority.ordinal());
  }

  /// Whether it is worth looking into the table for this peer now; not for each single copy that
  /// was confirmed.
  boolean wantsClaim() {
    int rank = lastOpenRank();
    return ready()
        && room() * 4 >= window
        && (backlog.anyUpTo(rank) || household.backlog().anyUpTo(rank) || share.anyUpTo(rank));
  }

  private boolean ready() {
    return room() > 0 && peer.connection().filter(Connection::writable).isPresent();
  }

  int room() {
    return window - held.size();
  }

  int lastOpenRank() {
    return open(Priority.LOW) ? Priority.LOW.ordinal() : Priority.NOW.ordinal();
  }

  /// What may wait in the table for the member and is noted as this peer's. The household's backlog
  /// does not know it: whoever else looks does not get it, and thinks that there is nothing.
  Backlog share() {
    return share;
  }

  Backlog backlog(String key) {
    return owns(key) ? backlog : household.backlog();
  }

  /// Where to look in the table for this peer now.
  List<Wanted> wanted() {
    int last = lastOpenRank();
    return keys().stream()
        .flatMap(key ->
            IntStream.rangeClosed(0, last)
                .filter(rank -> first(key, rank) != Backlog.NONE)
                .mapToObj(rank -> new Wanted(key, rank, first(key, rank))))
        .toList();
  }

  private long first(String key, int rank) {
    long first = backlog(key).first(rank);
    return shares(key) ? Math.min(first, share.first(rank)) : first;
  }

  /// The table has nothing more for this peer at a rank.
  void nothingWaits(String key, int rank) {
    backlog(key).clear(rank);
    if (shares(key)) {
      share.clear(rank);
    }
  }

  /// What stood in the table up to there was handed out.
  void readTo(String key, int rank, long seq) {
    backlog(key).readTo(rank, seq);
    if (shares(key)) {
      share.readTo(rank, seq);
    }
  }

  void hold(Held copy) {
    held.put(copy.copy().messageId(), copy);
  }

  boolean holds(Copy copy) {
    return held(copy.messageId()).filter(each -> each.copy().equals(copy)).isPresent();
  }

  Optional<Held> held(String messageId) {
    return Optional.ofNullable(held.get(messageId));
  }

  Optional<Held> release(String messageId) {
    return Optional.ofNullable(held.remove(messageId));
  }

  /// Lets go of what was held for too long, if the peer is here to be asked again.
  List<Held> releaseOverdue(Instant now) {
    List<Held> overdue =
        peer.connected()
            ? held.values().stream().filter(each -> !each.until().isAfter(now)).toList()
            : List.of();
    overdue.forEach(each -> held.remove(each.copy().messageId()));
    return overdue;
  }

  /// Lets go of everything; the copies are due again.
  List<Held> releaseAll() {
    List<Held> all = List.copyOf(held.values());
    held.clear();
    return all;
  }

  Optional<String> heldByClientId(String clientMessageId) {
    return held.entrySet().stream()
        .filter(
            entry -> entry.getValue().clientMessageId().filter(clientMessageId::equals).isPresent())
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
