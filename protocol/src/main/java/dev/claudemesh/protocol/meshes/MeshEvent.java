package dev.claudemesh.protocol.meshes;

import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Frame;

/// What the broker tells about mesh keys without being asked.
public sealed interface MeshEvent extends Event {

  /// A newcomer waits for the mesh key.
  @Frame(
      type = "key_requested",
      summary = "A newcomer waits for the mesh key; whoever holds it may seal it to them")
  record KeyRequested(
      @Doc("The mesh") String meshId, @Doc("Who waits, and the proofs") KeyRequest request)
      implements MeshEvent {}

  /// A mesh key was sealed to this member.
  @Frame(type = "key_sealed", summary = "A mesh key was sealed to this member")
  record KeySealed(@Doc("The mesh") String meshId, @Doc("The sealed key") EpochKey key)
      implements MeshEvent {}

  /// A member was removed; an admin's client should start a new epoch.
  @Frame(
      type = "rotation_needed",
      summary = "A member was removed; an admin's client should start a new epoch of the mesh key")
  record RotationNeeded(@Doc("The mesh") String meshId, @Doc("The epoch to leave behind") int epoch)
      implements MeshEvent {}
}
