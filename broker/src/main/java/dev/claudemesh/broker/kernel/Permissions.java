package dev.claudemesh.broker.kernel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// What a member may do in a mesh (PROTOCOL 9.4). An explicit row overrides the role's defaults
/// entirely.
public record Permissions(
    boolean canInvite,
    boolean canDeployMcp,
    boolean canManageFiles,
    boolean canManageVault,
    boolean canManageWatches,
    boolean canManageWebhooks,
    boolean canWriteState,
    boolean canSend,
    boolean canUseTools,
    boolean canDeleteMesh,
    boolean canManagePermissions) {
  public static final Permissions OWNER =
      new Permissions(true, true, true, true, true, true, true, true, true, true, true);
  public static final Permissions ADMIN =
      new Permissions(true, true, true, true, true, true, true, true, true, false, true);
  public static final Permissions MEMBER =
      new Permissions(false, false, false, false, false, false, true, true, true, false, false);

  public static final Permissions NONE =
      new Permissions(false, false, false, false, false, false, false, false, false, false, false);

  /// What a role has where nothing was set for the member.
  public static Permissions defaults(boolean owner, boolean admin) {
    return owner ? OWNER : admin ? ADMIN : MEMBER;
  }

  /// Of these, those that are named.
  public Permissions heldTo(Set<String> names) {
    Map<String, Boolean> map = toMap();
    map.replaceAll((name, has) -> has && names.contains(name));
    return of(map);
  }

  /// By wire name, in the order of the reference.
  public Map<String, Boolean> toMap() {
    Map<String, Boolean> map = new LinkedHashMap<>();
    map.put("canInvite", canInvite);
    map.put("canDeployMcp", canDeployMcp);
    map.put("canManageFiles", canManageFiles);
    map.put("canManageVault", canManageVault);
    map.put("canManageWatches", canManageWatches);
    map.put("canManageWebhooks", canManageWebhooks);
    map.put("canWriteState", canWriteState);
    map.put("canSend", canSend);
    map.put("canUseTools", canUseTools);
    map.put("canDeleteMesh", canDeleteMesh);
    map.put("canManagePermissions", canManagePermissions);
    return map;
  }

  /// Reads {@link #toMap()} back; every key must be there.
  public static Permissions of(Map<String, Boolean> map) {
    return new Permissions(
        map.get("canInvite"),
        map.get("canDeployMcp"),
        map.get("canManageFiles"),
        map.get("canManageVault"),
        map.get("canManageWatches"),
        map.get("canManageWebhooks"),
        map.get("canWriteState"),
        map.get("canSend"),
        map.get("canUseTools"),
        map.get("canDeleteMesh"),
        map.get("canManagePermissions"));
  }
}
