package dev.claudemesh.protocol.invites;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Doc;
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
      @Doc("The link to hand to the newcomer") String url,
      @Doc("The code in it") String code,
      @Doc("When it ends") @JsonProperty("expires_at") Instant expiresAt,
      @Doc("Whether it was sent by mail") boolean emailed,
      @Doc("Id of the invite") @JsonProperty("invite_id") String inviteId)
      implements InviteReply {}

  /// A v1 token was taken.
  @Frame(type = "joined", summary = "A v1 token was taken")
  record Joined(
      @Doc("true") boolean ok,
      @Doc("Id of the new member") String memberId,
      @Doc("true if the key was a member before; no use was taken") Optional<Boolean> alreadyMember)
      implements InviteReply {}

  /// A code was taken. With `key_status` pending, the mesh key comes later from a member who holds
  /// it.
  @Frame(
      type = "invite_claimed",
      summary = "A code was taken; with key_status pending the mesh key comes later from a member")
  record Claimed(
      @Doc("Id of the mesh") @JsonProperty("mesh_id") String meshId,
      @Doc("Id of the new member") @JsonProperty("member_id") String memberId,
      @Doc("Key of the mesh's owner, hex") @JsonProperty("owner_pubkey") String ownerPubkey,
      @Doc("The text that the issuer of the invite signed") @JsonProperty("canonical_v2")
          String canonicalV2,
      @Doc("The mesh key, sealed to the newcomer; only of a mesh whose key the broker holds")
          @JsonProperty("sealed_root_key")
          Optional<String> sealedRootKey,
      @Doc("ready, or pending while no member has sealed the mesh key to the newcomer")
          @JsonProperty("key_status")
          Optional<String> keyStatus,
      @Doc("The issuer's signature over canonical_v2, hex") Optional<String> signature,
      @Doc("Key of the issuer, hex: the owner or an admin") @JsonProperty("issuer_pubkey")
          Optional<String> issuerPubkey,
      @Doc("Short name of the mesh") @JsonProperty("mesh_slug") Optional<String> meshSlug,
      @Doc("Name of the mesh") @JsonProperty("mesh_name") Optional<String> meshName,
      @Doc("Where its members connect") @JsonProperty("broker_url") Optional<String> brokerUrl,
      @Doc("What the newcomer is: admin or member") Optional<String> role,
      @Doc("The newcomer's name in the mesh") @JsonProperty("display_name")
          Optional<String> displayName,
      @Doc("true if the key was a member before; no use was taken") @JsonProperty("already_member")
          Optional<Boolean> alreadyMember,
      @Doc("Mesh keys that were sealed to this member before") @JsonProperty("epoch_keys")
          Optional<List<EpochKey>> epochKeys)
      implements InviteReply {}

  /// What an invite offers.
  @Frame(type = "invite_preview", summary = "What an invite offers")
  record Preview(
      @Doc("Name of the mesh") @JsonProperty("mesh_name") String meshName,
      @Doc("Its short name") @JsonProperty("mesh_slug") String meshSlug,
      @Doc("Name of the member who invites") String inviter,
      @Doc("What the newcomer becomes: admin or member") String role,
      @Doc("How many members the mesh has") @JsonProperty("member_count") int memberCount,
      @Doc("When the invite ends") @JsonProperty("expires_at") Instant expiresAt,
      @Doc("How many may still take it") @JsonProperty("uses_left") int usesLeft)
      implements InviteReply {}

  /// The v1 token behind a code.
  @Frame(type = "invite_token", summary = "The v1 token behind a code")
  record Token(
      @Doc("Whether there is such an invite, and it has a token") boolean found,
      @Doc("The token") Optional<String> token)
      implements InviteReply {
    /// Without the token, which holds the mesh key.
    @Override
    public String toString() {
      return "Token[found=" + found + "]";
    }
  }

  /// Invites that can still be taken.
  @Frame(type = "invites", summary = "Invites that can still be taken")
  record Invites(@Doc("One entry an invite, the newest first") List<Invite> invites)
      implements InviteReply {}

  /// One invite.
  record Invite(
      @Doc("Id of the invite") String id,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Doc("Code of its short link") Optional<String> code,
      @Doc("What the newcomer becomes: admin or member") String role,
      @Doc("How many may still take it") @JsonProperty("uses_left") int usesLeft,
      @Doc("When it ends") @JsonProperty("expires_at") Instant expiresAt,
      @Doc("Name of the member who made it") @JsonProperty("created_by") String createdBy,
      @Doc("When it was made") @JsonProperty("created_at") Instant createdAt) {}
}
