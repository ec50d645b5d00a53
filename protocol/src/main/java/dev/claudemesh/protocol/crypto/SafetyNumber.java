package dev.claudemesh.protocol.crypto;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// What two members read to each other to know that each holds the other's true key (PROTOCOL 10).
/// The same whichever of the two computes it. Pure.
///
/// @param groups six groups of five digits; both have to see all of them alike
public record SafetyNumber(List<String> groups) {
  private static final int GROUPS = 6;
  private static final int HEX_DIGITS = 5; // 20 bits
  private static final int MODULUS = 100_000;

  public SafetyNumber {
    groups = List.copyOf(groups);
  }

  public static SafetyNumber of(PublicKey one, PublicKey other) {
    boolean ordered = one.compareTo(other) <= 0;
    String both = ordered ? one.hex() + other.hex() : other.hex() + one.hex();
    String hash = Keys.sha256Hex(HexFormat.of().parseHex(both));
    List<String> groups = new ArrayList<>();
    for (int i = 0; i < GROUPS; i++) {
      int bits = HexFormat.fromHexDigits(hash, i * HEX_DIGITS, (i + 1) * HEX_DIGITS);
      groups.add(String.format("%05d", bits % MODULUS));
    }
    return new SafetyNumber(groups);
  }

  /// All 30 digits.
  public String digits() {
    return String.join("", groups);
  }
}
