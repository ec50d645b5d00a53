package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Metrics;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.messaging.MessageRules.Author;
import dev.claudemesh.broker.messaging.MessageRules.Seat;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Decides whether a message is accepted, and for whom.
final class Admission {
  private final Peers peers;
  private final Rosters rosters;
  private final RosterStore store;
  private final Metrics metrics;
  private final LimitsConfig limits;

  /// An accepted message's target and the recipients that let the sender write to them.
  record Admitted(Target target, List<Recipient> recipients) {}

  Admission(Peers peers, Rosters rosters, RosterStore store, Metrics metrics, LimitsConfig limits) {
    this.peers = peers;
    this.rosters = rosters;
    this.store = store;
    this.metrics = metrics;
    this.limits = limits;
  }

  /// @throws Problem that says why the message is not accepted; nothing changed then
  Admitted admit(Send send, Peer sender) {
    return admit(send, sender.member(), sender.presenceId());
  }

  /// The same for what a member sends without a session.
  ///
  /// @throws Problem as above
  Admitted admit(Send send, Member sender) {
    return admit(send, sender, "");
  }

  private Admitted admit(Send send, Member sender, String presenceId) {
    Roster roster = rosters.of(sender.meshId());
    if (send.epoch().isPresent() && send.epoch().get() != roster.epoch()) {
      roster = rosters.read(sender.meshId());
    }
    return admit(send, sender, presenceId, roster, roster.epoch());
  }

  /// The same for what was checked when it was encrypted, long ago perhaps: the mesh key may have
  /// moved on since, and those who had the old one still read it.
  ///
  /// @throws Problem as above
  Admitted admitLater(Send send, Member sender) {
    Roster roster = rosters.of(sender.meshId());
    return admit(send, sender, "", roster, send.epoch().orElse(roster.epoch()));
  }

  private Admitted admit(Send send, Member sender, String presenceId, Roster roster, int epoch) {
    Target target = Target.parse(send.targetSpec());
    MessageRules.checkSecrecy(send, target.kind(), roster.compat(), epoch);
    Author author = new Author(presenceId, sender.id(), sender.key().hex());
    return switch (target) {
      case Target.Key(var key) -> new Admitted(target, List.of(one(key.hex(), author, roster)));
      case Target.Group group -> new Admitted(target, many(target, author, roster));
      case Target.Everyone everyone -> new Admitted(target, many(target, author, roster));
      case Target.Unknown(String text) -> throw unknown(text, roster);
    };
  }

  private Recipient one(String key, Author author, Roster roster) {
    String meshId = roster.meshId();
    Optional<Seat> live =
        peers
            .session(meshId, new dev.claudemesh.protocol.crypto.PublicKey(key))
            .filter(Peer::isSession)
            .map(Admission::seat);
    Recipient recipient =
        MessageRules.recipient(key, live, roster, () -> store.earlierSession(meshId, key))
            .orElseThrow(() -> unknown(key, roster));
    if (!MessageRules.accepts(roster, recipient.memberId(), author, Kind.DIRECT.capability())) {
      metrics.droppedByGrant(Kind.DIRECT.capability().wireName());
      throw new Problem(ProblemCode.BLOCKED, "The receiver does not take direct messages from you");
    }
    return recipient;
  }

  private List<Recipient> many(Target target, Author author, Roster roster) {
    List<Seat> seats = peers.sessions(roster.meshId()).stream().map(Admission::seat).toList();
    List<Recipient> inScope = MessageRules.recipients(target, author, seats, roster);
    if (inScope.isEmpty()) {
      throw MessageRules.nobody(target, roster, seats);
    }
    if (inScope.size() > limits.sizes().recipientsPerMessage()) {
      throw new Problem(
          ProblemCode.LIMIT,
          "This would go to "
              + inScope.size()
              + " receivers; at most "
              + limits.sizes().recipientsPerMessage()
              + " are allowed. Choose a smaller group");
    }
    return inScope.stream()
        .filter(recipient -> willing(recipient, target.kind(), author, roster))
        .toList();
  }

  private boolean willing(Recipient recipient, Kind kind, Author author, Roster roster) {
    boolean accepts = MessageRules.accepts(roster, recipient.memberId(), author, kind.capability());
    if (!accepts) {
      metrics.droppedByGrant(kind.capability().wireName());
    }
    return accepts;
  }

  private Problem unknown(String text, Roster roster) {
    Stream<String> sessions =
        peers.sessions(roster.meshId()).stream()
            .filter(peer -> peer.state().visible())
            .map(Peer::displayName);
    Stream<String> members = roster.members().values().stream().map(Roster.Entry::name);
    Stream<String> groups =
        roster.members().values().stream()
            .flatMap(member -> member.groups().stream())
            .map(group -> "@" + group.name());
    return MessageRules.unknown(
        text, Stream.of(sessions, members, groups).flatMap(names -> names).toList());
  }

  private static Seat seat(Peer peer) {
    return new Seat(
        peer.presenceId(),
        peer.address().hex(),
        peer.member().id(),
        peer.state().groups(),
        peer.state().visible());
  }
}
