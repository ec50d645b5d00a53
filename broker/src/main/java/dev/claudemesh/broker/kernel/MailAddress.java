package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.util.Locale;
import java.util.regex.Pattern;

/// Addresses of mail, as they are stored, looked for and written to.
public final class MailAddress {
  private static final Pattern FORM =
      Pattern.compile(
          "[^\\s@<>\"'(),:;\\[\\]\\\\\\p{Cntrl}]{1,64}@[^\\s@<>\"'(),:;\\[\\]\\\\\\p{Cntrl}]{1,189}");

  private MailAddress() {}

  /// In lower case.
  ///
  /// @throws Problem `invalid_request`
  public static String of(String written) {
    String email = written.strip().toLowerCase(Locale.ROOT);
    if (!isOne(email)) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST, "\"email\" must be an e-mail address, such as ada@acme.dev");
    }
    return email;
  }

  static boolean isOne(String text) {
    return FORM.matcher(text).matches();
  }
}
