package dev.claudemesh.protocol.invites;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.claudemesh.protocol.Doc;
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
    @Doc("1") int v,
    @Doc("Id of the mesh") @Size(128) @JsonProperty("mesh_id") String meshId,
    @Doc("Its short name") @Size(128) @JsonProperty("mesh_slug") String meshSlug,
    @Doc("Where its members connect") @Size(500) @JsonProperty("broker_url") String brokerUrl,
    @Doc("When the invite ends, seconds since 1970") @JsonProperty("expires_at") long expiresAt,
    @Doc("The mesh key, base64url") @Size(100) @JsonProperty("mesh_root_key") String meshRootKey,
    @Doc("What the newcomer becomes: admin or member") @Size(10) String role,
    @Doc("Key of the mesh's owner, hex") @Size(64) @JsonProperty("owner_pubkey") String ownerPubkey,
    @Doc("ed25519 over the values before this one, joined by |, by the owner, hex") @Size(128)
        String signature) {

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
