package dev.claudemesh.protocol.invites;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Audited;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Hex;
import dev.claudemesh.protocol.Id;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Range;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.meshes.MeshReply;
import java.util.List;
import java.util.Optional;

/// Making, taking and withdrawing invites.
public sealed interface InviteRequest<R extends Reply> extends Request<R> {

  /// Registers an invite that the caller's client made and signed.
  @Operation(
      type = "create_invite",
      access = Access.INVITE,
      http = "POST /cli/mesh/:mesh/invite",
      summary = "Register an invite that your client made and signed")
  record Create(
      @Doc("Id of the invite, made by the client because the signature names it")
          @Size(value = 64, min = 16)
          @JsonProperty("invite_id")
          Optional<String> inviteId,
      @Audited(false)
          @Doc("Code of the short link: 8 characters of A-Z without I and O, and 2-9")
          @Size(16)
          Optional<String> code,
      @Doc("2 when the owner signs, 3 when an admin does") @Range(min = 2, max = 3)
          Optional<Integer> version,
      @Audited(false)
          @Doc(
              "The signed text: v=2 or v=3, mesh id, invite id, expires_at, role and the signer's"
                  + " key, joined by |")
          @Size(1000)
          Optional<String> canonical,
      @Audited(false) @Doc("ed25519 over canonical by the caller, hex") @Size(128)
          Optional<String> signature,
      @Audited(false) @Doc("A v1 token for old clients, signed as that version does") @Size(4000)
          Optional<String> token,
      @Doc("What the newcomer becomes: member or admin") @Size(10) Optional<String> role,
      @Doc("When it ends, seconds since 1970") @JsonProperty("expires_at") Optional<Long> expiresAt,
      @Doc("How many may take it; one if absent")
          @Range(min = 1, max = 10_000)
          @JsonProperty("max_uses")
          Optional<Integer> maxUses,
      @Doc("What is set for the newcomer") Optional<Preset> preset,
      @Audited(false) @Doc("Whom to send it to") @Size(320) Optional<String> email,
      @Doc("Account, for clients of the first protocol") @Size(200) @JsonProperty("user_id")
          Optional<String> userId)
      implements InviteRequest<InviteReply.Created> {
    @Override
    public String toString() {
      return "Create[role=" + role + "]";
    }
  }

  /// Registers an invite for an account. The member's key signed it all the same: an account alone
  /// invites nobody.
  @Operation(
      type = "create_account_invite",
      access = Access.ACCOUNT,
      socket = false,
      http = "POST /api/my/meshes/:mesh/invites",
      summary =
          "Register an invite that a key of your account signed, and mail it if you say where")
  record CreateByAccount(
      @Doc("Id of the invite, made by the client because the signature names it")
          @Size(value = 64, min = 16)
          @JsonProperty("invite_id")
          Optional<String> inviteId,
      @Audited(false)
          @Doc("Code of the short link: 8 characters of A-Z without I and O, and 2-9")
          @Size(16)
          Optional<String> code,
      @Doc("2 when the owner signs, 3 when an admin does") @Range(min = 2, max = 3)
          Optional<Integer> version,
      @Audited(false) @Doc("ed25519 over the text that create_invite names, hex") @Size(128)
          Optional<String> signature,
      @Doc("What the newcomer becomes: member or admin") @Size(10) Optional<String> role,
      @Doc("When it ends, seconds since 1970") @JsonProperty("expires_at") Optional<Long> expiresAt,
      @Doc("How many may take it; one if absent")
          @Range(min = 1, max = 10_000)
          @JsonProperty("max_uses")
          Optional<Integer> maxUses,
      @Audited(false) @Doc("Whom to send it to") @Size(320) Optional<String> email)
      implements InviteRequest<InviteReply.Created> {
    /// The same without the account.
    public Create plain() {
      return new Create(
          inviteId,
          code,
          version,
          Optional.empty(),
          signature,
          Optional.empty(),
          role,
          expiresAt,
          maxUses,
          Optional.empty(),
          email,
          Optional.empty());
    }

    @Override
    public String toString() {
      return "CreateByAccount[role=" + role + "]";
    }
  }

