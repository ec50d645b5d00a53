package dev.claudemesh.broker.meshes;

import dev.claudemesh.broker.kernel.Bus;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.CreationToken;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.Links;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MeshCreation;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.meshes.MeshStore.Listed;
import dev.claudemesh.broker.meshes.MeshStore.MeshRow;
import dev.claudemesh.broker.meshes.MeshStore.Stored;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.KeyRequest;
import dev.claudemesh.protocol.meshes.MeshReply;
import dev.claudemesh.protocol.meshes.MeshRequest;
import dev.claudemesh.protocol.messaging.MessageReply;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Door of the room meshes. Hears of newcomers and removals over the bus, and has keys handed on or
/// renewed.
public final class MeshHandler implements Handler<MeshRequest<?>> {
  private final MeshStore store;
  private final KeyKeeper keys;
  private final Peers peers;
  private final Bus bus;
  private final InstantSource clock;
  private final Creation creation;
  private final Links links;
  private final Totals totals;

  /// Who may make a mesh.
  ///
  /// @param token needed where the policy is `token`
  /// @param compat whether old clients may, who bring no keys
  public record Creation(MeshCreation policy, Optional<CreationToken> token, boolean compat) {}

  public MeshHandler(
      Database database,
      Peers peers,
      Bus bus,
      InstantSource clock,
      Creation creation,
      Links links,
      Totals totals) {
    this.store = new MeshStore(database);
    this.keys = new KeyKeeper(database, store, peers, clock);
    this.peers = peers;
    this.bus = bus;
    this.clock = clock;
    this.creation = creation;
    this.links = links;
    this.totals = totals;
    bus.subscribe(this::heard);
  }

  @Override
  public Outcome handle(MeshRequest<?> request, Caller caller) {
    return switch (request) {
      case MeshRequest.Create create -> Outcome.of(create(create, caller));
      case MeshRequest.ListMine list -> Outcome.of(list(list, caller));
      case MeshRequest.Rename rename -> Outcome.of(rename(rename, caller.requireMember()));
      case MeshRequest.RenameByAccount rename ->
          Outcome.of(
              rename(
                  new MeshRequest.Rename(rename.name(), Optional.empty()),
                  admin(caller.requireMember())));
      case MeshRequest.Delete delete -> delete(caller.requireMember());
      case MeshRequest.Settings settings -> Outcome.of(settings(settings, caller.requireMember()));
      case MeshRequest.Info info -> Outcome.of(info(caller.requirePeer()));
      case MeshRequest.SealKey seal -> Outcome.of(seal(seal, caller.requireMember()));
      case MeshRequest.RotateKey rotate -> Outcome.of(rotate(rotate, caller.requireMember()));
    };
  }

  /// What a member needs of the mesh's keys when they connect.
  ///
  /// @param epoch the current one
  /// @param encryption e2e or compat
  /// @param keys those sealed to the member that its client does not know
  /// @param requests newcomers who wait for a key that this member holds
  public record KeyState(
      int epoch, String encryption, List<EpochKey> keys, List<KeyRequest> requests) {}

  /// What goes into the `hello_ack` of a member.
  ///
  /// @param known epochs whose key the client holds
  /// @throws Problem `not_found` if the mesh was archived
  public KeyState keyState(Member member, Set<Integer> known) {
    MeshRow mesh = store.find(member.meshId()).orElseThrow(MeshHandler::gone);
    return new KeyState(
        mesh.epoch(), mesh.encryption(), keys.keysOf(member, known), keys.requestsFor(member));
  }

  private MeshReply.Created create(MeshRequest.Create request, Caller caller) {
    boolean oldClient =
        creation.compat() && caller.signer().isEmpty() && request.userId().isPresent();
    NewMesh mesh =
        oldClient
            ? MeshFounding.custodial(request, request.userId().get())
            : MeshFounding.signed(request, caller.requireSigner());
    Optional<Stored> before = caller.signer().flatMap(owner -> store.made(mesh.id(), owner));
    Stored made = before.orElseGet(() -> make(request, mesh, caller.signer()));
    return new MeshReply.Created(
        made.id(),
        made.slug(),
        made.name(),
        made.memberId(),
        Optional.of(links.socket(caller.publicUrl())));
  }

  private Stored make(MeshRequest.Create request, NewMesh mesh, Optional<PublicKey> owner) {
    MeshRules.checkCreation(creation.policy(), creation.token(), request.creationToken());
    int owned =
        owner.map(store::ownedBy).orElseGet(() -> store.ownedBy(request.userId().orElse("")));
    if (owned >= MeshRules.MOST_OF_ONE_OWNER) {
      throw new Problem(
          ProblemCode.LIMIT,
          "You own " + owned + " meshes, which is as many as one key may; delete one first");
    }
    return store
        .insert(mesh, clock.instant())
        .orElseThrow(() ->
            new Problem(
                ProblemCode.EXISTS, "There is already a mesh with this mesh_id; make a new one"));
  }

  private MeshReply.Meshes list(MeshRequest.ListMine request, Caller caller) {
    boolean oldClient =
        creation.compat() && caller.signer().isEmpty() && request.userId().isPresent();
    List<Listed> mine =
        oldClient ? store.ofUser(request.userId().get()) : store.ofKey(caller.requireSigner());
    String brokerUrl = links.socket(caller.publicUrl());
    return new MeshReply.Meshes(mine.stream().map(mesh -> listed(mesh, brokerUrl)).toList());
  }

