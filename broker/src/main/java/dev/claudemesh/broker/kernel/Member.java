package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.crypto.PublicKey;

/// A member as the front door and the rooms need them: read at the hello or for each signed call,
/// and again when an admin or the member changes it.
///
/// @param grants what the member lets others do
public record Member(
    String id,
    String meshId,
    String meshSlug,
    PublicKey key,
    String displayName,
    boolean admin,
    boolean owner,
    Permissions permissions,
    Grants grants) {

  /// A member who said nothing of anybody.
  public Member(
      String id,
      String meshId,
      String meshSlug,
      PublicKey key,
      String displayName,
      boolean admin,
      boolean owner,
      Permissions permissions) {
    this(id, meshId, meshSlug, key, displayName, admin, owner, permissions, Grants.DEFAULT);
  }

  /// Whether this member lets another do something. One's own sessions are never held off.
  public boolean lets(Member other, Grant grant) {
    return id.equals(other.id) || grants.allow(other.key.hex(), grant);
  }
}
