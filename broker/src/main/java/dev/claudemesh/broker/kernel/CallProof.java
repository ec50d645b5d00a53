package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// The signature of one HTTP call (PROTOCOL 16.2). Pure: whether the nonce was used before is the
/// store's to say.
record CallProof(PublicKey key, long timestamp, String nonce, String signature) {
  static final String MEMBER = "x-mesh-member";
  static final String TIMESTAMP = "x-mesh-timestamp";
  static final String NONCE = "x-mesh-nonce";
  static final String SIGNATURE = "x-mesh-signature";

  /// 16 bytes or more in base64url, and not so long that storing their hash would be a way to make
  /// the broker work.
  private static final Pattern NONCE_FORM = Pattern.compile("[A-Za-z0-9_-]{22,128}");

  private static final Pattern TIMESTAMP_FORM = Pattern.compile("[0-9]{1,15}");

  /// Reads the headers; empty if the call carries none of them.
  ///
  /// @throws Problem `unauthorized` naming what is missing or malformed
  static Optional<CallProof> of(HttpCall call) {
    if (call.header(MEMBER).isEmpty() && call.header(SIGNATURE).isEmpty()) {
      return Optional.empty();
    }
    String key = required(call, MEMBER);
    String timestamp = required(call, TIMESTAMP);
    String nonce = required(call, NONCE);
    if (!PublicKey.isKey(key)) {
      throw malformed("X-Mesh-Member must be an ed25519 key of 64 lower-case hex characters");
    }
    if (!TIMESTAMP_FORM.matcher(timestamp).matches()) {
      throw malformed("X-Mesh-Timestamp must be milliseconds since 1970");
    }
    if (!NONCE_FORM.matcher(nonce).matches()) {
      throw malformed("X-Mesh-Nonce must be 16 or more random bytes in base64url");
    }
    return Optional.of(
        new CallProof(
            new PublicKey(key), Long.parseLong(timestamp), nonce, required(call, SIGNATURE)));
  }

  /// Checks clock and signature.
  ///
  /// @throws Problem `timestamp_skew` or `bad_signature`
  void check(HttpCall call, Instant now, Duration skew) {
    if (Math.abs(now.toEpochMilli() - timestamp) > skew.toMillis()) {
      ObjectNode details = Wire.mapper().createObjectNode().put("serverTime", now.toEpochMilli());
      throw new Problem(
          ProblemCode.TIMESTAMP_SKEW,
          "The call was signed more than "
              + skew.toSeconds()
              + " s away from the broker's clock; set this machine's clock",
          details);
    }
    String canonical =
        Canonical.httpCall(
            call.method(), call.pathWithQuery(), Keys.sha256Hex(call.body()), timestamp, nonce);
    if (!Keys.verify(key, canonical, signature)) {
      throw new Problem(
          ProblemCode.BAD_SIGNATURE,
          "The signature does not fit this call; sign METHOD|path|sha256(body)|timestamp|nonce");
    }
  }

  /// What stands for this proof in the list of those that were used. By key, so that nobody can use
  /// up another's nonces.
  String digest() {
    return "call:" + Keys.sha256Hex((key.hex() + "|" + nonce).getBytes(StandardCharsets.UTF_8));
  }

  private static String required(HttpCall call, String header) {
    return call.header(header)
        .orElseThrow(() ->
            malformed(
                "A signed call needs X-Mesh-Member, X-Mesh-Timestamp, X-Mesh-Nonce and"
                    + " X-Mesh-Signature; "
                    + header
                    + " is missing"));
  }

  private static Problem malformed(String message) {
    return new Problem(ProblemCode.UNAUTHORIZED, message);
  }

  @Override
  public String toString() {
    return "CallProof[of " + key.brief() + "]";
  }
}
