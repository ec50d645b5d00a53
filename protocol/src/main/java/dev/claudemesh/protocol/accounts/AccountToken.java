package dev.claudemesh.protocol.accounts;

import dev.claudemesh.protocol.crypto.Keys;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What proves an account: `cm_session_…`, `cm_pat_…` or `cm_web_…`, and 32 random bytes in lower
/// case base32. Scanners of secrets find it by its beginning. Its `toString` holds none of it.
public record AccountToken(Kind kind, String text) {
  private static final Pattern FORM = Pattern.compile("cm_(session|pat|web)_([a-z2-7]{52})");
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int BYTES = 32;
  private static final int BITS_A_BYTE = 8;
  private static final int BITS_A_CHARACTER = 5;
  private static final SecureRandom RANDOM = new SecureRandom();

  /// What a token is for.
  public enum Kind {
    /// A person at a command line.
    SESSION,
    /// A script, made by a person.
    PAT,
    /// A browser's cookie; nothing else takes it.
    WEB;

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static AccountToken generate(Kind kind) {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new AccountToken(kind, "cm_" + kind.wireName() + "_" + base32(bytes));
  }

  /// Empty for what cannot be one.
  public static Optional<AccountToken> of(String text) {
    Matcher form = FORM.matcher(text.strip());
    return form.matches()
        ? Optional.of(
            new AccountToken(Kind.valueOf(form.group(1).toUpperCase(Locale.ROOT)), form.group()))
        : Optional.empty();
  }

  /// What is stored of it.
  public String hash() {
    return sha256(text);
  }

  /// What a form of a page must send back, so that no other page can send it for its reader:
  /// follows from the token and tells nothing of it.
  public String formKey() {
    return sha256("form|" + text);
  }

  private static String sha256(String text) {
    return Keys.sha256Hex(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Without padding.
  static String base32(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    int bits = 0;
    int count = 0;
    for (byte b : bytes) {
      bits = bits << BITS_A_BYTE | b & 0xff;
      count += BITS_A_BYTE;
      while (count >= BITS_A_CHARACTER) {
        count -= BITS_A_CHARACTER;
        text.append(ALPHABET.charAt(bits >> count & 31));
      }
    }
    if (count > 0) {
      text.append(ALPHABET.charAt(bits << BITS_A_CHARACTER - count & 31));
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return "AccountToken[" + kind + "]";
  }
}
