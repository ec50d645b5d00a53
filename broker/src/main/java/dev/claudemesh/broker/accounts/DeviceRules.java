package dev.claudemesh.broker.accounts;

import dev.claudemesh.broker.kernel.SignedIn;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.accounts.AccountToken.Kind;
import dev.claudemesh.protocol.accounts.DeviceReply.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What becomes of a command line that waits to be signed in. Pure.
final class DeviceRules {
  /// How long a code can be approved.
  static final Duration LIFE = Duration.ofMinutes(10);

  /// How long the token waits for its command line after that.
  static final Duration TO_CLAIM = Duration.ofSeconds(60);

  /// The least time between two questions.
  static final Duration BETWEEN = Duration.ofSeconds(1);

  /// How long an ended one is remembered.
  static final Duration KEPT = Duration.ofDays(7);

  /// Without vowels, so that no code is a word, and without letters that look like others.
  private static final String LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

  private static final int HALF = 4;

  private DeviceRules() {}

  /// A code for a person, such as `BCDF-GHJK`.
  static String userCode(RandomGenerator random) {
    StringBuilder code = new StringBuilder();
    for (int i = 0; i < 2 * HALF; i++) {
      if (i == HALF) {
        code.append('-');
      }
      code.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return code.toString();
  }

  /// A code as a person typed it, as it was shown.
  static String typed(String code) {
    String letters = code.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "");
    return letters.length() == 2 * HALF
        ? letters.substring(0, HALF) + "-" + letters.substring(HALF)
        : code;
  }

  static Optional<String> device(Optional<String> system, Optional<String> processor) {
    String device =
        Stream.of(system, processor).flatMap(Optional::stream).collect(Collectors.joining(" "));
    return Optional.of(device).filter(text -> !text.isBlank());
  }

  static Status status(DeviceRow row, Instant now) {
    if (row.decision().isEmpty()) {
      return now.isBefore(row.expiresAt()) ? Status.PENDING : Status.EXPIRED;
    }
    if (!row.decision().get().approved()) {
      return Status.DENIED;
    }
    return row.claimed() || now.isBefore(row.decision().get().at().plus(TO_CLAIM))
        ? Status.APPROVED
        : Status.EXPIRED;
  }

  /// Only a person who sees what asks may let it in: no token decides.
  ///
  /// @throws Problem `forbidden`
  static void checkDecides(SignedIn by) {
    if (by.kind() != Kind.WEB) {
      throw new Problem(
          ProblemCode.FORBIDDEN, "A machine is approved in a browser, on the page /cli-auth");
    }
  }

  /// Why nothing was decided of a code.
  static Problem undecidable(Optional<DeviceRow> row, Instant now) {
    if (row.isEmpty()) {
      return unknown();
    }
    return status(row.get(), now) == Status.EXPIRED
        ? new Problem(
            ProblemCode.CODE_EXPIRED, "This code has ended; start again with: claudemesh login")
        : new Problem(ProblemCode.EXISTS, "This code was approved or denied already");
  }

  static Problem unknown() {
    return new Problem(
        ProblemCode.NOT_FOUND, "There is no such code; copy it as your terminal shows it");
  }
}
