package dev.claudemesh.protocol.members;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.connection.GroupRole;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What the broker answers about members.
public sealed interface MemberReply extends Reply {

  /// Who belongs to the mesh.
  @Frame(type = "members", summary = "Who belongs to the mesh")
  record Members(boolean ok, List<Member> members) implements MemberReply {}

  /// One member.
  record Member(
      String id,
      String displayName,
      @JsonInclude(JsonInclude.Include.ALWAYS) Optional<String> roleTag,
      List<GroupRole> groups,
      String messageMode,
      @Doc("admin or member") String permission,
      @JsonInclude(JsonInclude.Include.ALWAYS) Optional<String> dashboardUserId,
      Instant joinedAt,
      Optional<Instant> lastSeenAt,
      Optional<Boolean> online,
      Optional<Integer> sessionCount,
      Optional<String> pubkey,
      @Doc("Whether this member made the mesh") Optional<Boolean> owner,
      @Doc("Whether this member still waits for the mesh key") Optional<Boolean> keyPending) {}

  /// A member was changed.
  @Frame(type = "member_updated", summary = "A member was changed")
  record Updated(
      boolean ok, Member member, @Doc("The fields that changed") Map<String, JsonNode> changes)
      implements MemberReply {}

  /// What each member may do.
  @Frame(type = "permissions", summary = "What each member may do")
  record Permissions(String mesh, List<MemberPermissions> members) implements MemberReply {}

  /// What one member may do.
  record MemberPermissions(
      @JsonProperty("member_id") String memberId,
      @JsonProperty("display_name") String displayName,
      String role,
      @JsonProperty("is_owner") boolean owner,
      Map<String, Boolean> permissions) {}

  /// What the caller accepts from whom.
  @Frame(type = "grants", summary = "What the caller accepts from whom, by member key")
  record Grants(boolean ok, Map<String, List<String>> grants) implements MemberReply {}

  /// Connections were closed.
  @Frame(type = "disconnect_ack", summary = "Connections were closed; their clients come back")
  record Disconnected(int kicked, List<String> affected) implements MemberReply {}

  /// Connections were ended.
  @Frame(type = "kick_ack", summary = "Connections were ended")
  record Kicked(
      int kicked,
      List<String> affected,
      @JsonProperty("skipped_control_plane") Optional<Integer> skippedControlPlane)
      implements MemberReply {}

  /// A member was removed.
  @Frame(type = "ban_ack", summary = "A member was removed")
  record Banned(String banned) implements MemberReply {}

  /// A member was taken back.
  @Frame(type = "unban_ack", summary = "A member was taken back")
  record Unbanned(String unbanned) implements MemberReply {}

  /// Who was removed.
  @Frame(type = "list_bans_result", summary = "Who was removed")
  record Bans(List<Ban> bans) implements MemberReply {}

  /// One removed member.
  record Ban(String name, String pubkey, Instant revokedAt) {}
}
