package dev.claudemesh.protocol.state;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Frame;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What the room state tells without being asked.
public sealed interface StateEvent extends Event {

  /// Somebody else set or removed a value. Two changes of one key may come in the wrong order: the
  /// larger version is the later one.
  @Frame(type = "state_change", summary = "Somebody else set or removed a shared value")
  record Change(
      @Doc("Name of the value") String key,
      @Doc("The value; null if it was removed; of a private one the nonce and ciphertext as base64")
          JsonNode value,
      @Doc("Name of the member who did") String updatedBy,
      @Doc("The version of this change") Optional<Long> version,
      @Doc("Whether it was removed") Optional<Boolean> deleted,
      @JsonProperty("private") @Doc("Whether it is encrypted") Optional<Boolean> secret,
      @Doc("The mesh key's epoch it is encrypted under") Optional<Integer> epoch)
      implements StateEvent {}
}
