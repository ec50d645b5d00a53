package dev.claudemesh.protocol.crypto;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// An encrypted text as it travels: both parts base64 with padding.
///
/// @param nonce 24 random bytes
/// @param ciphertext authenticator, then the encrypted UTF-8 text
public record Boxed(String nonce, String ciphertext) {

  /// Both parts as one text, for places that have one field for them.
  public String joined() {
    byte[] first = Base64.getDecoder().decode(nonce);
    byte[] second = Base64.getDecoder().decode(ciphertext);
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return Base64.getEncoder().encodeToString(both);
  }

  /// The parts of what {@link #joined} made; empty if it cannot have.
  public static Optional<Boxed> parted(String text) {
    Base64.Encoder base64 = Base64.getEncoder();
    return Encodings.base64(text)
        .filter(both -> both.length > Sodium.NONCE_BYTES)
        .map(both ->
            new Boxed(
                base64.encodeToString(Arrays.copyOf(both, Sodium.NONCE_BYTES)),
                base64.encodeToString(Arrays.copyOfRange(both, Sodium.NONCE_BYTES, both.length))));
  }
}
