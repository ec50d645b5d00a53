package dev.claudemesh.broker.kernel;

/// Something one room did that others may care about.
public sealed interface Happening {
  /// A peer opened a connection or came back within the grace; its `hello_ack` is on its way. Its
  /// mail can be handed out.
  ///
  /// @param restored whether a new one took up what its member's last session left
  record PeerReady(Peer peer, boolean resumed, boolean restored) implements Happening {}

  /// A peer lost its socket; the grace runs.
  record PeerLost(Peer peer) implements Happening {}

  /// A peer is gone: it said goodbye, was ended, or its grace is over.
  record PeerLeft(Peer peer) implements Happening {}

  /// An admin ended a peer: its socket is to be closed with this code, and others are not to wait
  /// for it to come back.
  record PeerEnded(Peer peer, int closeCode, String reason) implements Happening {}

  /// A peer's status changed in a way that may let more messages through.
  record GateOpened(Peer peer) implements Happening {}

  /// A member joined the mesh.
  record MemberJoined(String meshId, String memberId) implements Happening {}

  /// A member's row or permissions changed; peers of that member carry a stale {@link Member}.
  record MemberChanged(String meshId, String memberId) implements Happening {}

  /// A member was removed, by an admin or by themselves; their connections must end.
  record MemberRemoved(String meshId, String memberId, boolean banned) implements Happening {}

  /// A member has the mesh key of an epoch now, or lacks it.
  record KeyNeeded(String meshId, String memberId, int epoch) implements Happening {}

  /// A mesh was archived.
  record MeshDeleted(String meshId) implements Happening {}
}
