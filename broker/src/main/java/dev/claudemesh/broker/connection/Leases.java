package dev.claudemesh.broker.connection;

import dev.claudemesh.broker.connection.ConnectionStore.Lease;
import dev.claudemesh.broker.connection.ConnectionStore.Left;
import dev.claudemesh.broker.kernel.Bus;
import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.db.DatabaseException;
import dev.claudemesh.protocol.connection.Purpose;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Presence as a lease: it begins with a hello, outlives a lost socket by the grace, and is taken
/// up again by whoever proves to be the same. Every change is on disk before others hear of it.
///
/// Thread-safe: what happens to the sessions of one member happens one after the other.
final class Leases {
  private static final Logger log = LoggerFactory.getLogger(Leases.class);

  /// The end of a lease while its socket is open.
  static final Instant WHILE_CONNECTED = Instant.parse("9999-12-31T00:00:00Z");

  static final int REPLACED_CODE = 1000;
  static final String REPLACED = "session_replaced";

  private static final int STRIPES = 256;

  private final Peers peers;
  private final Bus bus;
  private final ConnectionStore store;
  private final News news;
  private final Duration grace;
  private final Map<String, String> resumeHashes = new ConcurrentHashMap<>();
  private final List<ReentrantLock> locks =
      Stream.generate(ReentrantLock::new).limit(STRIPES).toList();

  Leases(Peers peers, Bus bus, ConnectionStore store, News news, Duration grace) {
    this.peers = peers;
    this.bus = bus;
    this.store = store;
    this.news = news;
    this.grace = grace;
  }

  /// A peer that was let in. Its socket is attached after its `hello_ack`.
  ///
  /// @param resumed whether it took up an open lease
  /// @param before what the member's last session left, if the peer is a new one
  record Entry(Peer peer, boolean resumed, Optional<Left> before) {}

  /// Lets a session in: as the peer it was, if it can show that, else as a new one in the place of
  /// what it leaves behind.
  ///
  /// @param newcomer makes the peer, if it is a new one, of what the member's last session left
  /// @throws dev.claudemesh.protocol.Problem `session_key_taken` if another member is at the
  ///   address
  Entry enter(
      Claim claim,
      Member member,
      Tokens.Hashes tokens,
      Instant now,
      Function<Optional<Left>, Peer> newcomer) {
    return locked(
        claim.meshId() + member.id(),
        () -> {
          Optional<Peer> here = peers.session(claim.meshId(), claim.address());
          if (here.filter(peer -> !peer.member().id().equals(member.id())).isPresent()) {
            throw ConnectionRules.sessionKeyTaken();
          }
          Optional<Peer> before =
              here.filter(
                  peer -> ConnectionRules.resumes(claim, peer.client(), holdsToken(claim, peer)));
          Optional<Connection> old = before.flatMap(peer -> peer.state().connection());
          Entry entry =
              before
                  .map(peer -> comeBack(claim, member, peer, tokens, now))
                  .orElseGet(() -> open(claim, member, tokens, now, newcomer));
          resumeHashes.put(entry.peer().presenceId(), tokens.resume());
          peers.put(entry.peer());
          before.ifPresent(peer -> peer.update(s -> s.withConnection(Optional.empty(), now)));
          old.ifPresent(socket -> socket.close(REPLACED_CODE, REPLACED));
          return entry;
        });
  }

  /// Gives a peer its socket, which holds what others send back until the `hello_ack` is queued.
  void attach(Entry entry, Connection connection, Instant now) {
    Peer peer = entry.peer();
    boolean attached =
        locked(
            peer,
            () -> {
              boolean held = holds(peer);
              if (held) {
                peer.update(
                    state -> state.withConnection(Optional.of(connection), WHILE_CONNECTED));
              }
              return held;
            });
    if (!attached) {
      connection.close(REPLACED_CODE, REPLACED);
      return;
    }
    if (!entry.resumed()) {
      news.joined(peer, entry.before(), now);
    }
    bus.publish(new Happening.PeerReady(peer, entry.resumed(), entry.before().isPresent()));
    if (!connection.open()) {
      lost(connection, now);
    }
  }

  /// A socket is gone. Does nothing if its peer has another by now, or left.
  void lost(Connection connection, Instant now) {
    connection
        .peer()
        .filter(peer -> detached(peer, connection, now))
        .ifPresent(peer -> {
          if (!peer.isAwaited()) {
            leave(peer, now);
            return;
          }
          bus.publish(new Happening.PeerLost(peer));
          if (peer.isSession()) {
            remember(peer);
          }
        });
  }

  /// While the database is away, the row goes on saying that the peer is connected. That does no
  /// harm: what holds is in memory, and a broker that starts gives each open lease a fresh grace.
  private void remember(Peer peer) {
    try {
      store.lease(peer.presenceId(), peer.state().leaseUntil());
    } catch (DatabaseException away) {
      log.debug("The grace of a peer is not in the table: {}", away.getMessage());
    }
  }

  private boolean detached(Peer peer, Connection connection, Instant now) {
    return locked(
        peer,
        () -> {
          boolean current =
              peer.state().connection().filter(socket -> socket == connection).isPresent();
          if (current) {
            peer.update(state -> state.withConnection(Optional.empty(), now.plus(grace)));
          }
          return current;
        });
  }

  /// Ends a lease at once. Does nothing if it was ended before.
  void leave(Peer peer, Instant now) {
    if (remove(peer, now)) {
      news.left(peer, now);
      bus.publish(new Happening.PeerLeft(peer));
    }
  }

