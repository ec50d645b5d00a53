package dev.claudemesh.broker.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.Refusal;
import dev.claudemesh.broker.kernel.AccountLimits;
import dev.claudemesh.broker.kernel.MailAddress;
import dev.claudemesh.broker.kernel.SignedIn;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.accounts.AccountRequest.Life;
import dev.claudemesh.protocol.accounts.AccountToken.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccountRulesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  @Test
  void an_address_is_the_same_however_it_is_written() {
    assertThat(MailAddress.of("  Ada@Acme.DEV ")).isEqualTo("ada@acme.dev");
    for (String bad : List.of("ada", "@acme.dev", "ada@", "a b@c.d", "a@b@c", "a<b@c.d", "a\n@b")) {
      Refusal.expect(ProblemCode.INVALID_REQUEST, () -> MailAddress.of(bad));
    }
  }

  @Test
  void who_gives_no_name_is_called_as_their_address_begins() {
    assertThat(AccountRules.name(Optional.of(" Ada "), "ada@acme.dev")).isEqualTo("Ada");
    assertThat(AccountRules.name(Optional.of(" "), "ada@acme.dev")).isEqualTo("ada");
    assertThat(AccountRules.name(Optional.empty(), "ada@acme.dev")).isEqualTo("ada");
  }

  @Test
  void a_password_is_the_same_however_a_keyboard_composes_it() {
    assertThat(AccountRules.password("contrasen\u0303a"))
        .isEqualTo(AccountRules.password("contrase\u00f1a"));
  }

  @Test
  void tokens_end_as_they_were_made_to() {
    assertThat(AccountRules.end(Kind.SESSION, Optional.empty(), AccountLimits.DEFAULTS, NOW))
        .contains(NOW.plus(Duration.ofDays(90)));
    assertThat(AccountRules.end(Kind.WEB, Optional.empty(), AccountLimits.DEFAULTS, NOW))
        .contains(NOW.plus(Duration.ofDays(7)));
    assertThat(AccountRules.end(Kind.PAT, Optional.empty(), AccountLimits.DEFAULTS, NOW))
        .contains(NOW.plus(Duration.ofDays(365)));
    assertThat(AccountRules.end(Kind.PAT, Optional.of(Life.MONTH), AccountLimits.DEFAULTS, NOW))
        .contains(NOW.plus(Duration.ofDays(30)));
    assertThat(AccountRules.end(Kind.PAT, Optional.of(Life.NEVER), AccountLimits.DEFAULTS, NOW))
        .isEmpty();
  }

  @Test
  void a_token_is_good_until_its_end_and_says_what_ended_it() {
    TokenRow token = token(Optional.of(NOW), Optional.empty(), false);
    AccountRules.checkGood(token, NOW.minusMillis(1));
    Refusal.expect(ProblemCode.TOKEN_EXPIRED, () -> AccountRules.checkGood(token, NOW));
    AccountRules.checkGood(token(Optional.empty(), Optional.empty(), false), NOW);
    Refusal.expect(
        ProblemCode.TOKEN_REVOKED,
        () -> AccountRules.checkGood(token(Optional.of(NOW), Optional.empty(), true), NOW));
  }

  @Test
  void a_use_is_written_down_once_in_five_minutes() {
    assertThat(AccountRules.tellsUse(token(Optional.empty(), Optional.empty(), false), NOW))
        .isTrue();
    TokenRow used = token(Optional.empty(), Optional.of(NOW), false);
    assertThat(AccountRules.tellsUse(used, NOW.plusSeconds(299))).isFalse();
    assertThat(AccountRules.tellsUse(used, NOW.plusSeconds(300))).isTrue();
  }

  @Test
  void a_script_does_not_manage_the_account_it_works_for() {
    AccountRules.checkPerson(new SignedIn("a", "t", Kind.SESSION));
    AccountRules.checkPerson(new SignedIn("a", "t", Kind.WEB));
    Refusal.expect(
        ProblemCode.FORBIDDEN, () -> AccountRules.checkPerson(new SignedIn("a", "t", Kind.PAT)));
  }

  private static TokenRow token(
      Optional<Instant> expiresAt, Optional<Instant> lastUsedAt, boolean revoked) {
    return new TokenRow(
        "t", "a", Kind.PAT, "ci", Optional.empty(), NOW, expiresAt, lastUsedAt, revoked);
  }
}
