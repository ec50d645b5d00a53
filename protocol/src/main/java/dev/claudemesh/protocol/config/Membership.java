package dev.claudemesh.protocol.config;

import dev.claudemesh.protocol.client.Identity;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One mesh that somebody joined, with the keys by which they are a member. Its `toString` names no
/// secret.
///
/// @param name name of the mesh, as it was when last heard
/// @param key the member's own key
/// @param owner key of the mesh's owner, pinned when joining; empty in files of older clients
/// @param keys mesh keys by which group messages open, one an epoch; an old file's `rootKey` counts
///   as epoch 1
public record Membership(
    String meshId,
    String memberId,
    String slug,
    String name,
    SecretKey key,
    URI brokerUrl,
    Instant joinedAt,
    Optional<PublicKey> owner,
    List<MeshKey> keys) {

  public Membership {
    keys = List.copyOf(keys);
  }

  /// Who this member is to a broker, speaking as the member itself.
  public Identity identity() {
    return new Identity(brokerUrl, meshId, memberId, key, Optional.empty());
  }

  /// Who this member is to a broker in one session.
  public Identity identity(SecretKey session) {
    return new Identity(brokerUrl, meshId, memberId, key, Optional.of(session));
  }

  /// Whether this member made the mesh.
  public boolean isOwner() {
    return owner.filter(key.publicKey()::equals).isPresent();
  }

  /// Whether somebody who calls a mesh by this means this one: its slug, its name in any case, or
  /// its id.
  public boolean isCalled(String text) {
    return slug.equalsIgnoreCase(text) || meshId.equals(text) || name.equalsIgnoreCase(text);
  }

  public Membership renamed(String newSlug, String newName) {
    return new Membership(
        meshId, memberId, newSlug, newName, key, brokerUrl, joinedAt, owner, keys);
  }

  /// With one more mesh key; the first key of an epoch stays.
  public Membership withKey(MeshKey added) {
    if (keys.stream().anyMatch(known -> known.epoch() == added.epoch())) {
      return this;
    }
    List<MeshKey> more = new ArrayList<>(keys);
    more.add(added);
    return new Membership(meshId, memberId, slug, name, key, brokerUrl, joinedAt, owner, more);
  }

  @Override
  public String toString() {
    return "Membership[" + slug + ", " + meshId + ", member " + key.publicKey().brief() + "]";
  }
}
