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
  record Members(
      @Doc("true") boolean ok, @Doc("One entry a member, the longest first") List<Member> members)
      implements MemberReply {}

  /// One member.
  record Member(
      @Doc("Id of the member") String id,
      @Doc("Its name") String displayName,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Doc("What it does") Optional<String> roleTag,
      @Doc("Groups each of its sessions starts in") List<GroupRole> groups,
      @Doc("How messages reach it: push, inbox or off") String messageMode,
      @Doc("admin or member") String permission,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Doc("Its account, if it has one")
          Optional<String> dashboardUserId,
      @Doc("When it joined") Instant joinedAt,
      @Doc("When it was last here") Optional<Instant> lastSeenAt,
      @Doc("Whether one of its sessions is here") Optional<Boolean> online,
      @Doc("How many of its sessions are here") Optional<Integer> sessionCount,
      @Doc("Its key, hex") Optional<String> pubkey,
      @Doc("Whether this member made the mesh") Optional<Boolean> owner,
      @Doc("Whether this member still waits for the mesh key") Optional<Boolean> keyPending) {}

  /// A member was changed.
  @Frame(type = "member_updated", summary = "A member was changed")
  record Updated(
      @Doc("true") boolean ok,
      @Doc("The member as it is now") Member member,
      @Doc("The fields that changed") Map<String, JsonNode> changes)
      implements MemberReply {}

  /// What each member may do.
  @Frame(type = "permissions", summary = "What each member may do")
  record Permissions(
      @Doc("Short name of the mesh") String mesh,
      @Doc("One entry a member") List<MemberPermissions> members)
      implements MemberReply {}

  /// What one member may do.
  record MemberPermissions(
      @Doc("Id of the member") @JsonProperty("member_id") String memberId,
      @Doc("Its name") @JsonProperty("display_name") String displayName,
      @Doc("admin or member") String role,
      @Doc("Whether it made the mesh") @JsonProperty("is_owner") boolean owner,
      @Doc("By permission: whether the member has it") Map<String, Boolean> permissions) {}

  /// What the caller accepts from whom.
  @Frame(type = "grants", summary = "What the caller accepts from whom, by member key")
  record Grants(
      @Doc("true") boolean ok,
      @Doc("By member key: the capabilities; an empty list blocks")
          Map<String, List<String>> grants)
      implements MemberReply {}

  /// Connections were closed.
  @Frame(type = "disconnect_ack", summary = "Connections were closed; their clients come back")
  record Disconnected(
      @Doc("How many connections were closed") int kicked,
      @Doc("Names of the peers") List<String> affected)
      implements MemberReply {}

  /// Connections were ended.
  @Frame(type = "kick_ack", summary = "Connections were ended")
  record Kicked(
      @Doc("How many connections were ended") int kicked,
      @Doc("Names of the peers") List<String> affected,
      @Doc("How many were left alone because no session is behind them")
          @JsonProperty("skipped_control_plane")
          Optional<Integer> skippedControlPlane)
      implements MemberReply {}

  /// A member was removed.
  @Frame(type = "ban_ack", summary = "A member was removed")
  record Banned(@Doc("Name of the member") String banned) implements MemberReply {}

  /// A member was taken back.
  @Frame(type = "unban_ack", summary = "A member was taken back")
  record Unbanned(@Doc("Name of the member") String unbanned) implements MemberReply {}

  /// Who was removed.
  @Frame(type = "list_bans_result", summary = "Who was removed")
  record Bans(@Doc("One entry a removed member") List<Ban> bans) implements MemberReply {}

  /// One removed member.
  record Ban(
      @Doc("Name of the member") String name,
      @Doc("Its key, hex") String pubkey,
      @Doc("When it was removed") Instant revokedAt) {}
}
