package dev.claudemesh.protocol;

/// Who may call an operation. Checked in one place, the broker's front door, before the handler is
/// asked.
public enum Access {
  /// Anyone; the request proves by itself what it needs to (a hello, a claim, a join).
  OPEN,
  /// Whoever signed the request with any key; it need not be a member's.
  SIGNED,
  /// Whoever sends the token of an account.
  ACCOUNT,
  /// Any member of the mesh.
  MEMBER,
  /// Any member, but not one of their sessions that was given fewer permissions than they have:
  /// what concerns the member as a whole.
  SELF,
  /// A member with `canSend`.
  SEND,
  /// A member with `canWriteState`.
  WRITE,
  /// A member with `canUseTools`.
  TOOLS,
  /// A member with `canInvite`.
  INVITE,
  /// The owner or an admin.
  ADMIN,
  /// A member with `canManagePermissions`.
  MANAGE_PERMISSIONS,
  /// A member with `canDeleteMesh`.
  DELETE_MESH
}
