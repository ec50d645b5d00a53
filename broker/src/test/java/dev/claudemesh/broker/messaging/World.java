package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.TestClock;
import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Metrics;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.connection.Capability;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.messaging.DeliveryStatus;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import dev.claudemesh.protocol.messaging.Priority;
import dev.claudemesh.protocol.presence.PresenceReply.Profile;
import dev.claudemesh.protocol.presence.Status;
import dev.claudemesh.protocol.presence.StatusSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/// A mesh with members and peers around the hand-out engine on a real database, without sockets.
final class World {
  static final Duration LEASE = Duration.ofSeconds(30);
  private static final String NONCE = Base64.getEncoder().encodeToString(new byte[24]);

  final TestClock clock = new TestClock();
  private Duration put = Duration.ZERO;
  private final InstantSource steady = () -> clock.instant().minus(put);
  final Peers peers = new Peers();
  final String meshId;
  private final Ledger ledger;
  final MessageWriter writer;
  final MessageStore store;
  private final Database database;
  private final Admission admission;
  private final HeldLines lines = new HeldLines();

  /// @param window copies a peer may hold unconfirmed
  /// @param queue puts something between the engine and the tables
  World(
      Database database,
      int window,
      Function<MessageStore, Ledger.Queue> queue,
      Function<Ledger, MessageWriter> writing) {
    this(database, Ids.next(), window, queue, writing);
    database
        .dsl()
        .execute(
            "insert into mesh.mesh (id, slug, name, owner_pubkey, created_at) values (?, ?, 'm', ?,"
                + " cast(? as timestamptz))",
            meshId,
            meshId,
            Keys.generate().publicKey().hex(),
            clock.instant().atOffset(ZoneOffset.UTC));
  }

  private World(
      Database database,
      String meshId,
      int window,
      Function<MessageStore, Ledger.Queue> queue,
      Function<Ledger, MessageWriter> writing) {
    this.database = database;
    this.meshId = meshId;
    this.store = new MessageStore(database);
    Metrics metrics = new Metrics();
    RosterStore rosterStore = new RosterStore(database);
    AtomicReference<MessageWriter> late = new AtomicReference<>();
    Deliveries deliveries =
        new Deliveries(
            new Mailboxes(window),
            lines,
            new Courier(command -> late.get().tell(command), metrics),
            new SenderNotes(peers, clock),
            metrics,
            clock,
            steady,
            LEASE);
    deliveries.countFrom(store.nextEra() << 40);
    this.ledger = new Ledger(deliveries, queue.apply(store), metrics, Thread::startVirtualThread);
    this.writer = writing.apply(ledger);
    late.set(writer);
    this.admission =
        new Admission(
            peers, new Rosters(rosterStore, clock), rosterStore, metrics, LimitsConfig.DEFAULTS);
  }

  /// Somebody puts the machine's clock forward, or back by a negative duration.
  void putClock(Duration forward) {
    put = put.plus(forward);
    clock.advance(forward);
  }

  /// Carries out commands in one round, and tells of it.
  ///
  /// @return false if the database was away
  boolean round(List<Command> commands) {
    boolean written = attempt(commands);
    ledger.tell();
    return written;
  }

  /// Carries out commands in one round, and tells of the one before.
  boolean attempt(List<Command> commands) {
    return ledger.attempt(commands);
  }

  static World plain(Database database) {
    return new World(database, 32, store -> store, OneByOneWriter::new);
  }

  /// The same mesh after the broker was killed and started again.
  World reborn() {
    return new World(database, meshId, 32, store -> store, OneByOneWriter::new);
  }

  Member member(String name) {
    PublicKey key = Keys.generate().publicKey();
    Member member =
        new Member(Ids.next(), meshId, "m", key, name, false, false, Permissions.MEMBER);
    database
        .dsl()
        .execute(
            "insert into mesh.member (id, mesh_id, peer_pubkey, display_name, joined_at) values (?,"
                + " ?, ?, ?, cast(? as timestamptz))",
            member.id(),
            meshId,
            key.hex(),
            name,
            clock.instant().atOffset(ZoneOffset.UTC));
    return member;
  }

  boolean hasWork() {
    return ledger.hasWork();
  }

  /// A session that is connected and ready.
  Peer session(Member member, String... groups) {
    return connected(
        peer(
            member,
            Optional.of(Keys.generate().publicKey()),
            Purpose.SESSION,
            Set.of(Capability.CLIENT_ACK),
            groups));
  }

  /// A session of an old client: no key of its own, and it never confirms.
  Peer oldClient(Member member) {
    return connected(peer(member, Optional.empty(), Purpose.SESSION, Set.of()));
  }

  Peer reader(Member member) {
    return connected(peer(member, Optional.empty(), Purpose.INBOX, Set.of(Capability.CLIENT_ACK)));
  }

