package dev.claudemesh.protocol.crypto;

import java.math.BigDecimal;

/// The exact texts that are signed. Each is UTF-8 without a newline, parts joined by a pipe.
public final class Canonical {
  private Canonical() {}

  /// Signed by the member key, and by the session key too where it proves itself in a hello.
  public static String hello(String meshId, String memberId, String pubkey, double timestamp) {
    return meshId + "|" + memberId + "|" + pubkey + "|" + decimal(timestamp);
  }

  /// Signed by the member key: this session is mine until then.
  public static String attestation(String parentPubkey, String sessionPubkey, double expiresAt) {
    return "claudemesh-session-attest|"
        + parentPubkey
        + "|"
        + sessionPubkey
        + "|"
        + decimal(expiresAt);
  }

  /// Signed by the session key.
  public static String sessionHello(
      String meshId, String parentPubkey, String sessionPubkey, double timestamp) {
    return "claudemesh-session-hello|"
        + meshId
        + "|"
        + parentPubkey
        + "|"
        + sessionPubkey
        + "|"
        + decimal(timestamp);
  }

  /// Signed by the owner.
  public static String inviteV2(
      String meshId, String inviteId, long expiresAtSeconds, String role, String ownerPubkey) {
    return "v=2|"
        + meshId
        + "|"
        + inviteId
        + "|"
        + expiresAtSeconds
        + "|"
        + role
        + "|"
        + ownerPubkey;
  }

  /// Signed by an admin who may invite.
  public static String inviteV3(
      String meshId, String inviteId, long expiresAtSeconds, String role, String issuerPubkey) {
    return "v=3|"
        + meshId
        + "|"
        + inviteId
        + "|"
        + expiresAtSeconds
        + "|"
        + role
        + "|"
        + issuerPubkey;
  }

  /// Signed by the newcomer who takes an invite.
  public static String claim(String code, String recipientX25519, long timestamp) {
    return "claim|" + code + "|" + recipientX25519 + "|" + timestamp;
  }

  /// Signed by the member who seals a mesh key to another.
  public static String seal(String meshId, int epoch, String memberPubkey, String sealedKey) {
    return "seal|" + meshId + "|" + epoch + "|" + memberPubkey + "|" + sealedKey;
  }

  /// Signed by whoever makes an HTTP call.
  ///
  /// @param pathWithQuery as sent, beginning with a slash
  /// @param bodySha256 lower-case hex; of the empty body where there is none
  public static String httpCall(
      String method, String pathWithQuery, String bodySha256, long timestamp, String nonce) {
    return method + "|" + pathWithQuery + "|" + bodySha256 + "|" + timestamp + "|" + nonce;
  }

  /// Prints a number as JavaScript does, for every number a clock may show: no exponent, and no
  /// point where there is no fraction. What is no such number prints as something that no signature
  /// is over.
  static String decimal(double number) {
    if (!Double.isFinite(number)) {
      return Double.toString(number);
    }
    String plain = new BigDecimal(Double.toString(number)).stripTrailingZeros().toPlainString();
    return plain.equals("-0") ? "0" : plain;
  }
}
