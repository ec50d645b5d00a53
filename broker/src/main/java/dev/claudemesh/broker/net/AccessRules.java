package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;

/// Whether a caller may call an operation. Pure.
final class AccessRules {
  private AccessRules() {}

  /// @throws Problem `unauthorized` without a membership, `forbidden` without the permission
  static void check(Access access, Caller caller) {
    switch (access) {
      case OPEN, SIGNED -> {}
      case ACCOUNT -> caller.requireAccount();
      case MEMBER -> caller.requireMember();
      case SELF -> requireWhole(caller.requireMember());
      case SEND -> require(caller.requireMember().permissions().canSend(), "canSend");
      case WRITE -> require(caller.requireMember().permissions().canWriteState(), "canWriteState");
      case TOOLS -> require(caller.requireMember().permissions().canUseTools(), "canUseTools");
      case INVITE -> require(caller.requireMember().permissions().canInvite(), "canInvite");
      case ADMIN -> requireAdmin(caller.requireMember());
      case MANAGE_PERMISSIONS ->
          require(
              caller.requireMember().permissions().canManagePermissions(), "canManagePermissions");
      case DELETE_MESH ->
          require(caller.requireMember().permissions().canDeleteMesh(), "canDeleteMesh");
    }
  }

  private static void require(boolean allowed, String permission) {
    if (!allowed) {
      throw new Problem(
          ProblemCode.FORBIDDEN,
          "You lack the permission " + permission + " in this mesh; ask an admin for it");
    }
  }

  private static void requireWhole(Member member) {
    if (!member.whole()) {
      throw new Problem(
          ProblemCode.FORBIDDEN,
          "This session was given fewer permissions than its member has, so it cannot do this for"
              + " the member; do it outside of the session");
    }
  }

  private static void requireAdmin(Member member) {
    if (!member.admin() && !member.owner()) {
      throw new Problem(
          ProblemCode.FORBIDDEN, "Only the owner or an admin of this mesh may do this");
    }
  }
}
