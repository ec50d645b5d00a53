package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.Outbound;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Who is on which mesh now, connected or within the grace. The room `connection` is the only one
/// that adds and removes.
///
/// Thread-safe. Commands of the CLI are kept apart: they are never listed and take no messages,
/// except readers of the inbox.
public final class Peers {
  private final ConcurrentHashMap<String, ConcurrentHashMap<String, Peer>> meshes =
      new ConcurrentHashMap<>();

  /// Adds a peer.
  ///
  /// @return the peer that held the same address as a session before, which is no longer here
  public Optional<Peer> put(Peer peer) {
    ConcurrentHashMap<String, Peer> mesh =
        meshes.computeIfAbsent(peer.meshId(), id -> new ConcurrentHashMap<>());
    return Optional.ofNullable(mesh.put(slot(peer), peer));
  }

  /// Removes exactly this peer.
  ///
  /// @return false if it was not here any more
  public boolean remove(Peer peer) {
    ConcurrentHashMap<String, Peer> mesh = meshes.get(peer.meshId());
    return mesh != null && mesh.remove(slot(peer), peer);
  }

  /// The session at an address.
  public Optional<Peer> session(String meshId, PublicKey address) {
    return Optional.ofNullable(mesh(meshId).get(address.hex()));
  }

  /// All sessions of a mesh, the longest here first.
  public List<Peer> sessions(String meshId) {
    return all(meshId)
        .filter(Peer::isSession)
        .sorted(Comparator.comparing(Peer::connectedAt).thenComparing(Peer::presenceId))
        .toList();
  }

  /// Sessions and inbox readers of one member.
  public List<Peer> ofMember(String meshId, String memberId) {
    return all(meshId).filter(peer -> peer.member().id().equals(memberId)).toList();
  }

  /// The session a request is about: the peer itself, or for a command that was run inside a
  /// session, that session of the same member.
  public Optional<Peer> sessionOf(Peer peer) {
    return peer.isSession()
        ? Optional.of(peer)
        : ofMember(peer.meshId(), peer.member().id()).stream()
            .filter(Peer::isSession)
            .filter(other -> other.client().sessionId().equals(peer.client().sessionId()))
            .findFirst();
  }

  /// The session a request changes.
  ///
  /// @throws Problem `invalid_request` for a command that was run outside of any
  public Peer requireSessionOf(Peer peer) {
    return sessionOf(peer)
        .orElseThrow(() ->
            new Problem(
                ProblemCode.INVALID_REQUEST,
                "A command is no peer; run this inside a session that is on the mesh"));
  }

  /// Everybody on a mesh, commands too.
  public Stream<Peer> all(String meshId) {
    return mesh(meshId).values().stream();
  }

  /// Everybody on every mesh.
  public Stream<Peer> all() {
    return meshes.values().stream().flatMap(mesh -> mesh.values().stream());
  }

  public Optional<Peer> byPresence(String presenceId) {
    return all().filter(peer -> peer.presenceId().equals(presenceId)).findFirst();
  }

  /// Sends one frame, encoded once, to everybody on a mesh that the filter takes.
  public void broadcast(String meshId, Outbound frame, Predicate<Peer> to) {
    List<Connection> connections =
        all(meshId).filter(to).flatMap(peer -> peer.connection().stream()).toList();
    if (!connections.isEmpty()) {
      byte[] encoded = Wire.encode(frame, Optional.empty());
      connections.forEach(connection -> connection.sendEncoded(encoded));
    }
  }

  private ConcurrentHashMap<String, Peer> mesh(String meshId) {
    return meshes.getOrDefault(meshId, new ConcurrentHashMap<>());
  }

  /// Sessions have one slot an address; commands do not displace each other.
  private static String slot(Peer peer) {
    return peer.isSession() ? peer.address().hex() : peer.presenceId();
  }
}
