package dev.claudemesh.protocol.crypto;

import java.util.HexFormat;
import java.util.regex.Pattern;

/// An ed25519 public key: who somebody is. Written as 64 lower-case hex characters everywhere.
public record PublicKey(String hex) implements Comparable<PublicKey> {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

  public PublicKey {
    if (!FORM.matcher(hex).matches()) {
      throw new IllegalArgumentException("An ed25519 key is 64 lower-case hex characters");
    }
  }

  /// Whether a text could be a key.
  public static boolean isKey(String text) {
    return FORM.matcher(text).matches();
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
