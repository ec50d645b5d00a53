package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.connection.Capability;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.presence.PresenceReply.Profile;
import dev.claudemesh.protocol.presence.Status;
import dev.claudemesh.protocol.presence.StatusSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/// Somebody who is on a mesh now: a session, or a command of the CLI. Outlives its socket by the
/// grace.
///
/// Thread-safe: what never changes is final, what changes together is one immutable {@link State}
/// that is swapped.
public final class Peer {
  private final String presenceId;
  private final PublicKey address;
  private final Optional<PublicKey> sessionKey;
  private final Purpose purpose;
  private final Client client;
  private final Instant connectedAt;
  private final AtomicReference<State> state;
  private volatile Member member;
  private volatile boolean removed;

  /// What the client told of itself in its hello.
  ///
  /// @param heldTo of its member's permissions, those it is to have; all if empty
  public record Client(
      String sessionId,
      int pid,
      String cwd,
      Optional<String> hostname,
      Optional<String> model,
      Optional<String> peerType,
      Optional<String> channel,
      Set<String> capabilities,
      Optional<Set<String>> heldTo) {
    /// A client with all its member's permissions.
    public Client(
        String sessionId,
        int pid,
        String cwd,
        Optional<String> hostname,
        Optional<String> model,
        Optional<String> peerType,
        Optional<String> channel,
        Set<String> capabilities) {
      this(sessionId, pid, cwd, hostname, model, peerType, channel, capabilities, Optional.empty());
    }

    /// The same, held to no more than it was before: who comes back may only give up more.
    public Client atMost(Optional<Set<String>> before) {
      Optional<Set<String>> both =
          before
              .<Set<String>>map(names -> {
                Set<String> kept = new TreeSet<>(names);
                heldTo.ifPresent(kept::retainAll);
                return kept;
              })
              .or(this::heldTo);
      return new Client(
          sessionId, pid, cwd, hostname, model, peerType, channel, capabilities, both);
    }
  }

  /// What changes while a peer is here.
  ///
  /// @param connection empty while the socket is lost and the grace runs
  /// @param leaseUntil when the grace ends; far ahead while connected
  public record State(
      Optional<Connection> connection,
      Instant leaseUntil,
      String displayName,
      Status status,
      StatusSource statusSource,
      Instant statusAt,
      Optional<String> summary,
      List<GroupRole> groups,
      Profile profile,
      Map<String, Long> stats,
      boolean visible,
      Instant lastPing,
      Instant lastActive) {

    public State withConnection(Optional<Connection> connection, Instant leaseUntil) {
      return new State(
          connection,
          leaseUntil,
          displayName,
          status,
          statusSource,
          statusAt,
          summary,
          groups,
          profile,
          stats,
          visible,
          lastPing,
          lastActive);
    }

    public State withStatus(Status status, StatusSource statusSource, Instant statusAt) {
      return new State(
          connection,
          leaseUntil,
          displayName,
          status,
          statusSource,
          statusAt,
          summary,
          groups,
          profile,
          stats,
          visible,
          lastPing,
          lastActive);
    }

    public State withSummary(Optional<String> summary) {
      return new State(
          connection,
          leaseUntil,
          displayName,
          status,
          statusSource,
          statusAt,
          summary,
          groups,
          profile,
          stats,
          visible,
          lastPing,
          lastActive);
    }

    public State withGroups(List<GroupRole> groups) {
      return new State(
          connection,
          leaseUntil,
          displayName,
          status,
          statusSource,
          statusAt,
          summary,
          List.copyOf(groups),
          profile,
          stats,
          visible,
          lastPing,
          lastActive);
    }

    public State withProfile(Profile profile) {
      return new State(
          connection,
          leaseUntil,
          displayName,
          status,
          statusSource,
          statusAt,
          summary,
          groups,
          profile,
          stats,
          visible,
          lastPing,
          lastActive);
    }

    public State withStats(Map<String, Long> stats) {
      return new State(
          connection,
          leaseUntil,
          displayName,
          status,
          statusSource,
          statusAt,
          summary,
          groups,
          profile,
          Map.copyOf(stats),
          visible,
          lastPing,
          lastActive);
    }

    public State withVisible(boolean visible) {
      return new State(
          connection,
          leaseUntil,
          displayName,
          status,
          statusSource,
          statusAt,
          summary,
          groups,
          profile,
          stats,
          visible,
          lastPing,
          lastActive);
    }

    public State withDisplayName(String displayName) {
      return new State(
          connection,
          leaseUntil,
          displayName,
          status,
          statusSource,
          statusAt,
          summary,
          groups,
          profile,
          stats,
          visible,
          lastPing,
          lastActive);
    }

    public State withLastPing(Instant lastPing) {
      return new State(
          connection,
          leaseUntil,
          displayName,
          status,
          statusSource,
          statusAt,
          summary,
          groups,
          profile,
          stats,
          visible,
          lastPing,
          lastActive);
    }

    public State withLastActive(Instant lastActive) {
      return new State(
          connection,
          leaseUntil,
          displayName,
          status,
          statusSource,
          statusAt,
          summary,
          groups,
          profile,
          stats,
          visible,
          lastPing,
          lastActive);
    }
  }

