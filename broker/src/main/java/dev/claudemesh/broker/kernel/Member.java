package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.crypto.PublicKey;
import java.util.Set;

/// A member as the front door and the rooms need them: read at the hello or for each signed call,
/// and again when an admin or the member changes it.
///
/// @param grants what the member lets others do
/// @param whole false where somebody acts for the member with fewer permissions than the member has
public record Member(
    String id,
    String meshId,
    String meshSlug,
    PublicKey key,
    String displayName,
    boolean admin,
    boolean owner,
    Permissions permissions,
    Grants grants,
    boolean whole) {

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

  /// A member who acts with all their permissions.
  public Member(
      String id,
      String meshId,
      String meshSlug,
      PublicKey key,
      String displayName,
      boolean admin,
      boolean owner,
      Permissions permissions,
      Grants grants) {
    this(id, meshId, meshSlug, key, displayName, admin, owner, permissions, grants, true);
  }

  /// The member as one of their sessions acts for them that is held to some permissions. Who must
  /// not manage permissions is no admin then, and no owner.
  public Member heldTo(Set<String> names) {
    boolean manages = names.contains("canManagePermissions");
    return new Member(
        id,
        meshId,
        meshSlug,
        key,
        displayName,
        admin && manages,
        owner && manages,
        permissions.heldTo(names),
        grants,
        false);
  }

  /// Whether this member lets another do something. One's own sessions are never held off.
  public boolean lets(Member other, Grant grant) {
    return id.equals(other.id) || grants.allow(other.key.hex(), grant);
  }
}
