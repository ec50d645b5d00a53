package dev.claudemesh.mcp.tools;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.Identity;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.messaging.Encryption;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/// What caller and host say to each other, encrypted so that the broker carries it unread. Each box
/// names the caller's id of the call, so that none can be passed off as another's.
///
/// @param own the key we are known by
/// @param other the other end's
record CallBox(SecretKey own, PublicKey other) {
  static final String CALL_ID = "callId";

  /// When a call was made, in milliseconds since 1970, by its caller's clock.
  static final String AT = "at";

  /// A box of a client with another; empty if that is no key.
  static Optional<CallBox> with(Identity identity, Optional<String> other) {
    return other
        .filter(PublicKey::isKey)
        .map(key -> new CallBox(identity.session().orElse(identity.member()), new PublicKey(key)));
  }

  /// @throws Problem `invalid_argument` if nothing can be encrypted to that key
  Boxed seal(ObjectNode content) {
    return Keys.box(Wire.mapper().writeValueAsString(content), other, own);
  }

  /// Opens a box that must be about one call.
  ///
  /// @param callId the caller's id of it; empty for a host that learns it by opening
  /// @throws Problem `undecryptable`
  ObjectNode open(Optional<String> nonce, Optional<String> ciphertext, Optional<String> callId) {
    return Keys.openBox(nonce.orElse(""), ciphertext.orElse(""), other, own)
        .flatMap(CallBox::object)
        .filter(content -> content.path(CALL_ID).isString())
        .filter(
            content -> callId.isEmpty() || content.get(CALL_ID).stringValue().equals(callId.get()))
        .orElseThrow(() ->
            new Problem(
                ProblemCode.UNDECRYPTABLE,
                "What came does not open with the keys of this call; try again"));
  }

  private static Optional<ObjectNode> object(String text) {
    try {
      return Wire.mapper().readTree(text) instanceof ObjectNode object
          ? Optional.of(object)
          : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  static boolean isBoxed(Optional<Encryption> enc) {
    return enc.filter(Encryption.BOX::equals).isPresent();
  }

  /// Without the keys.
  @Override
  public String toString() {
    return "CallBox[with " + other.brief() + "]";
  }
}
