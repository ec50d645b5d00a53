package dev.claudemesh.broker.accounts;

import dev.claudemesh.broker.kernel.AccountCookie;
import dev.claudemesh.broker.kernel.AccountLimits;
import dev.claudemesh.broker.kernel.HttpCall;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.SignedIn;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.accounts.AccountReply;
import dev.claudemesh.protocol.accounts.AccountToken;
import dev.claudemesh.protocol.accounts.AccountToken.Kind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Whose a call is, by the token it carries: a session or a personal access token as
/// `Authorization: Bearer`, or a browser's as the cookie of our pages.
///
/// A browser sends its cookie whoever made it call. So a cookie counts on another call than GET
/// only beside the key of our own forms, which no other page knows.
final class Credentials {
  private static final String BEARER = "Bearer ";
  private static final String FORM_KEY = "x-form-key";

  private final AccountStore store;
  private final AccountLimits limits;
  private final InstantSource clock;

  Credentials(AccountStore store, AccountLimits limits, InstantSource clock) {
    this.store = store;
    this.limits = limits;
    this.clock = clock;
  }

  /// @throws Problem `unauthorized` without a token, and else what is wrong with it
  SignedIn of(HttpCall call) {
    Optional<String> bearer =
        call.header("authorization")
            .filter(text -> text.regionMatches(true, 0, BEARER, 0, BEARER.length()))
            .map(text -> text.substring(BEARER.length()));
    if (bearer.isPresent()) {
      return of(bearer.get());
    }
    AccountToken token =
        AccountCookie.in(call)
            .map(Credentials::parsed)
            .filter(cookie -> cookie.kind() == Kind.WEB)
            .orElseThrow(() ->
                new Problem(
                    ProblemCode.UNAUTHORIZED,
                    "Sign in first (claudemesh login), or send a token as Authorization: Bearer"));
    if (!call.method().equals("GET")) {
      checkForm(call, token);
    }
    return known(token);
  }

  /// Whose a session or personal access token is.
  ///
  /// @throws Problem what is wrong with it
  SignedIn of(String text) {
    AccountToken token = parsed(text);
    if (token.kind() == Kind.WEB) {
      throw new Problem(ProblemCode.TOKEN_UNKNOWN, "A browser's token works as a cookie alone");
    }
    return known(token);
  }

  private static AccountToken parsed(String text) {
    return AccountToken.of(text)
        .orElseThrow(() ->
            new Problem(
                ProblemCode.TOKEN_MALFORMED,
                "That is no token of an account; copy the whole of it, cm_session_… or cm_pat_…"));
  }

  private static void checkForm(HttpCall call, AccountToken token) {
    byte[] sent = call.header(FORM_KEY).orElse("").getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(sent, token.formKey().getBytes(StandardCharsets.UTF_8))) {
      throw new Problem(
          ProblemCode.FORBIDDEN, "This form is not ours or is out of date; load its page again");
    }
  }

  private SignedIn known(AccountToken token) {
    Instant now = clock.instant();
    TokenRow row = store.find(token).orElseThrow(Credentials::unknown);
    AccountRules.checkGood(row, now);
    if (AccountRules.tellsUse(row, now)) {
      store.used(
          row.id(),
          now,
          row.kind() == Kind.PAT
              ? row.expiresAt()
              : AccountRules.end(row.kind(), Optional.empty(), limits, now));
    }
    return new SignedIn(row.accountId(), row.id(), row.kind());
  }

  static Problem unknown() {
    return new Problem(
        ProblemCode.TOKEN_UNKNOWN,
        "This broker does not know the token; is it of another broker? Sign in with: claudemesh"
            + " login");
  }

  /// A token that nobody used yet.
  static TokenRow fresh(
      String accountId, Kind kind, String name, Optional<Instant> expiresAt, Instant now) {
    return new TokenRow(
        Ids.next(),
        accountId,
        kind,
        name,
        Optional.empty(),
        now,
        expiresAt,
        Optional.empty(),
        false);
  }

  static AccountReply.Token shown(TokenRow token, SignedIn self) {
    return new AccountReply.Token(
        token.id(),
        token.kind().wireName(),
        token.name(),
        token.device(),
        token.createdAt(),
        token.expiresAt(),
        token.lastUsedAt(),
        token.id().equals(self.tokenId()));
  }
}
