package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.messaging.StatusStore.Sent;
import dev.claudemesh.broker.messaging.StatusStore.Stored;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.messaging.DeliveryStatus;
import dev.claudemesh.protocol.messaging.MessageReply;
import dev.claudemesh.protocol.messaging.MessageReply.StatusResult;
import dev.claudemesh.protocol.messaging.Priority;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Answers what became of a message, copy by copy, and why one waits.
final class StatusReport {
  /// Entries of one answer; what is not there yet comes first.
  private static final int MOST = 1_000;

  private final StatusStore store;
  private final Peers peers;
  private final Function<String, Set<String>> held;

  /// @param held gives the keys of the recipients whose copy of a message is in flight now
  StatusReport(StatusStore store, Peers peers, Function<String, Set<String>> held) {
    this.store = store;
    this.peers = peers;
    this.held = held;
  }

  /// What became of a message that the asker sent or received.
  ///
  /// @param id the message's id or at least 8 characters of its beginning
  /// @throws Problem `not_found`, also for messages of others; `ambiguous_prefix`
  StatusResult of(Member asker, String id) {
    if (!id.chars().allMatch(c -> c < 128 && Character.isLetterOrDigit(c))) {
      throw notFound(id);
    }
    List<Sent> found = store.find(asker.meshId(), asker.id(), id);
    if (found.isEmpty()) {
      throw notFound(id);
    }
    if (found.size() > 1 && found.stream().noneMatch(sent -> sent.id().equals(id))) {
      throw new Problem(
          ProblemCode.AMBIGUOUS_PREFIX,
          "Several messages begin with \"" + id + "\". Give more of the id");
    }
    Sent sent =
        found.stream().filter(each -> each.id().equals(id)).findFirst().orElse(found.getFirst());
    Set<String> inFlight = held.apply(sent.id());
    List<Stored> copies =
        store.copies(sent.id(), MOST).stream()
            .map(copy ->
                copy.state() == DeliveryStatus.QUEUED && inFlight.contains(copy.key())
                    ? copy.with(DeliveryStatus.IN_FLIGHT)
                    : copy)
            .toList();
    boolean all =
        copies.stream()
            .allMatch(copy ->
                copy.state() == DeliveryStatus.DELIVERED || copy.state() == DeliveryStatus.SEEN);
    Optional<Instant> last =
        copies.stream().flatMap(copy -> copy.deliveredAt().stream()).max(Instant::compareTo);
    return new StatusResult(
        sent.id(),
        sent.targetSpec(),
        all && !copies.isEmpty(),
        last.filter(at -> all),
        copies.stream().map(copy -> entry(asker.meshId(), sent.priority(), copy)).toList());
  }

  private static Problem notFound(String id) {
    return new Problem(
        ProblemCode.NOT_FOUND,
        "No message \""
            + (id.length() > 40 ? id.substring(0, 40) + "..." : id)
            + "\" that you sent or received is still kept");
  }

  private MessageReply.Recipient entry(String meshId, Priority priority, Stored copy) {
    List<Peer> here = here(meshId, copy);
    String name = here.size() == 1 ? here.getFirst().displayName() : copy.name();
    return new MessageReply.Recipient(
        name,
        copy.key(),
        legacy(copy.state(), here),
        copy.state(),
        reason(copy, priority, here),
        at(copy));
  }

  /// The connected sessions that could have a copy.
  private List<Peer> here(String meshId, Stored copy) {
    boolean toMember = copy.key().equals(copy.memberKey());
    List<Peer> could =
        toMember
            ? peers.ofMember(meshId, copy.memberId()).stream().filter(Peer::isSession).toList()
            : peers.session(meshId, new PublicKey(copy.key())).map(List::of).orElse(List.of());
    return could.stream().filter(Peer::connected).toList();
  }

  /// What clients of the first protocol know.
  private static String legacy(DeliveryStatus state, List<Peer> here) {
    return switch (state) {
      case QUEUED, IN_FLIGHT -> here.isEmpty() ? "disconnected" : "held";
      case DELIVERED, SEEN -> "delivered";
      case EXPIRED -> "disconnected";
      case REFUSED -> "held";
    };
  }

  private static Optional<String> reason(Stored copy, Priority priority, List<Peer> here) {
    return switch (copy.state()) {
      case QUEUED -> here.isEmpty() ? Optional.of("offline") : gate(priority, here);
      case IN_FLIGHT -> Optional.of(here.isEmpty() ? "offline" : "leased");
      case DELIVERED, SEEN, EXPIRED, REFUSED -> copy.reason();
    };
  }

  private static Optional<String> gate(Priority priority, List<Peer> here) {
    return here.stream().anyMatch(peer -> MessageRules.open(priority, peer.status()))
        ? Optional.empty()
        : Optional.of(MessageRules.held(here.getFirst().status()));
  }

  private static Optional<Instant> at(Stored copy) {
    return switch (copy.state()) {
      case DELIVERED -> copy.deliveredAt();
      case SEEN -> copy.seenAt();
      case QUEUED, IN_FLIGHT, EXPIRED, REFUSED -> Optional.empty();
    };
  }
}