  private Peer peer(
      Member member,
      Optional<PublicKey> session,
      Purpose purpose,
      Set<String> capabilities,
      String... groups) {
    Peer.Client client =
        new Peer.Client(
            Ids.next(),
            1,
            "/",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            capabilities);
    Peer.State state =
        new Peer.State(
            Optional.empty(),
            clock.instant(),
            member.displayName(),
            Status.IDLE,
            StatusSource.MANUAL,
            clock.instant(),
            Optional.empty(),
            List.of(groups).stream().map(group -> new GroupRole(group, Optional.empty())).toList(),
            Profile.EMPTY,
            Map.of(),
            true,
            clock.instant(),
            clock.instant());
    return new Peer(
        Ids.next(),
        member,
        session.orElse(member.key()),
        session,
        purpose,
        client,
        clock.instant(),
        state);
  }

  /// Gives a peer a socket, the first or a new one.
  Peer connected(Peer peer) {
    peer.update(
        state -> state.withConnection(Optional.of(new RecordingConnection()), clock.instant()));
    peers.put(peer);
    writer.tell(new Command.Ready(peer));
    return peer;
  }

  /// A broker that has just started knows of a peer that it may come back.
  void expected(Peer peer) {
    peer.update(state -> state.withConnection(Optional.empty(), clock.instant()));
    peers.put(peer);
    writer.tell(new Command.Expected(peer));
  }

  /// A peer loses its socket and may come back.
  void lost(Peer peer) {
    socket(peer).cut();
    peer.update(state -> state.withConnection(Optional.empty(), clock.instant()));
  }

  void gone(Peer peer) {
    lost(peer);
    peers.remove(peer);
    writer.tell(new Command.Gone(peer));
  }

  void status(Peer peer, Status status) {
    peer.update(state -> state.withStatus(status, StatusSource.MANUAL, clock.instant()));
    writer.tell(new Command.Opened(peer));
  }

  static RecordingConnection socket(Peer peer) {
    return (RecordingConnection) peer.state().connection().orElseThrow();
  }

  /// Texts that came over a peer's present socket, redeliveries too.
  static List<String> shown(Peer peer) {
    return socket(peer).pushes().stream()
        .map(push -> Mail.text(Wire.tree(push, Optional.empty())))
        .toList();
  }

  /// Sends a direct message.
  CompletableFuture<Receipt> send(Peer from, String target, Priority priority, String text) {
    return send(from, target, priority, text, Optional.of(Ids.next()));
  }

  CompletableFuture<Receipt> send(
      Peer from, String target, Priority priority, String text, Optional<String> clientId) {
    Command.Accept accept = accept(from, target, priority, text, clientId);
    writer.submit(accept);
    accept.receipt().thenAccept(receipt -> receipt.toSelf().run());
    return accept.receipt();
  }

  Command.Accept accept(
      Peer from, String target, Priority priority, String text, Optional<String> clientId) {
    boolean many = target.startsWith("@") || target.equals("*");
    Send send =
        new Send(
            target,
            priority,
            NONCE,
            Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)),
            Optional.empty(),
            clientId,
            Optional.empty(),
            Optional.of(many ? Encryption.GROUP : Encryption.BOX),
            many ? Optional.of(1) : Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(true));
    Admission.Admitted admitted = admission.admit(send, from);
    Letter letter =
        Letter.of(
            send,
            from.meshId(),
            Letter.Sender.of(from),
            admitted.target(),
            Optional.empty(),
            clock.instant(),
            Duration.ofDays(7));
    Connection socket = from.connection().orElseGet(RecordingConnection::new);
    return new Command.Accept(
        letter,
        admitted.recipients(),
        Optional.of(new Command.Accept.Origin(from, socket)),
        letter.frame(),
        new CompletableFuture<>());
  }

  /// A peer confirms everything that came over its socket.
  void confirmAll(Peer peer) {
    List<String> ids =
        socket(peer).pushes().stream().map(push -> push.messageId()).distinct().toList();
    if (!ids.isEmpty()) {
      writer.tell(new Command.Confirm(peer, ids, DeliveryStatus.DELIVERED, Optional.empty()));
    }
  }

  /// Status of the only copy of each message in the mesh, by text.
  Map<String, String> statuses() {
    return database
        .dsl()
        .resultQuery(
            "select m.ciphertext, d.recipient_key, d.status from mesh.delivery d join mesh.message"
                + " m on m.id = d.message_id where d.mesh_id = ?",
            meshId)
        .fetchMap(
            row ->
                new String(
                        Base64.getDecoder().decode(row.get(0, String.class)),
                        StandardCharsets.UTF_8)
                    + " to "
                    + name(row.get(1, String.class)),
            row -> row.get(2, String.class));
  }

  /// Messages in the table, of all meshes.
  long stored() {
    return database
        .dsl()
        .resultQuery("select count(*) from mesh.message")
        .fetchSingle(0, Long.class);
  }

  /// Copies without a message.
  long orphans() {
    return database
        .dsl()
        .resultQuery(
            "select count(*) from mesh.delivery d where not exists (select 1 from mesh.message m"
                + " where m.id = d.message_id)")
        .fetchSingle(0, Long.class);
  }

  private String name(String key) {
    return peers
        .session(meshId, new PublicKey(key))
        .map(Peer::displayName)
        .orElseGet(() ->
            database
                .dsl()
                .resultQuery("select display_name from mesh.member where peer_pubkey = ?", key)
                .fetchOptional(row -> row.get(0, String.class))
                .orElse("?"));
  }
}
