package dev.claudemesh.broker.accounts;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.time.Duration;
import java.util.random.RandomGenerator;

/// Codes that are mailed to prove a mailbox. Pure.
final class CodeRules {
  /// How long one is good.
  static final Duration LIFE = Duration.ofMinutes(10);

  /// How often one may be typed wrong.
  static final int TRIES = 5;

  /// How long an ended one stays.
  static final Duration KEPT = Duration.ofHours(1);

  private static final int FIRST_OF_NINE_DIGITS = 100_000_000;

  private CodeRules() {}

  static String code(RandomGenerator random) {
    return String.format(java.util.Locale.ROOT, "%08d", random.nextInt(FIRST_OF_NINE_DIGITS));
  }

  /// What somebody typed, without what people put between digits.
  static String typed(String code) {
    return code.replaceAll("[\\s-]", "");
  }

  /// One answer for a code that is wrong, used or ended, and for an address without an account.
  static Problem wrong() {
    return new Problem(
        ProblemCode.WRONG_CODE, "This code is wrong or has ended; have another one mailed to you");
  }

  /// A password of an address that nobody proved may have been set by somebody else.
  static Problem unproven() {
    return new Problem(
        ProblemCode.UNPROVEN_ADDRESS,
        "Nobody has proven this address yet; sign in by a code that is mailed to it");
  }

  static Problem noMail() {
    return new Problem(
        ProblemCode.NOT_FOUND,
        "This broker sends no mail; its operator names a server with BROKER_SMTP_URL");
  }

  static Problem tooMuchMail() {
    return new Problem(ProblemCode.BUSY, "Too many mails wait to be sent. Try again in a minute");
  }
}
