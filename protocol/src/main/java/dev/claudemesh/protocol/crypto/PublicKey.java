package dev.claudemesh.protocol.crypto;

import java.util.HexFormat;

/// An ed25519 public key: who somebody is. Written as 64 lower-case hex characters everywhere.
public record PublicKey(String hex) implements Comparable<PublicKey> {
  private static final int LENGTH = 64;

  public PublicKey {
    if (!isKey(hex)) {
      throw new IllegalArgumentException("An ed25519 key is 64 lower-case hex characters");
    }
  }

  /// Whether a text could be a key.
  public static boolean isKey(String text) {
    if (text.length() != LENGTH) {
      return false;
    }
    for (int i = 0; i < LENGTH; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  /// The first 8 characters, for people.
  public String brief() {
    return hex.substring(0, 8);
  }

  byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public int compareTo(PublicKey other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