  public Peer(
      String presenceId,
      Member member,
      PublicKey address,
      Optional<PublicKey> sessionKey,
      Purpose purpose,
      Client client,
      Instant connectedAt,
      State state) {
    this.presenceId = presenceId;
    this.member = member;
    this.address = address;
    this.sessionKey = sessionKey;
    this.purpose = purpose;
    this.client = client;
    this.connectedAt = connectedAt;
    this.state = new AtomicReference<>(state);
  }

  public String presenceId() {
    return presenceId;
  }

  public Member member() {
    return member;
  }

  /// The member as this peer may act for them.
  public Member acting() {
    return client.heldTo().map(member::heldTo).orElse(member);
  }

  /// Replaces what is known of the member, after an admin or the member changed it.
  public void member(Member changed) {
    member = changed;
  }

  /// Marks that the member was removed: what its sockets still had to say is not heard any more.
  public void remove() {
    removed = true;
  }

  public boolean isRemoved() {
    return removed;
  }

  public String meshId() {
    return member.meshId();
  }

  /// Session key, else member key: what others address.
  public PublicKey address() {
    return address;
  }

  public Optional<PublicKey> sessionKey() {
    return sessionKey;
  }

  public Purpose purpose() {
    return purpose;
  }

  /// Whether others see it come, go and be listed.
  public boolean isSession() {
    return purpose == Purpose.SESSION;
  }

  /// Whether it is kept for the grace when its socket is lost.
  public boolean isAwaited() {
    return isSession() || purpose == Purpose.HOST;
  }

  /// Whether messages are handed out to it.
  public boolean takesMessages() {
    return isSession() || purpose == Purpose.INBOX;
  }

  public Client client() {
    return client;
  }

  public boolean can(String capability) {
    return client.capabilities().contains(capability);
  }

  /// Whether messages are confirmed by `client_ack`.
  public boolean confirms() {
    return can(Capability.CLIENT_ACK);
  }

  public Instant connectedAt() {
    return connectedAt;
  }

  public State state() {
    return state.get();
  }

  /// Swaps the state atomically; the operator may run more than once and must be pure.
  ///
  /// @return the state before
  public State update(UnaryOperator<State> change) {
    return state.getAndUpdate(change);
  }

  /// The socket, while there is one that is open.
  public Optional<Connection> connection() {
    return state.get().connection().filter(Connection::open);
  }

  public boolean connected() {
    return connection().isPresent();
  }

  public String displayName() {
    return state.get().displayName();
  }

  public Status status() {
    return state.get().status();
  }

  @Override
  public String toString() {
    return "Peer[" + presenceId + " " + address.brief() + " in " + member.meshId() + "]";
  }
}
