package dev.claudemesh.protocol.invites;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.claudemesh.protocol.Size;

/// What a v1 token holds, in the order it is signed. It carries the mesh key, so its `toString`
/// does not.
@JsonPropertyOrder({
  "v",
  "mesh_id",
  "mesh_slug",
  "broker_url",
  "expires_at",
  "mesh_root_key",
  "role",
  "owner_pubkey",
  "signature"
})
public record InvitePayload(
    int v,
    @Size(128) @JsonProperty("mesh_id") String meshId,
    @Size(128) @JsonProperty("mesh_slug") String meshSlug,
    @Size(500) @JsonProperty("broker_url") String brokerUrl,
    @JsonProperty("expires_at") long expiresAt,
    @Size(100) @JsonProperty("mesh_root_key") String meshRootKey,
    @Size(10) String role,
    @Size(64) @JsonProperty("owner_pubkey") String ownerPubkey,
    @Size(128) String signature) {

  @Override
  public String toString() {
    return "InvitePayload[v="
        + v
        + ", meshId="
        + meshId
        + ", meshSlug="
        + meshSlug
        + ", role="
        + role
        + "]";
  }
}
