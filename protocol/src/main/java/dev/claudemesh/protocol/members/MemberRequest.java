package dev.claudemesh.protocol.members;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Id;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.meshes.MeshReply;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Members, their permissions, their grants, and their removal.
public sealed interface MemberRequest<R extends Reply> extends Request<R> {

  /// Who belongs to the mesh.
  @Operation(
      type = "list_members",
      access = Access.MEMBER,
      http = "GET /mesh/:mesh/members",
      effect = Effect.READ,
      summary = "List the members of the mesh, whether or not they are here")
  record ListMembers() implements MemberRequest<MemberReply.Members> {}

  /// Changes a member. Members may change of themselves what the mesh lets them; admins may change
  /// everything.
  @Operation(
      type = "update_member",
      access = Access.SELF,
      http = "PATCH /mesh/:mesh/member/:memberId",
      effect = Effect.REPEATABLE,
      summary = "Change a member's name, role tag, groups, message mode or role")
  record Update(
      @Doc("Id of the member") @Id String memberId,
      @Doc("The new name") @Size(value = 100, min = 1) Optional<String> displayName,
      @Doc("What the member does") @Size(100) Optional<String> roleTag,
      @Doc("Groups each of the member's sessions starts in") @Size(50)
          Optional<List<GroupRole>> groups,
      @Doc("push, inbox or off") @Size(10) Optional<String> messageMode,
      @Doc("admin or member") @Size(10) Optional<String> permission)
      implements MemberRequest<MemberReply.Updated> {}

  /// What each member may do.
  @Operation(
      type = "list_permissions",
      access = Access.MEMBER,
      http = "GET /cli/mesh/:mesh/permissions",
      effect = Effect.READ,
      summary = "List what each member may do")
  record ListPermissions() implements MemberRequest<MemberReply.Permissions> {}

  /// Changes what a member may do.
  @Operation(
      type = "set_permissions",
      access = Access.MANAGE_PERMISSIONS,
      http = "POST /cli/mesh/:mesh/permissions",
      effect = Effect.REPEATABLE,
      summary = "Change what a member may do")
  record SetPermissions(
      @Doc("Id of the member") @Size(value = 128, min = 1) @JsonProperty("member_id")
          String memberId,
      @Doc("canInvite, canSend, …: true or false; what is left out stays")
          @Size(value = 20, each = 50)
          Map<String, Boolean> permissions)
      implements MemberRequest<MeshReply.Ok> {}

  /// Changes whom the caller listens to.
  @Operation(
      type = "set_grants",
      access = Access.SELF,
      http = "POST /cli/mesh/:mesh/grants",
      effect = Effect.REPEATABLE,
      summary =
          "Choose what you accept from other members: read, dm, broadcast, state-read, state-write,"
              + " file-read, tools")
  record SetGrants(
      @Doc("By member key: the capabilities, an empty list to block, null for the default")
          @Size(value = 1000, each = 100)
          Map<String, Optional<List<String>>> grants)
      implements MemberRequest<MemberReply.Grants> {}

  /// Whom the caller listens to.
  @Operation(
      type = "get_grants",
      access = Access.MEMBER,
      http = "GET /cli/mesh/:mesh/grants",
      effect = Effect.READ,
      summary = "Tell what you accept from whom")
  record GetGrants() implements MemberRequest<MemberReply.Grants> {}

  /// Leaves the mesh for good.
  @Operation(
      type = "leave_mesh",
      access = Access.SELF,
      http = "DELETE /cli/mesh/:mesh/me",
      effect = Effect.DESTROY,
      summary = "Leave the mesh for good")
  record Leave() implements MemberRequest<MeshReply.Ok> {}

  /// Closes connections so that their clients come back.
  @Operation(
      type = "disconnect",
      access = Access.ADMIN,
      effect = Effect.WRITE,
      summary = "Close a peer's connections; its client comes back by itself")
  record Disconnect(
      @Doc("Name, member id or key of the peer") @Size(200) Optional<String> target,
      @Doc("Or: all that were silent for so many milliseconds") Optional<Long> stale,
      @Doc("Or: all but the caller") Optional<Boolean> all)
      implements MemberRequest<MemberReply.Disconnected> {}

  /// Closes connections so that their clients stay away until they are started again.
  @Operation(
      type = "kick",
      access = Access.ADMIN,
      effect = Effect.WRITE,
      summary = "End a peer's connections; it may connect again when its user starts it")
  record Kick(
      @Doc("Name, member id or key of the peer") @Size(200) Optional<String> target,
      @Doc("Or: all that were silent for so many milliseconds") Optional<Long> stale,
      @Doc("Or: all but the caller") Optional<Boolean> all)
      implements MemberRequest<MemberReply.Kicked> {}

  /// Removes a member.
  @Operation(
      type = "ban",
      access = Access.ADMIN,
      http = "POST /cli/mesh/:mesh/ban",
      effect = Effect.DESTROY,
      summary = "Remove a member from the mesh; their key cannot connect any more")
  record Ban(@Doc("Name, member id or key of the member") @Size(value = 200, min = 1) String target)
      implements MemberRequest<MemberReply.Banned> {}

  /// Takes a removed member back.
  @Operation(
      type = "unban",
      access = Access.ADMIN,
      http = "POST /cli/mesh/:mesh/unban",
      effect = Effect.REPEATABLE,
      summary = "Take a removed member back")
  record Unban(
      @Doc("Name, member id or key of the member") @Size(value = 200, min = 1) String target)
      implements MemberRequest<MemberReply.Unbanned> {}

  /// Who was removed.
  @Operation(
      type = "list_bans",
      access = Access.ADMIN,
      http = "GET /cli/mesh/:mesh/bans",
      effect = Effect.READ,
      summary = "List removed members")
  record ListBans() implements MemberRequest<MemberReply.Bans> {}
}
