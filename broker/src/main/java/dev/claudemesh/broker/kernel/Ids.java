package dev.claudemesh.broker.kernel;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;

/// Ids and tokens the broker makes.
public final class Ids {
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int LENGTH = 32;
  private static final int TIME_LENGTH = 7;
  private static final int TOKEN_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  /// 32 characters of `[0-9A-Za-z]`, 190 bits.
  public static String next() {
    return new String(random(new char[LENGTH], 0));
  }

  /// The same with its first 7 characters made of a time: ids of one time stand side by side in an
  /// index, which costs a busy table far less than ids all over it. 148 bits are left to chance.
  public static String at(Instant time) {
    char[] id = new char[LENGTH];
    long rest = time.toEpochMilli();
    for (int i = TIME_LENGTH - 1; i >= 0; i--) {
      id[i] = ALPHABET.charAt((int) (rest % ALPHABET.length()));
      rest /= ALPHABET.length();
    }
    return new String(random(id, TIME_LENGTH));
  }

  private static char[] random(char[] id, int from) {
    byte[] drawn = new byte[2 * LENGTH];
    int filled = from;
    while (filled < LENGTH) {
      RANDOM.nextBytes(drawn);
      for (int i = 0; i < drawn.length && filled < LENGTH; i++) {
        int index = drawn[i] & 63;
        // the two values without a character are drawn again: any other rule would favour some
        if (index < ALPHABET.length()) {
          id[filled++] = ALPHABET.charAt(index);
        }
      }
    }
    return id;
  }

  /// Whether a text could be an id that {@link #next} made.
  public static boolean isId(String text) {
    return text.length() == LENGTH && text.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0);
  }

  /// A secret of 256 bits, base64url.
  public static String token() {
    byte[] bytes = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
