package dev.claudemesh.protocol.state;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Audited;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Range;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Sharing values by key.
public sealed interface StateRequest<R extends Reply> extends Request<R> {

  /// Sets the value of a key. Others hear of it as `state_change`.
  @Operation(
      type = "set_state",
      access = Access.WRITE,
      tool = true,
      quiet = true,
      cli = "state set",
      effect = Effect.REPEATABLE,
      summary = "Set a value that everybody on the mesh can read by its key; others are told")
  record Set(
      @Doc("Name of the value, such as build/status") @Size(value = 200, min = 1) String key,
      @Doc("Any JSON value, null too; of a private one the nonce and ciphertext as base64")
          @Size(value = 32_768, each = 32_768)
          @Audited(true)
          JsonNode value,
      @Doc("Only if this is its version now; 0 if the key must not be there yet")
          @Range(min = 0, max = Long.MAX_VALUE)
          Optional<Long> ifVersion,
      @JsonProperty("private")
          @Doc("Encrypt it for the members of the mesh, so that the broker cannot read it")
          Optional<Boolean> secret,
      @Doc("The mesh key's epoch it is encrypted under") @Range(min = 1, max = Integer.MAX_VALUE)
          Optional<Integer> epoch,
      @JsonProperty("protected")
          @Doc("Let only you, admins and those with your state-write change it; false ends that")
          Optional<Boolean> guarded)
      implements StateRequest<StateReply.Stored> {}

  /// Reads the value of a key.
  @Operation(
      type = "get_state",
      access = Access.MEMBER,
      tool = true,
      effect = Effect.READ,
      summary = "Read the shared value of a key")
  record Get(@Doc("Name of the value") @Size(value = 200, min = 1) String key)
      implements StateRequest<StateReply.Result> {}

  /// Lists values, by key.
  @Operation(
      type = "list_state",
      access = Access.MEMBER,
      tool = true,
      effect = Effect.READ,
      cli = "state list",
      summary = "List the shared values of the mesh by key")
  record ListAll(
      @Doc("Only keys that begin so") @Size(200) Optional<String> prefix,
      @Doc("Only keys behind this one: the `next` of the list before") @Size(200)
          Optional<String> after)
      implements StateRequest<StateReply.Entries> {}

  /// Removes a key. Others hear of it as `state_change` with `deleted`.
  @Operation(
      type = "delete_state",
      access = Access.WRITE,
      tool = true,
      effect = Effect.DESTROY,
      cli = "state delete",
      summary = "Remove a shared value; others are told")
  record Delete(
      @Doc("Name of the value") @Size(value = 200, min = 1) String key,
      @Doc("Only if this is its version now") @Range(min = 1, max = Long.MAX_VALUE)
          Optional<Long> ifVersion)
      implements StateRequest<StateReply.Deleted> {}
}
