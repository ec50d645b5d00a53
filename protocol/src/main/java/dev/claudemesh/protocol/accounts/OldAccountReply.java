package dev.claudemesh.protocol.accounts;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Answers about accounts in the words of the first protocol.
public sealed interface OldAccountReply extends AccountReply {

  /// Meshes of an account.
  @Frame(type = "cli_synced", summary = "Meshes of an account, for the first protocol")
  record Synced(
      @Doc("true") boolean ok,
      @Doc("Id of the account") @JsonProperty("account_id") String accountId,
      @Doc("One entry a membership") List<Mesh> meshes)
      implements OldAccountReply {}

  /// One membership.
  record Mesh(
      @Doc("Id of the mesh") @JsonProperty("mesh_id") String meshId,
      @Doc("Its short name") String slug,
      @Doc("Where its members connect") @JsonProperty("broker_url") String brokerUrl,
      @Doc("Id of the member in it") @JsonProperty("member_id") String memberId,
      @Doc("What the member is: admin or member") String role) {}

  /// A token was made.
  @Frame(type = "cli_token", summary = "A token was made, for the first protocol")
  record Issued(@Doc("Proves the account; shown this once") String token)
      implements OldAccountReply {
    @Override
    public String toString() {
      return "Issued[***]";
    }
  }

  /// A token was revoked.
  @Frame(type = "cli_session_revoked", summary = "A token was revoked, for the first protocol")
  record Revoked(@Doc("true") boolean ok, @Doc("Whether it was good until now") boolean found)
      implements OldAccountReply {}

  /// Machines that are signed in.
  @Frame(type = "cli_sessions", summary = "Machines that are signed in, for the first protocol")
  record Sessions(@Doc("One entry a machine") List<Session> sessions) implements OldAccountReply {}

  /// One machine.
  record Session(
      @Doc("Id to revoke it by") String id,
      @Doc("Its name") String hostname,
      @Doc("Its operating system") Optional<String> platform,
      @Doc("Its processor") Optional<String> arch,
      @Doc("When it was last seen, within five minutes") @JsonProperty("last_seen_at")
          Optional<Instant> lastSeenAt,
      @Doc("When it was signed in") @JsonProperty("created_at") Instant createdAt) {}
}
