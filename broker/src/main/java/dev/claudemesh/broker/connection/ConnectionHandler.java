package dev.claudemesh.broker.connection;

import dev.claudemesh.broker.connection.ConnectionStore.Left;
import dev.claudemesh.broker.connection.ConnectionStore.Standing;
import dev.claudemesh.broker.connection.Leases.Entry;
import dev.claudemesh.broker.kernel.Bus;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MembershipStore;
import dev.claudemesh.broker.kernel.MembershipStore.Membership;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.kernel.ProofStore;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.connection.Capability;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.connection.ConnectionReply.MemberProfile;
import dev.claudemesh.protocol.connection.ConnectionReply.MeshPolicy;
import dev.claudemesh.protocol.connection.ConnectionRequest;
import dev.claudemesh.protocol.connection.ConnectionRequest.Goodbye;
import dev.claudemesh.protocol.connection.ConnectionRequest.Hello;
import dev.claudemesh.protocol.connection.ConnectionRequest.SessionHello;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.KeyRequest;
import dev.claudemesh.protocol.messaging.MessageReply;
import dev.claudemesh.protocol.presence.PresenceReply.Profile;
import dev.claudemesh.protocol.presence.Status;
import dev.claudemesh.protocol.presence.StatusSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// The way in and out: hello, session_hello, goodbye, lost sockets, and what others do to a peer.
public final class ConnectionHandler implements Handler<ConnectionRequest<?>> {
  /// How long ended leases are kept, to know whose a session key was.
  private static final Duration HISTORY = Duration.ofDays(30);

  private static final int BANNED = 4002;
  private static final int NORMAL = 1000;

  private final ConnectionStore store;
  private final MembershipStore memberships;
  private final ProofStore proofs;
  private final Leases leases;
  private final Peers peers;
  private final InstantSource clock;
  private final Duration grace;
  private final int maxConnections;
  private final boolean compat;
  private final MeshKeys keys;
  private final PendingStatuses pending;

  /// Changes of members that were told on the bus, each after its commit. Who was read before one
  /// is read again.
  private final AtomicLong changes = new AtomicLong();

  /// What this room asks about mesh keys.
  public interface MeshKeys {
    /// What a member needs of the mesh's keys.
    ///
    /// @param known epochs whose key the client holds
    KeyState of(Member member, Set<Integer> known);
  }

  /// The mesh's keys as a member's `hello_ack` tells of them.
  ///
  /// @param sealed those the client lacks, sealed to the member
  /// @param requests newcomers who wait for a key
  /// @param encryption e2e or compat
  public record KeyState(
      int epoch, String encryption, List<EpochKey> sealed, List<KeyRequest> requests) {}

  /// What this room asks about statuses that hooks reported before their session said hello.
  public interface PendingStatuses {
    /// Takes what was reported for a client, if it is still fresh.
    Optional<Status> take(Peer.Client client, Instant now);
  }

  public ConnectionHandler(
      Database database,
      Peers peers,
      Bus bus,
      InstantSource clock,
      LimitsConfig limits,
      boolean compat,
      MeshKeys keys,
      PendingStatuses pending) {
    this.store = new ConnectionStore(database);
    this.memberships = new MembershipStore(database);
    this.proofs = new ProofStore(database);
    this.grace = limits.timing().presenceGrace();
    this.leases = new Leases(peers, bus, store, new News(peers), grace);
    this.peers = peers;
    this.clock = clock;
    this.maxConnections = limits.sizes().connectionsPerMesh();
    this.compat = compat;
    this.keys = keys;
    this.pending = pending;
    bus.subscribe(this::hear);
  }

  @Override
  public Outcome handle(ConnectionRequest<?> request, Caller caller) {
    return switch (request) {
      case Hello hello -> hello(hello, caller.requireConnection());
      case SessionHello hello -> sessionHello(hello, caller.requireConnection());
      case Goodbye goodbye -> goodbye(caller.requirePeer(), caller.requireConnection());
    };
  }

  /// Takes up the leases of the last run. Called once, before the first connection.
  public void restore() {
    leases.restore(memberships::ofMesh, clock.instant());
  }

  /// Ends the leases whose grace is over. Called every few seconds.
  ///
  /// @return how many ended
  public int sweep(Instant now) {
    return leases.sweep(now);
  }

  /// Forgets what is too old to matter. Called every hour.
  public void prune(Instant now) {
    store.prune(now.minus(HISTORY));
  }

  private Outcome hello(Hello hello, Connection connection) {
    boolean session = hello.purpose().orElse(Purpose.SESSION) == Purpose.SESSION;
    String address = hello.sessionPubkey().orElse(hello.pubkey());
    checkRoom(connection, hello.meshId(), session ? Optional.of(address) : Optional.empty());
    Instant now = clock.instant();
    return admit(ConnectionRules.verify(hello, now), connection, now);
  }

