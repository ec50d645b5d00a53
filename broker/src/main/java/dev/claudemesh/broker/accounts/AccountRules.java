package dev.claudemesh.broker.accounts;

import dev.claudemesh.broker.kernel.AccountLimits;
import dev.claudemesh.broker.kernel.SignedIn;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.accounts.AccountRequest.Life;
import dev.claudemesh.protocol.accounts.AccountToken.Kind;
import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What holds of accounts and their tokens. Pure.
final class AccountRules {
  /// A use is written down once in so long.
  static final Duration USE = Duration.ofMinutes(5);

  private AccountRules() {}

  /// What is shown of somebody who gave no name: what stands before the @.
  static String name(Optional<String> given, String email) {
    return given
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .orElseGet(() -> email.substring(0, email.indexOf('@')));
  }

  /// The same password however a keyboard composes its characters.
  static String password(String written) {
    return Normalizer.normalize(written, Normalizer.Form.NFKC);
  }

  /// Until when a token that is issued or used now is good; empty for one that never ends.
  static Optional<Instant> end(Kind kind, Optional<Life> life, AccountLimits limits, Instant now) {
    return switch (kind) {
      case SESSION -> Optional.of(now.plus(limits.session()));
      case WEB -> Optional.of(now.plus(limits.web()));
      case PAT -> life.orElse(Life.YEAR).span().map(now::plus);
    };
  }

  /// @throws Problem `token_revoked` or `token_expired`
  static void checkGood(TokenRow token, Instant now) {
    if (token.revoked()) {
      throw new Problem(
          ProblemCode.TOKEN_REVOKED,
          "This token was revoked. Sign in again with: claudemesh login");
    }
    if (token.expiresAt().filter(end -> !now.isBefore(end)).isPresent()) {
      throw new Problem(
          ProblemCode.TOKEN_EXPIRED, "This token has ended. Sign in again with: claudemesh login");
    }
  }

  /// Whether a use is to be written down.
  static boolean tellsUse(TokenRow token, Instant now) {
    return token.lastUsedAt().filter(last -> now.isBefore(last.plus(USE))).isEmpty();
  }

  /// A script may not make itself further tokens, nor end those of its person.
  ///
  /// @throws Problem `forbidden`
  static void checkPerson(SignedIn by) {
    if (by.kind() == Kind.PAT) {
      throw new Problem(
          ProblemCode.FORBIDDEN,
          "A personal access token cannot manage its account; do it signed in (claudemesh login)");
    }
  }

  /// One answer for an unknown address and a wrong password.
  static Problem wrongPassword() {
    return new Problem(
        ProblemCode.WRONG_PASSWORD, "No account here has this address and this password");
  }
}
