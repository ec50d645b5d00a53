package dev.claudemesh.protocol.crypto;

import java.nio.charset.StandardCharsets;

/// Passwords as they are stored: Argon2id with libsodium's costs for signing in (2 passes over 64
/// MiB, about a tenth of a second), salt and costs in the text.
///
/// Each call takes that memory and time: bound how many run at once.
public final class PasswordHash {
  private PasswordHash() {}

  public static String of(String password) {
    return Sodium.passwordHash(bytes(password));
  }

  public static boolean matches(String hash, String password) {
    return Sodium.passwordMatches(hash, bytes(password));
  }

  private static byte[] bytes(String password) {
    return password.getBytes(StandardCharsets.UTF_8);
  }
}