  /// Takes back that a peer was let in, before it got its socket. Others hear of it only if they
  /// knew the peer.
  void withdraw(Entry entry, Instant now) {
    if (entry.resumed()) {
      leave(entry.peer(), now);
    } else {
      remove(entry.peer(), now);
    }
  }

  private boolean remove(Peer peer, Instant now) {
    return locked(
        peer,
        () -> {
          if (!holds(peer)) {
            return false;
          }
          if (peer.isSession()) {
            store.end(peer, now);
          }
          resumeHashes.remove(peer.presenceId());
          peer.update(state -> state.withConnection(Optional.empty(), now));
          return peers.remove(peer);
        });
  }

  /// Closes a peer's socket and ends its lease at once.
  void end(Peer peer, int closeCode, String reason, Instant now) {
    Optional<Connection> socket = peer.state().connection();
    leave(peer, now);
    socket.ifPresent(open -> open.close(closeCode, reason));
  }

  /// Ends all peers of a member who was removed, and hears nothing more of them.
  void expel(String meshId, String memberId, int closeCode, String reason, Instant now) {
    for (Peer peer : peers.ofMember(meshId, memberId)) {
      peer.remove();
      end(peer, closeCode, reason, now);
    }
  }

  /// Ends the leases whose grace is over, and notices sockets that closed unheard.
  ///
  /// @return how many ended
  int sweep(Instant now) {
    for (Peer peer : peers.all().toList()) {
      peer.state().connection().filter(socket -> !socket.open()).ifPresent(s -> lost(s, now));
    }
    List<Peer> over =
        peers
            .all()
            .filter(peer -> peer.state().connection().isEmpty())
            .filter(peer -> !peer.state().leaseUntil().isAfter(now))
            .toList();
    over.forEach(peer -> leave(peer, now));
    return over.size();
  }

  /// Takes the leases up that the last run of the broker left open: each gets a fresh grace, for
  /// its client could not reach us.
  ///
  /// @param membersOf the present members of a mesh
  void restore(Function<String, List<Member>> membersOf, Instant now) {
    Instant until = now.plus(grace);
    store.extendAll(until);
    Map<String, Map<String, Member>> members = new HashMap<>();
    List<String> abandoned = new ArrayList<>();
    for (Lease lease : store.open()) {
      Member member =
          members
              .computeIfAbsent(lease.meshId(), mesh -> byId(membersOf.apply(mesh)))
              .get(lease.memberId());
      if (member == null) {
        abandoned.add(lease.presenceId());
      } else {
        peers.put(restored(lease, member));
        lease.resumeHash().ifPresent(hash -> resumeHashes.put(lease.presenceId(), hash));
      }
    }
    store.abandon(abandoned, now);
  }

  private static Map<String, Member> byId(List<Member> members) {
    return members.stream().collect(Collectors.toMap(Member::id, Function.identity()));
  }

  private static Peer restored(Lease lease, Member member) {
    return new Peer(
        lease.presenceId(),
        member,
        lease.address(),
        lease.sessionKey(),
        Purpose.SESSION,
        lease.client(),
        lease.connectedAt(),
        lease.state());
  }

  private Entry comeBack(
      Claim claim, Member member, Peer before, Tokens.Hashes tokens, Instant now) {
    Instant until = now.plus(grace);
    Peer.State state = before.state().withConnection(Optional.empty(), until);
    if (!ConnectionRules.sameProcess(before.client(), claim.client())) {
      store.bank(before, now);
      state = state.withStats(Map.of());
      state = claim.groups().isEmpty() ? state : state.withGroups(claim.groups());
    }
    String name = claim.displayName().orElse(state.displayName());
    Peer peer =
        new Peer(
            before.presenceId(),
            member,
            before.address(),
            before.sessionKey(),
            before.purpose(),
            claim.client().atMost(before.client().heldTo()),
            before.connectedAt(),
            state.withDisplayName(name).withLastPing(now));
    store.resume(peer, tokens, WHILE_CONNECTED, now);
    return new Entry(peer, true, Optional.empty());
  }

  private Entry open(
      Claim claim,
      Member member,
      Tokens.Hashes tokens,
      Instant now,
      Function<Optional<Left>, Peer> newcomer) {
    leftBehind(claim, member).forEach(old -> end(old, REPLACED_CODE, REPLACED, now));
    Optional<Left> before = store.left(member.id());
    Peer peer = newcomer.apply(before);
    if (!store.open(peer, tokens, WHILE_CONNECTED)) {
      throw ConnectionRules.sessionKeyTaken();
    }
    return new Entry(peer, false, before);
  }

  /// What a session leaves behind that comes with another key, or that cannot show to be the same.
  private List<Peer> leftBehind(Claim claim, Member member) {
    return peers.ofMember(claim.meshId(), member.id()).stream()
        .filter(Peer::isSession)
        .filter(peer ->
            peer.address().equals(claim.address())
                || peer.client().sessionId().equals(claim.client().sessionId())
                || holdsToken(claim, peer))
        .toList();
  }

  private boolean holdsToken(Claim claim, Peer peer) {
    String hash = resumeHashes.get(peer.presenceId());
    return hash != null
        && claim.resumeToken().filter(token -> Tokens.hash(token).equals(hash)).isPresent();
  }

  private boolean holds(Peer peer) {
    return peers.all(peer.meshId()).anyMatch(other -> other == peer);
  }

  private <T> T locked(Peer peer, Supplier<T> action) {
    return locked(peer.meshId() + peer.member().id(), action);
  }

  private <T> T locked(String member, Supplier<T> action) {
    ReentrantLock lock = locks.get(Math.floorMod(member.hashCode(), STRIPES));
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