  private Outcome sessionHello(SessionHello hello, Connection connection) {
    checkRoom(connection, hello.meshId(), Optional.of(hello.sessionPubkey()));
    Instant now = clock.instant();
    return admit(ConnectionRules.verify(hello, now), connection, now);
  }

  /// @param replaced the address whose socket would be replaced, and does not count
  private void checkRoom(Connection connection, String meshId, Optional<String> replaced) {
    if (connection.peer().isPresent()) {
      throw new Problem(
          ProblemCode.ALREADY_AUTHENTICATED,
          "This connection said hello already; open another one for another peer");
    }
    long open =
        peers
            .all(meshId)
            .filter(Peer::connected)
            .filter(peer ->
                !peer.isSession() || replaced.filter(peer.address().hex()::equals).isEmpty())
            .count();
    if (open >= maxConnections) {
      throw new Problem(
          ProblemCode.CAPACITY,
          "mesh at connection capacity: "
              + maxConnections
              + "; close some, or raise MAX_CONNECTIONS_PER_MESH");
    }
  }

  private Outcome admit(Claim claim, Connection connection, Instant now) {
    if (!proofs.spend(Tokens.hash("hello|" + claim.proof()), claim.proofExpiry(), now)) {
      throw ConnectionRules.rejected(
          ProblemCode.REPLAYED, "this signature was used before; sign again with a new timestamp");
    }
    long seen = changes.get();
    Member member =
        ConnectionRules.admit(claim, memberships.byKey(claim.meshId(), claim.memberKey()), compat);
    Admitted admitted = new Admitted(claim, member, standing(claim, member), seen);
    return claim.purpose() == Purpose.SESSION
        ? session(admitted, connection, now)
        : passing(admitted, connection, now);
  }

  /// Nobody may take the address of another: not of a member, and without a proof not of a session
  /// that was.
  private Standing standing(Claim claim, Member member) {
    Standing standing = store.standing(member, claim.address(), !claim.sessionKeyProven());
    if (claim.sessionKey().isPresent() && standing.keyTaken()) {
      throw ConnectionRules.sessionKeyTaken();
    }
    return standing;
  }

  /// A hello that passed all checks, and what its answer needs.
  ///
  /// @param seen changes of members that the checks know of
  private record Admitted(Claim claim, Member member, Standing standing, long seen) {}

  private Outcome session(Admitted admitted, Connection connection, Instant now) {
    Tokens tokens = Tokens.issue();
    if (!connection.open()) {
      // A hello that was given up waiting for must not push the client's next one aside.
      throw new Problem(
          ProblemCode.BUSY, "The connection was closed before its hello was answered");
    }
    Entry entry =
        leases.enter(
            admitted.claim(),
            admitted.member(),
            tokens.hashes(),
            now,
            before -> newPeer(admitted, before, now));
    return welcome(admitted, entry, tokens, connection, now);
  }

  /// A command or a reader of the inbox: nobody is told, nothing outlives its socket.
  private Outcome passing(Admitted admitted, Connection connection, Instant now) {
    store.seen(admitted.member().id(), now);
    Peer peer = newPeer(admitted, Optional.empty(), now);
    peers.put(peer);
    Entry entry = new Entry(peer, false, Optional.empty());
    return welcome(admitted, entry, Tokens.none(), connection, now);
  }

  private Outcome welcome(
      Admitted admitted, Entry entry, Tokens tokens, Connection connection, Instant now) {
    checkStillMember(admitted, entry, now);
    connection.bind(entry.peer());
    connection.whenClosed(() -> leases.lost(connection, clock.instant()));
    leases.attach(entry, connection, now);
    // Read only now: a key that was sealed before is in the table, one sealed from here on is told.
    KeyState state = keys.of(admitted.member(), Set.copyOf(admitted.claim().knownEpochs()));
    return Outcome.of(ack(admitted, entry, state, tokens, now));
  }

  /// Whoever was removed while we looked at their hello was not found among the peers to be shown
  /// out; from here on they would be.
  private void checkStillMember(Admitted admitted, Entry entry, Instant now) {
    if (changes.get() == admitted.seen()) {
      return;
    }
    Claim claim = admitted.claim();
    try {
      Optional<Membership> membership = memberships.byKey(claim.meshId(), claim.memberKey());
      refresh(entry.peer(), ConnectionRules.admit(claim, membership, compat));
    } catch (Problem removed) {
      leases.withdraw(entry, now);
      throw removed;
    }
  }

  private Outcome goodbye(Peer peer, Connection connection) {
    leases.leave(peer, clock.instant());
    return Outcome.of(MessageReply.Ack.done(), () -> connection.close(NORMAL, "goodbye"));
  }

