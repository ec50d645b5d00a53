package dev.claudemesh.broker.meshes;

import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.connection.Capability;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.KeyRequest;
import dev.claudemesh.protocol.meshes.MeshEvent;
import dev.claudemesh.protocol.meshes.MeshRequest;
import dev.claudemesh.protocol.meshes.MeshRequest.SealedFor;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// Hands mesh keys from member to member, and tells who should do what: seal a key to a newcomer,
/// or start a new epoch. Sees sealed keys only.
final class KeyKeeper {
  /// Requests that one hello_ack or one newcomer's arrival brings up; the others come at the next
  /// occasion.
  private static final int MOST_REQUESTS = 100;

  private final EpochKeyStore store;
  private final MeshStore meshes;
  private final Peers peers;
  private final InstantSource clock;

  /// Meshes in which nothing is to be done about keys.
  private volatile Set<String> settled = ConcurrentHashMap.newKeySet();

  KeyKeeper(Database database, MeshStore meshes, Peers peers, InstantSource clock) {
    this.store = new EpochKeyStore(database);
    this.meshes = meshes;
    this.peers = peers;
    this.clock = clock;
  }

  /// Takes a key that a member sealed to another who lacks it. Whoever comes second is thanked as
  /// well.
  void seal(MeshRequest.SealKey request, Member sealer) {
    String mesh = sealer.meshId();
    MeshRules.checkSeal(
        mesh,
        request.epoch(),
        request.memberPubkey(),
        request.sealedKey(),
        request.signature(),
        sealer.key());
    if (!store.holds(mesh, request.epoch(), sealer.id())) {
      throw new Problem(
          ProblemCode.FORBIDDEN,
          "You do not hold the key of epoch " + request.epoch() + ", so you cannot hand it on");
    }
    String receiver =
        store
            .member(mesh, request.memberPubkey())
            .orElseThrow(() ->
                new Problem(
                    ProblemCode.NOT_FOUND,
                    "No member of this mesh has the key "
                        + request.memberPubkey().substring(0, 8)
                        + "…"));
    EpochKey key =
        new EpochKey(request.epoch(), request.sealedKey(), sealer.key().hex(), request.signature());
    if (store.seal(mesh, receiver, key, clock.instant())) {
      tell(mesh, receiver, key);
    }
  }

  /// Starts a new epoch. Of two admins who do it at once, one wins and the other is told of the
  /// epoch there is now.
  void rotate(MeshRequest.RotateKey request, Member admin) {
    String mesh = admin.meshId();
    int current = meshes.find(mesh).orElseThrow(MeshHandler::gone).epoch();
    if (request.epoch() != current + 1) {
      throw MeshRules.stale(current);
    }
    for (SealedFor key : request.keys()) {
      MeshRules.checkSeal(
          mesh, request.epoch(), key.memberPubkey(), key.sealedKey(), key.signature(), admin.key());
    }
    EpochKeyStore.Rotated rotated =
        store.rotate(mesh, request.epoch(), request.keys(), admin.key(), clock.instant());
    if (!rotated.won()) {
      throw MeshRules.stale(rotated.epoch());
    }
    for (SealedFor key : request.keys()) {
      EpochKey sealed =
          new EpochKey(request.epoch(), key.sealedKey(), admin.key().hex(), key.signature());
      tell(mesh, rotated.memberIds().get(key.memberPubkey()), sealed);
    }
  }

  List<EpochKey> keysOf(Member member, Set<Integer> known) {
    return store.ofMember(member.meshId(), member.id(), known);
  }

  List<KeyRequest> requestsFor(Member member) {
    return nothingToDo(member.meshId())
        ? List.of()
        : store.couldGive(member.meshId(), member.id(), MOST_REQUESTS);
  }

  /// Somebody may lack a key from here on, or hold one that they should not.
  void membersChanged() {
    settled = ConcurrentHashMap.newKeySet();
  }

  /// Whether all have the keys that they should, and nobody else has one. Asked at each hello, and
  /// rarely not so.
  private boolean nothingToDo(String meshId) {
    Set<String> known = settled; // what changes from here on does not count in it any more
    if (known.contains(meshId)) {
      return true;
    }
    boolean nothing = !store.isLacked(meshId) && !store.rotationNeeded(meshId);
    if (nothing) {
      known.add(meshId);
    }
    return nothing;
  }

  /// Asks peers that hold what a member lacks to hand it on. Those that are away find the request
  /// when they come.
  void askFor(String meshId, String memberId) {
    for (KeyRequest request : store.lackedBy(meshId, memberId)) {
      List<Peer> able = peers.all(meshId).filter(KeyKeeper::canHandOn).toList();
      Set<String> present =
          able.stream().map(peer -> peer.member().id()).collect(Collectors.toSet());
      if (!present.isEmpty()) {
        Set<String> holders = store.holders(meshId, request.epoch(), present);
        MeshRules.couriers(able, holders)
            .forEach(peer -> send(peer, new MeshEvent.KeyRequested(meshId, request)));
      }
    }
  }

  /// Asks admins to start a new epoch if somebody who was removed still holds the current key. The
  /// first one wins.
  void askForRotation(String meshId, String removedMemberId) {
    rotationEvent(meshId)
        .ifPresent(event ->
            peers
                .all(meshId)
                .filter(KeyKeeper::canRotate)
                .filter(peer -> !peer.member().id().equals(removedMemberId))
                .limit(MeshRules.COURIERS)
                .forEach(peer -> send(peer, event)));
  }

  /// What a peer that has just come could do, and what others could do for it.
  void welcome(Peer peer) {
    if (nothingToDo(peer.meshId())) {
      return;
    }
    askFor(peer.meshId(), peer.member().id());
    if (canRotate(peer)) {
      rotationEvent(peer.meshId()).ifPresent(event -> send(peer, event));
    }
  }

  private Optional<MeshEvent.RotationNeeded> rotationEvent(String meshId) {
    return store.rotationNeeded(meshId)
        ? meshes.find(meshId).map(mesh -> new MeshEvent.RotationNeeded(meshId, mesh.epoch()))
        : Optional.empty();
  }

  private void tell(String meshId, String memberId, EpochKey key) {
    peers
        .ofMember(meshId, memberId)
        .forEach(peer -> send(peer, new MeshEvent.KeySealed(meshId, key)));
  }

  private static void send(Peer peer, MeshEvent event) {
    peer.connection().ifPresent(connection -> connection.send(event));
  }

  private static boolean canHandOn(Peer peer) {
    return peer.connected() && peer.can(Capability.GROUP_E2E);
  }

  private static boolean canRotate(Peer peer) {
    return canHandOn(peer) && peer.member().admin();
  }
}
