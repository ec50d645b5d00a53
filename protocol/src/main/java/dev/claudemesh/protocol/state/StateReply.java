package dev.claudemesh.protocol.state;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Aside;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What the room state answers.
public sealed interface StateReply extends Reply {

  /// A value was set.
  @Frame(type = "state_stored", summary = "The value is set, on disk, and others are being told")
  record Stored(
      @Doc("Name of the value") String key,
      @Doc("Its version from now on, larger than any before it in the mesh") long version)
      implements StateReply {}

  /// A value.
  @Frame(
      type = "state_result",
      summary = "The value of a key; null with empty texts where there is none")
  record Result(
      @Doc("Name of the value") String key,
      @Doc("The value; of a private one the nonce and ciphertext as base64") JsonNode value,
      @Doc("Name of the member who set it; empty where there is none") String updatedBy,
      @Doc("When it was set, as ISO 8601; empty where there is none") String updatedAt,
      @Doc("Its version; absent where there is none") Optional<Long> version,
      @Aside @Doc("Key of the member who set it") Optional<String> updatedByPubkey,
      @JsonProperty("private") @Doc("Whether it is encrypted") Optional<Boolean> secret,
      @Doc("The mesh key's epoch it is encrypted under") Optional<Integer> epoch,
      @Doc("Name of the member who protected it") Optional<String> protectedBy)
      implements StateReply {}

  /// Values by key.
  @Frame(type = "state_list", summary = "Shared values by key")
  record Entries(
      @Doc("The values, by key") List<Entry> entries,
      @Doc("There is more: ask again with this as `after`") Optional<String> next)
      implements StateReply {}

  /// One value of a list.
  record Entry(
      @Doc("Name of the value") String key,
      @Doc("The value; of a private one the nonce and ciphertext as base64") JsonNode value,
      @Doc("Name of the member who set it") String updatedBy,
      @Doc("When it was set") Instant updatedAt,
      @Doc("Its version") Optional<Long> version,
      @Aside @Doc("Key of the member who set it") Optional<String> updatedByPubkey,
      @JsonProperty("private") @Doc("Whether it is encrypted") Optional<Boolean> secret,
      @Doc("The mesh key's epoch it is encrypted under") Optional<Integer> epoch,
      @Doc("Name of the member who protected it") Optional<String> protectedBy) {}

  /// A value was removed.
  @Frame(type = "state_deleted", summary = "The value is removed, and others are being told")
  record Deleted(@Doc("Name of the value") String key) implements StateReply {}
}
