package dev.claudemesh.protocol.invites;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.meshes.EpochKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the broker answers about invites.
public sealed interface InviteReply extends Reply {

  /// An invite stands ready.
  @Frame(type = "invite_created", summary = "An invite stands ready")
  record Created(
      String url,
      String code,
      @JsonProperty("expires_at") Instant expiresAt,
      boolean emailed,
      @JsonProperty("invite_id") String inviteId)
      implements InviteReply {}

  /// A v1 token was taken.
  @Frame(type = "joined", summary = "A v1 token was taken")
  record Joined(boolean ok, String memberId, Optional<Boolean> alreadyMember)
      implements InviteReply {}

  /// A code was taken. With `key_status` pending, the mesh key comes later from a member who holds
  /// it.
  @Frame(
      type = "invite_claimed",
      summary = "A code was taken; with key_status pending the mesh key comes later from a member")
  record Claimed(
      @JsonProperty("mesh_id") String meshId,
      @JsonProperty("member_id") String memberId,
      @JsonProperty("owner_pubkey") String ownerPubkey,
      @JsonProperty("canonical_v2") String canonicalV2,
      @JsonProperty("sealed_root_key") Optional<String> sealedRootKey,
      @JsonProperty("key_status") Optional<String> keyStatus,
      Optional<String> signature,
      @JsonProperty("issuer_pubkey") Optional<String> issuerPubkey,
      @JsonProperty("mesh_slug") Optional<String> meshSlug,
      @JsonProperty("mesh_name") Optional<String> meshName,
      @JsonProperty("broker_url") Optional<String> brokerUrl,
      Optional<String> role,
      @JsonProperty("display_name") Optional<String> displayName,
      @JsonProperty("already_member") Optional<Boolean> alreadyMember,
      @JsonProperty("epoch_keys") Optional<List<EpochKey>> epochKeys)
      implements InviteReply {}

  /// What an invite offers.
  @Frame(type = "invite_preview", summary = "What an invite offers")
  record Preview(
      @JsonProperty("mesh_name") String meshName,
      @JsonProperty("mesh_slug") String meshSlug,
      String inviter,
      String role,
      @JsonProperty("member_count") int memberCount,
      @JsonProperty("expires_at") Instant expiresAt,
      @JsonProperty("uses_left") int usesLeft)
      implements InviteReply {}

  /// The v1 token behind a code.
  @Frame(type = "invite_token", summary = "The v1 token behind a code")
  record Token(boolean found, Optional<String> token) implements InviteReply {}

  /// Invites that can still be taken.
  @Frame(type = "invites", summary = "Invites that can still be taken")
  record Invites(List<Invite> invites) implements InviteReply {}

  /// One invite.
  record Invite(
      String id,
      @JsonInclude(JsonInclude.Include.ALWAYS) Optional<String> code,
      String role,
      @JsonProperty("uses_left") int usesLeft,
      @JsonProperty("expires_at") Instant expiresAt,
      @JsonProperty("created_by") String createdBy,
      @JsonProperty("created_at") Instant createdAt) {}
}
