package dev.claudemesh.broker.accounts;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.MailAddress;
import dev.claudemesh.broker.kernel.MailLimits;
import dev.claudemesh.broker.kernel.RateBuckets;
import dev.claudemesh.broker.mail.Letters;
import dev.claudemesh.broker.mail.Mailer;
import dev.claudemesh.protocol.meshes.MeshReply;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Mails codes, and takes each of them once. Whatever an address is, the same is done for it: a
/// hash is made, a row is written, and only the mail is not sent where there is no account.
final class Codes {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final AccountStore accounts;
  private final CodeStore store;
  private final PasswordHasher hasher;
  private final Mailer mailer;
  private final InstantSource clock;
  private final RateBuckets<String> mails;

  Codes(
      AccountStore accounts,
      CodeStore store,
      PasswordHasher hasher,
      Mailer mailer,
      MailLimits limits,
      int remembered,
      InstantSource clock) {
    this.accounts = accounts;
    this.store = store;
    this.hasher = hasher;
    this.mailer = mailer;
    this.clock = clock;
    this.mails = new RateBuckets<>(limits.perMinute(), limits.burst(), remembered, clock);
  }

  MeshReply.Ok send(String written, Caller caller) {
    requireMail();
    String email = MailAddress.of(written);
    mails.take(email, "Too many codes for this address");
    if (mailer.isFull()) {
      throw CodeRules.tooMuchMail();
    }
    String code = CodeRules.code(RANDOM);
    String hash = hasher.hash(code);
    Instant now = clock.instant();
    Instant end = now.plus(CodeRules.LIFE);
    store.put(email, hash, now, end);
    if (accounts.byEmail(email).isPresent()) {
      mailer.offer(Letters.code(email, code, caller.publicUrl().toString(), end));
    }
    return new MeshReply.Ok(true);
  }

  /// Whose mailbox a code proves; it is used up.
  ///
  /// @throws dev.claudemesh.protocol.Problem `wrong_code`
  AccountRow proven(String email, String typed) {
    requireMail();
    String code = CodeRules.typed(typed);
    Instant now = clock.instant();
    Optional<String> hash = store.tried(email, now);
    if (hash.isEmpty()) {
      hasher.matchNobody(code);
      throw CodeRules.wrong();
    }
    if (!hasher.matches(hash.get(), code) || !store.used(email, hash.get(), now)) {
      throw CodeRules.wrong();
    }
    return accounts.byEmail(email).orElseThrow(CodeRules::wrong);
  }

  /// Whether a password counts only after the address was proven.
  boolean needed() {
    return mailer.sends();
  }

  private void requireMail() {
    if (!mailer.sends()) {
      throw CodeRules.noMail();
    }
  }

  void prune(Instant now) {
    store.prune(now.minus(CodeRules.KEPT));
  }
}