  private Peer newPeer(Admitted admitted, Optional<Left> left, Instant now) {
    Claim claim = admitted.claim();
    return new Peer(
        Ids.next(),
        admitted.member(),
        claim.address(),
        claim.sessionKey(),
        claim.purpose(),
        claim.client(),
        now,
        newState(admitted, left, now));
  }

  private Peer.State newState(Admitted admitted, Optional<Left> left, Instant now) {
    Claim claim = admitted.claim();
    Optional<Status> reported =
        claim.purpose() == Purpose.SESSION ? pending.take(claim.client(), now) : Optional.empty();
    List<GroupRole> restored = left.map(Left::groups).orElse(List.of());
    List<GroupRole> defaults = admitted.standing().defaultGroups();
    return new Peer.State(
        Optional.empty(),
        now.plus(grace),
        claim.displayName().orElse(admitted.member().displayName()),
        reported.orElse(Status.IDLE),
        reported.isPresent() ? StatusSource.HOOK : StatusSource.JSONL,
        now,
        Optional.empty(),
        ConnectionRules.groups(claim.groups(), restored, defaults),
        left.map(Left::profile).orElse(Profile.EMPTY),
        Map.of(),
        left.map(Left::visible).orElse(true),
        now,
        now);
  }

  private static HelloAck ack(
      Admitted admitted, Entry entry, KeyState keys, Tokens tokens, Instant now) {
    Optional<Left> restored = entry.before();
    Peer peer = entry.peer();
    Standing standing = admitted.standing();
    // Clients of the first protocol add what they are told to what they report: counted twice.
    boolean countsAnew = peer.can(Capability.RESUME);
    boolean tellGroups = admitted.claim().groups().isEmpty();
    return new HelloAck(
        peer.presenceId(),
        peer.displayName(),
        new MemberProfile(standing.roleTag(), standing.defaultGroups(), standing.messageMode()),
        Optional.of(new MeshPolicy(standing.policy())),
        restored.map(left -> true),
        restored.flatMap(Left::summary),
        restored.flatMap(Left::seenAt),
        restored.map(Left::groups).filter(groups -> tellGroups && !groups.isEmpty()),
        restored.filter(left -> countsAnew).map(left -> Wire.mapper().valueToTree(left.counters())),
        List.of(),
        ConnectionRules.PROTOCOL_VERSION,
        ConnectionRules.CAPABILITIES,
        tokens.resume(),
        tokens.http(),
        tokens.hook(),
        now,
        entry.resumed(),
        keys.epoch(),
        keys.sealed(),
        keys.requests(),
        keys.encryption());
  }

  private void hear(Happening happening) {
    switch (happening) {
      case Happening.PeerEnded ended -> end(ended);
      case Happening.MemberChanged changed -> {
        changes.incrementAndGet();
        refresh(changed.meshId(), changed.memberId());
      }
      case Happening.MemberRemoved removed -> {
        changes.incrementAndGet();
        remove(removed);
      }
      case Happening.MeshDeleted deleted -> {
        changes.incrementAndGet();
        peers
            .all(deleted.meshId())
            .toList()
            .forEach(peer -> leases.end(peer, NORMAL, "mesh_deleted", clock.instant()));
      }
      case Happening.PeerReady _,
          Happening.PeerLost _,
          Happening.PeerLeft _,
          Happening.GateOpened _,
          Happening.MemberJoined _,
          Happening.KeyNeeded _ -> {}
    }
  }

  /// The peer may have come back as another object since the admin looked.
  private void end(Happening.PeerEnded ended) {
    Peer peer = peers.byPresence(ended.peer().presenceId()).orElse(ended.peer());
    leases.end(peer, ended.closeCode(), ended.reason(), clock.instant());
  }

  private void remove(Happening.MemberRemoved removed) {
    int code = removed.banned() ? BANNED : NORMAL;
    String reason = removed.banned() ? "banned" : "left";
    leases.expel(removed.meshId(), removed.memberId(), code, reason, clock.instant());
  }

  /// Peers that go by their member's name take a new one over.
  private void refresh(String meshId, String memberId) {
    List<Peer> affected = peers.ofMember(meshId, memberId);
    if (affected.isEmpty()) {
      return;
    }
    memberships
        .byId(meshId, memberId)
        .map(Membership::member)
        .ifPresent(member -> affected.forEach(peer -> refresh(peer, member)));
  }

  private void refresh(Peer peer, Member member) {
    String old = peer.member().displayName();
    String name = member.displayName();
    peer.member(member);
    if (!name.equals(old) && peer.displayName().equals(old)) {
      peer.update(state -> state.withDisplayName(name));
      store.displayName(peer.presenceId(), name);
    }
  }
}
