package dev.claudemesh.cli.mesh;

import java.security.SecureRandom;

/// Ids and codes that the client makes, because what it signs names them.
final class Codes {
  private static final String ID_SIGNS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int ID_LENGTH = 32;

  /// Without I, O, 0 and 1, which are taken for one another when read aloud.
  private static final String CODE_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

  private static final int CODE_LENGTH = 8;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Codes() {}

  static String id() {
    return random(ID_SIGNS, ID_LENGTH);
  }

  /// The code of a short link, 40 bits.
  static String invite() {
    return random(CODE_SIGNS, CODE_LENGTH);
  }

  private static String random(String signs, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(signs.charAt(RANDOM.nextInt(signs.length())));
    }
    return text.toString();
  }
}
