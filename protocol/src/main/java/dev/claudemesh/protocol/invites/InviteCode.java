package dev.claudemesh.protocol.invites;

import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The code of a short link: 8 characters without those that people mistake for each other. 40
/// random bits; the broker limits how often codes may be tried.
public final class InviteCode {
  private static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  private static final int LENGTH = 8;
  private static final Pattern FORM = Pattern.compile("[" + ALPHABET + "]{" + LENGTH + "}");

  /// What brokers of the first protocol hand out, too.
  private static final Pattern ANY = Pattern.compile("[A-Za-z0-9]{6,16}");

  private static final SecureRandom RANDOM = new SecureRandom();

  private InviteCode() {}

  /// A fresh random code.
  public static String generate() {
    StringBuilder code = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      code.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return code.toString();
  }

  /// Whether a text is a code of ours.
  public static boolean isCode(String text) {
    return FORM.matcher(text).matches();
  }

  /// The code somebody means: ours in any case, else anything that may be a code of another broker,
  /// as it is.
  public static Optional<String> read(String text) {
    if (!ANY.matcher(text).matches()) {
      return Optional.empty();
    }
    String upper = text.toUpperCase(Locale.ROOT);
    return Optional.of(isCode(upper) ? upper : text);
  }
}
