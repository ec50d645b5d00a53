package dev.claudemesh.protocol.accounts;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import java.time.Instant;
import java.util.List;

/// What the broker answers about the meshes of an account.
public sealed interface AccountMeshReply extends AccountReply {

  /// Meshes of an account.
  @Frame(type = "account_meshes", summary = "Meshes of an account, the newest first")
  record Meshes(@Doc("One entry a membership") List<Mesh> meshes) implements AccountMeshReply {}

  /// One membership. Two machines with keys of their own are two.
  record Mesh(
      @Doc("Id of the mesh") String id,
      @Doc("Its short name") String slug,
      @Doc("Its name") String name,
      @Doc("What the member is: admin or member") String role,
      @Doc("Whether the member made it") @JsonProperty("is_owner") boolean owner,
      @Doc("How many members it has") @JsonProperty("member_count") int memberCount,
      @Doc("How many peers are on it now") @JsonProperty("active_peers") int activePeers,
      @Doc("When the member joined it") @JsonProperty("joined_at") Instant joinedAt,
      @Doc("Where its members connect") @JsonProperty("broker_url") String brokerUrl,
      @Doc("Id of the member in it") @JsonProperty("member_id") String memberId,
      @Doc("Key of the member, hex") String pubkey,
      @Doc("Name of the member") @JsonProperty("display_name") String displayName,
      @Doc("When it was tied to the account") @JsonProperty("linked_at") Instant linkedAt) {}
}
