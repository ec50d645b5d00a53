package dev.claudemesh.protocol.accounts;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Audited;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Hex;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Size;
import java.util.Optional;

/// What clients of the first protocol call for accounts, at its addresses. A token says who calls;
/// what a body says of the user is not believed.
public sealed interface OldAccountRequest<R extends Reply> extends AccountRequest<R> {

  /// Meshes of the account; those of the key that signs the call are tied to it first.
  @Operation(
      type = "cli_sync",
      access = Access.OPEN,
      socket = false,
      audited = false,
      http = "POST /cli-sync",
      summary = "List the meshes of an account; those of the key that signs are added to it first")
  record Sync(
      @Audited(false) @Doc("Token of the account") @Size(200) @JsonProperty("sync_token")
          String syncToken,
      @Doc("Key of the caller, hex") @Hex(32) @JsonProperty("peer_pubkey") String peerPubkey,
      @Doc("Not used: a member is called what the mesh calls them")
          @Size(100)
          @JsonProperty("display_name")
          Optional<String> displayName)
      implements OldAccountRequest<OldAccountReply.Synced> {
    @Override
    public String toString() {
      return "Sync[***]";
    }
  }

  /// Makes a personal access token of 30 days.
  @Operation(
      type = "cli_token",
      access = Access.ACCOUNT,
      socket = false,
      audited = false,
      http = "POST /cli/token",
      summary = "Make a personal access token of 30 days, as clients of the first protocol do")
  record IssueToken(
      @Doc("What it is for") @Size(100) Optional<String> name,
      @Doc("Name of the machine, where it has no name") @Size(100) Optional<String> hostname)
      implements OldAccountRequest<OldAccountReply.Issued> {}

  /// Ends a token; whoever has it may.
  @Operation(
      type = "cli_session_revoke",
      access = Access.OPEN,
      socket = false,
      audited = false,
      http = "POST /cli/session/revoke",
      effect = Effect.DESTROY,
      summary = "Revoke the token that is sent, as clients of the first protocol do")
  record RevokeToken(@Audited(false) @Doc("The token") @Size(200) String token)
      implements OldAccountRequest<OldAccountReply.Revoked> {
    @Override
    public String toString() {
      return "RevokeToken[***]";
    }
  }

  /// Machines that are signed in.
  @Operation(
      type = "cli_sessions",
      access = Access.ACCOUNT,
      socket = false,
      http = "GET /cli/sessions",
      effect = Effect.READ,
      summary = "List the machines that are signed in, as clients of the first protocol do")
  record Sessions() implements OldAccountRequest<OldAccountReply.Sessions> {}
}
