package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What may be shared as a value, in clear or encrypted by its sender. Pure.
public final class SharedValues {
  private SharedValues() {}

  /// The value as text.
  ///
  /// @param what the operation and the field, for the refusal
  /// @param epoch of the mesh key that a private value is encrypted under
  /// @throws Problem `too_large`, or `invalid` where a private value does not look encrypted
  public static String text(
      String what,
      JsonNode value,
      Optional<Boolean> secret,
      Optional<Integer> epoch,
      int maxBytes) {
    if (secret.orElse(false) != epoch.isPresent()) {
      throw new Problem(ProblemCode.INVALID, what + ": \"private\" and \"epoch\" belong together");
    }
    if (epoch.isPresent() && !value.isString()) {
      throw new Problem(
          ProblemCode.INVALID, what + ": what is private is its nonce and ciphertext as base64");
    }
    byte[] bytes = Wire.mapper().writeValueAsBytes(value);
    if (bytes.length > maxBytes) {
      throw new Problem(
          ProblemCode.TOO_LARGE,
          what
              + ": at most "
              + maxBytes
              + " bytes can be shared at once, and these are "
              + bytes.length
              + "; share a file instead, or split it");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