  private MeshReply.Mesh listed(Listed mesh, String brokerUrl) {
    return new MeshReply.Mesh(
        mesh.id(),
        mesh.slug(),
        mesh.name(),
        mesh.role(),
        mesh.owner(),
        mesh.members(),
        (int) visible(mesh.id(), mesh.memberId()).count(),
        mesh.joinedAt(),
        brokerUrl,
        mesh.memberId());
  }

  private static Member admin(Member member) {
    if (!member.admin()) {
      throw new Problem(
          ProblemCode.FORBIDDEN, "Only the owner or an admin of this mesh may do this");
    }
    return member;
  }

  private MeshReply.Renamed rename(MeshRequest.Rename request, Member admin) {
    String name = request.name().strip();
    if (name.isEmpty()) {
      throw new Problem(ProblemCode.INVALID_REQUEST, "rename_mesh: \"name\" must not be blank");
    }
    MeshRow mesh =
        store
            .rename(admin.meshId(), name, request.slug().map(MeshRules::checkSlug))
            .orElseThrow(MeshHandler::gone);
    if (!mesh.slug().equals(admin.meshSlug())) {
      peers
          .all(mesh.id())
          .map(peer -> peer.member().id())
          .distinct()
          .toList()
          .forEach(memberId -> bus.publish(new Happening.MemberChanged(mesh.id(), memberId)));
    }
    return new MeshReply.Renamed(true, mesh.id(), mesh.slug(), mesh.name());
  }

  /// The answer goes first: what follows closes the connection it came by.
  private Outcome delete(Member member) {
    if (!store.archive(member.meshId(), clock.instant())) {
      throw gone();
    }
    return Outcome.of(
        new MeshReply.Deleted(true, member.meshSlug()),
        () -> bus.publish(new Happening.MeshDeleted(member.meshId())));
  }

  private MeshReply.Ok settings(MeshRequest.Settings request, Member admin) {
    request.language().ifPresent(language -> MeshRules.checkLanguage(language, store.languages()));
    store.settings(admin.meshId(), request.selfEditable(), request.language());
    return new MeshReply.Ok(true);
  }

  private MeshReply.InfoResult info(Peer caller) {
    MeshRow mesh = store.find(caller.meshId()).orElseThrow(MeshHandler::gone);
    Peer self = peers.sessionOf(caller).orElse(caller);
    List<Peer> here = visible(mesh.id(), caller.member().id()).toList();
    return new MeshReply.InfoResult(
        mesh.id(),
        here.size(),
        here.stream().flatMap(MeshHandler::groups).distinct().sorted().toList(),
        totals.stateKeys(caller.member()),
        totals.memories(caller.member()),
        totals.files(caller.member()),
        tasks(totals.tasks(caller.member())),
        totals.streams(caller.member()),
        totals.tables(caller.member()),
        totals.collections(caller.member()),
        self.displayName(),
        groups(self).toList(),
        Optional.of(mesh.name()),
        Optional.of(mesh.slug()),
        Optional.of(store.members(mesh.id())),
        Optional.of(mesh.epoch()),
        Optional.of(mesh.encryption()),
        Optional.of(mesh.custody()));
  }

  /// Sorted, so that the same answer is the same text.
  private static Map<String, Integer> tasks(Totals.Tasks tasks) {
    return new TreeMap<>(
        Map.of("open", tasks.open(), "claimed", tasks.claimed(), "done", tasks.done()));
  }

  private MessageReply.Ack seal(MeshRequest.SealKey request, Member sealer) {
    keys.seal(request, sealer);
    return MessageReply.Ack.done();
  }

  private MessageReply.Ack rotate(MeshRequest.RotateKey request, Member admin) {
    keys.rotate(request, admin);
    return MessageReply.Ack.done();
  }

  private void heard(Happening happening) {
    switch (happening) {
      case Happening.KeyNeeded needed -> {
        keys.membersChanged();
        keys.askFor(needed.meshId(), needed.memberId());
      }
      case Happening.MemberRemoved removed -> {
        keys.membersChanged();
        keys.askForRotation(removed.meshId(), removed.memberId());
      }
      case Happening.MemberJoined _, Happening.MemberChanged _ -> keys.membersChanged();
      case Happening.PeerReady ready -> keys.welcome(ready.peer());
      case Happening.MeshDeleted _,
          Happening.PeerLost _,
          Happening.PeerLeft _,
          Happening.PeerEnded _,
          Happening.GateOpened _ -> {}
    }
  }

  /// Sessions that a member may see: those that show themselves, and their own.
  private Stream<Peer> visible(String meshId, String memberId) {
    return peers.sessions(meshId).stream()
        .filter(peer -> peer.state().visible() || peer.member().id().equals(memberId));
  }

  private static Stream<String> groups(Peer peer) {
    return peer.state().groups().stream().map(group -> "@" + group.name());
  }

  static Problem gone() {
    return new Problem(ProblemCode.NOT_FOUND, "This mesh was deleted");
  }
}
