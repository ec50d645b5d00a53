package dev.claudemesh.broker.members;

import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.PERMISSION;

import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.jooq.tables.records.PermissionRecord;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jooq.DSLContext;

/// Rows of `permission`: what members may do where it differs from their role.
final class PermissionStore {
  private final Database database;

  PermissionStore(Database database) {
    this.database = database;
  }

  /// Changes what a member may do while nobody else does.
  ///
  /// @param defaults what their role gives them, where there is no row yet
  void change(
      String meshId,
      String memberId,
      Permissions defaults,
      UnaryOperator<Permissions> change,
      Instant now) {
    database.transaction(dsl -> {
      dsl.select(MEMBER.ID).from(MEMBER).where(MEMBER.ID.eq(memberId)).forUpdate().fetchSingle();
      store(dsl, meshId, memberId, change.apply(stored(dsl, memberId).orElse(defaults)), now);
      return memberId;
    });
  }

  private static Optional<Permissions> stored(DSLContext dsl, String memberId) {
    return dsl.selectFrom(PERMISSION)
        .where(PERMISSION.MEMBER_ID.eq(memberId))
        .fetchOptional(row ->
            new Permissions(
                row.getCanInvite(),
                row.getCanDeployMcp(),
                row.getCanManageFiles(),
                row.getCanManageVault(),
                row.getCanManageWatches(),
                row.getCanManageWebhooks(),
                row.getCanWriteState(),
                row.getCanSend(),
                row.getCanUseTools(),
                row.getCanDeleteMesh(),
                row.getCanManagePermissions()));
  }

  private static void store(
      DSLContext dsl, String meshId, String memberId, Permissions permissions, Instant now) {
    PermissionRecord row = new PermissionRecord();
    row.setMeshId(meshId);
    row.setMemberId(memberId);
    row.setCanInvite(permissions.canInvite());
    row.setCanDeployMcp(permissions.canDeployMcp());
    row.setCanManageFiles(permissions.canManageFiles());
    row.setCanManageVault(permissions.canManageVault());
    row.setCanManageWatches(permissions.canManageWatches());
    row.setCanManageWebhooks(permissions.canManageWebhooks());
    row.setCanWriteState(permissions.canWriteState());
    row.setCanSend(permissions.canSend());
    row.setCanUseTools(permissions.canUseTools());
    row.setCanDeleteMesh(permissions.canDeleteMesh());
    row.setCanManagePermissions(permissions.canManagePermissions());
    row.setUpdatedAt(now);
    dsl.insertInto(PERMISSION)
        .set(row)
        .onConflict(PERMISSION.MEMBER_ID)
        .doUpdate()
        .set(row)
        .execute();
  }
}
