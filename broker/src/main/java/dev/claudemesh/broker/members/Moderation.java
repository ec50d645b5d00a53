package dev.claudemesh.broker.members;

import dev.claudemesh.broker.kernel.Bus;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MembershipStore;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.members.MemberRules.Named;
import dev.claudemesh.broker.members.RemovalStore.Removed;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.members.MemberReply;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.meshes.MeshReply;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Ends connections and removes members. The answer always leaves before what it did reaches the
/// caller's own connection.
final class Moderation {
  private static final int NORMAL_CLOSE = 1000;
  private static final int KICKED_CLOSE = 4001;

  private final RemovalStore store;
  private final MembershipStore memberships;
  private final Peers peers;
  private final Bus bus;
  private final InstantSource clock;

  Moderation(
      Database database, MembershipStore memberships, Peers peers, Bus bus, InstantSource clock) {
    this.store = new RemovalStore(database);
    this.memberships = memberships;
    this.peers = peers;
    this.bus = bus;
    this.clock = clock;
  }

  /// Closes sockets; the clients behind them come back by themselves, and keep their place
  /// meanwhile.
  Outcome disconnect(MemberRequest.Disconnect request, Caller caller) {
    List<Peer> chosen = chosen(request.target(), request.stale(), request.all(), caller);
    return Outcome.of(
        new MemberReply.Disconnected(chosen.size(), names(chosen)),
        () ->
            chosen.forEach(peer ->
                peer.connection()
                    .ifPresent(connection -> connection.close(NORMAL_CLOSE, "disconnected"))));
  }

  /// Ends peers; their clients stay away until somebody starts them again.
  Outcome kick(MemberRequest.Kick request, Caller caller) {
    List<Peer> chosen = chosen(request.target(), request.stale(), request.all(), caller);
    return Outcome.of(
        new MemberReply.Kicked(chosen.size(), names(chosen), Optional.empty()),
        () ->
            chosen.forEach(
                peer -> bus.publish(new Happening.PeerEnded(peer, KICKED_CLOSE, "kicked"))));
  }

  Outcome ban(MemberRequest.Ban request, Member admin) {
    Member target = member(request.target(), admin.meshId());
    MemberRules.checkModeration(admin, target);
    if (!store.remove(admin.meshId(), target.id(), admin.id(), clock.instant())) {
      throw new Problem(ProblemCode.NOT_FOUND, target.displayName() + " is not a member any more");
    }
    // Told first: when the admin hears that it is done, the other must be out.
    bus.publish(new Happening.MemberRemoved(admin.meshId(), target.id(), true));
    return Outcome.of(new MemberReply.Banned(target.displayName()));
  }

  /// Only the owner can remove an admin, so only the owner can bring one back as an admin.
  Outcome unban(MemberRequest.Unban request, Member admin) {
    List<Named> removed =
        store.removed(admin.meshId()).stream()
            .map(ban -> new Named(ban.memberId(), ban.pubkey(), ban.displayName()))
            .toList();
    Named target = MemberRules.named(request.target(), removed).getFirst();
    int epoch =
        store
            .takeBack(admin.meshId(), target.memberId(), admin.owner(), clock.instant())
            .orElseThrow(() ->
                new Problem(ProblemCode.NOT_FOUND, target.name() + " is not removed any more"));
    return Outcome.of(
        new MemberReply.Unbanned(target.name()),
        () -> {
          bus.publish(new Happening.MemberJoined(admin.meshId(), target.memberId()));
          bus.publish(new Happening.KeyNeeded(admin.meshId(), target.memberId(), epoch));
        });
  }

  MemberReply.Bans bans(Member admin) {
    return new MemberReply.Bans(
        store.removed(admin.meshId()).stream().map(Moderation::ban).toList());
  }

  Outcome leave(Member member) {
    if (member.owner()) {
      throw new Problem(
          ProblemCode.FORBIDDEN, "You own this mesh; delete it instead of leaving it");
    }
    store.remove(member.meshId(), member.id(), member.id(), clock.instant());
    return Outcome.of(
        new MeshReply.Ok(true),
        () -> bus.publish(new Happening.MemberRemoved(member.meshId(), member.id(), false)));
  }

  private List<Peer> chosen(
      Optional<String> target, Optional<Long> stale, Optional<Boolean> all, Caller caller) {
    MemberRules.checkSelection(target, stale, all);
    Member admin = caller.requireMember();
    Predicate<Peer> other = peer -> caller.peer().filter(self -> self == peer).isEmpty();
    Predicate<Peer> own = peer -> peer.member().id().equals(admin.id());
    List<Peer> here = peers.all(admin.meshId()).filter(other).toList();
    if (target.isPresent()) {
      List<Peer> named = named(target.get(), admin.meshId(), here);
      named.stream()
          .filter(own.negate())
          .map(Peer::member)
          .forEach(member -> MemberRules.checkModeration(admin, member));
      return named;
    }
    Predicate<Peer> silent =
        stale
            .map(millis -> clock.instant().minus(Duration.ofMillis(millis)))
            .<Predicate<Peer>>map(since -> peer -> peer.state().lastPing().isBefore(since))
            .orElse(peer -> true);
    return here.stream()
        .filter(Peer::isSession)
        .filter(silent)
        .filter(own.or(peer -> MemberRules.mayModerate(admin, peer.member())))
        .toList();
  }

  /// The peers that a text names: one session by its key or name, or all of a member.
  private List<Peer> named(String target, String meshId, List<Peer> here) {
    List<Named> sessions =
        here.stream()
            .map(peer -> new Named(peer.member().id(), peer.address().hex(), peer.displayName()))
            .toList();
    List<Named> members = memberships.ofMesh(meshId).stream().map(Moderation::named).toList();
    List<Named> byMember =
        members.stream()
            .filter(member ->
                member.memberId().equals(target.strip()) || member.key().equals(target.strip()))
            .toList();
    boolean aSession =
        byMember.isEmpty() && sessions.stream().anyMatch(session -> names(session, target));
    List<Named> found = MemberRules.named(target, aSession ? sessions : members);
    String memberId = found.getFirst().memberId();
    Set<String> keys = found.stream().map(Named::key).collect(Collectors.toSet());
    return here.stream()
        .filter(peer -> peer.member().id().equals(memberId))
        .filter(peer -> !aSession || keys.contains(peer.address().hex()))
        .toList();
  }

  /// The member that a text names, also by the name or key of a session.
  private Member member(String target, String meshId) {
    List<Member> members = memberships.ofMesh(meshId);
    Stream<Named> sessions =
        peers.sessions(meshId).stream()
            .map(peer -> new Named(peer.member().id(), peer.address().hex(), peer.displayName()));
    List<Named> all = Stream.concat(members.stream().map(Moderation::named), sessions).toList();
    String memberId = MemberRules.named(target, all).getFirst().memberId();
    return members.stream()
        .filter(member -> member.id().equals(memberId))
        .findFirst()
        .orElseThrow(() -> new Problem(ProblemCode.NOT_FOUND, "That member has just left"));
  }

  private static boolean names(Named session, String target) {
    return session.key().equals(target.strip()) || session.name().equalsIgnoreCase(target.strip());
  }

  private static Named named(Member member) {
    return new Named(member.id(), member.key().hex(), member.displayName());
  }

  private static MemberReply.Ban ban(Removed removed) {
    Instant when = removed.revokedAt();
    return new MemberReply.Ban(removed.displayName(), removed.pubkey(), when);
  }

  private static List<String> names(List<Peer> chosen) {
    return chosen.stream().map(Peer::displayName).toList();
  }
}
