package dev.claudemesh.protocol.crypto;

import java.util.Arrays;
import java.util.HexFormat;

/// An ed25519 secret key in libsodium's form (seed, then public key; 64 bytes). Never printed:
/// `toString` names only the public half.
public final class SecretKey {
  private static final int BYTES = 64;

  private final byte[] bytes;

  private SecretKey(byte[] bytes) {
    this.bytes = bytes;
  }

  static SecretKey of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("An ed25519 secret key is 64 bytes");
    }
    return new SecretKey(bytes.clone());
  }

  /// Reads the 128 hex characters that a config file holds.
  ///
  /// @throws IllegalArgumentException if it is anything else; the message does not quote it
  public static SecretKey ofHex(String hex) {
    return new SecretKey(
        Encodings.hex(hex, BYTES)
            .orElseThrow(
                () -> new IllegalArgumentException("An ed25519 secret key is 128 hex characters")));
  }

  /// For writing into a file that only its owner may read.
  public String exposeHex() {
    return HexFormat.of().formatHex(bytes);
  }

  public PublicKey publicKey() {
    return new PublicKey(HexFormat.of().formatHex(bytes, BYTES / 2, BYTES));
  }

  byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SecretKey key && java.security.MessageDigest.isEqual(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(Arrays.copyOfRange(bytes, BYTES / 2, BYTES));
  }

  @Override
  public String toString() {
    return "SecretKey[of " + publicKey().brief() + "]";
  }
}