  /// What an invite sets for the newcomer.
  record Preset(
      @Doc("The newcomer's name, whatever it asks for") @Size(100) Optional<String> displayName,
      @Doc("What the newcomer does") @Size(100) Optional<String> roleTag,
      @Doc("Groups each of the newcomer's sessions starts in") @Size(50)
          Optional<List<GroupRole>> groups,
      @Doc("push, inbox or off") @Size(10) Optional<String> messageMode) {}

  /// Takes a v1 invite: the token names the mesh and carries its key.
  @Operation(
      type = "join",
      access = Access.OPEN,
      socket = false,
      http = "POST /join",
      summary = "Become a member by a v1 token")
  record Join(
      @Audited(false)
          @Doc("The token, exactly as in the link")
          @Size(value = 4000, min = 20)
          @JsonProperty("invite_token")
          String inviteToken,
      @Audited(false) @Doc("The token's contents") @JsonProperty("invite_payload")
          InvitePayload invitePayload,
      @Doc("The newcomer's key, hex") @Hex(32) @JsonProperty("peer_pubkey") String peerPubkey,
      @Doc("The newcomer's name") @Size(value = 100, min = 1) @JsonProperty("display_name")
          String displayName)
      implements InviteRequest<InviteReply.Joined> {
    @Override
    public String toString() {
      return "Join[displayName=" + displayName + "]";
    }
  }

  /// Takes a v2 or v3 invite by its code.
  @Operation(
      type = "claim_invite",
      access = Access.OPEN,
      socket = false,
      http = "POST /invites/:code/claim",
      summary = "Become a member by the code of a short link")
  record Claim(
      @Audited(false) @Doc("The code") @Id String code,
      @Audited(false)
          @Doc("The newcomer's x25519 key, base64url")
          @Size(value = 64, min = 40)
          @JsonProperty("recipient_x25519_pubkey")
          String recipientX25519Pubkey,
      @Doc("The newcomer's ed25519 key, hex; absent from clients of the first protocol")
          @Hex(32)
          @JsonProperty("peer_pubkey")
          Optional<String> peerPubkey,
      @Audited(false)
          @Doc("ed25519 over claim|code|recipient_x25519_pubkey|timestamp by peer_pubkey, hex")
          @Hex(64)
          Optional<String> signature,
      @Doc("Milliseconds since 1970") Optional<Long> timestamp,
      @Doc("The newcomer's name") @Size(100) @JsonProperty("display_name")
          Optional<String> displayName)
      implements InviteRequest<InviteReply.Claimed> {}

  /// What an invite offers, before it is taken.
  @Operation(
      type = "preview_invite",
      access = Access.OPEN,
      socket = false,
      http = "GET /api/public/invites/:code",
      effect = Effect.READ,
      summary = "Tell what an invite offers, before it is taken")
  record Preview(@Doc("The code") @Id String code) implements InviteRequest<InviteReply.Preview> {}

  /// The v1 token behind a code, for old clients.
  @Operation(
      type = "invite_token",
      access = Access.OPEN,
      socket = false,
      http = "GET /api/public/invite-code/:code",
      effect = Effect.READ,
      summary = "The v1 token behind a code, if it has one")
  record Token(@Doc("The code") @Id String code) implements InviteRequest<InviteReply.Token> {}

  /// Invites that can still be taken.
  @Operation(
      type = "list_invites",
      access = Access.INVITE,
      http = "GET /cli/mesh/:mesh/invites",
      effect = Effect.READ,
      summary = "List the invites that can still be taken")
  record ListOpen() implements InviteRequest<InviteReply.Invites> {}

  /// Withdraws an invite.
  @Operation(
      type = "revoke_invite",
      access = Access.INVITE,
      http = "DELETE /cli/mesh/:mesh/invites/:code",
      effect = Effect.DESTROY,
      summary = "Withdraw an invite")
  record Revoke(@Doc("The code") @Id String code) implements InviteRequest<MeshReply.Ok> {}
}
