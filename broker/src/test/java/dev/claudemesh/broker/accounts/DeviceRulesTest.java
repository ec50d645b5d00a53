package dev.claudemesh.broker.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.Refusal;
import dev.claudemesh.broker.kernel.SignedIn;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.accounts.AccountToken.Kind;
import dev.claudemesh.protocol.accounts.DeviceReply.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class DeviceRulesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  @Test
  void a_code_is_eight_letters_that_nobody_confuses() {
    RandomGenerator random = new Random(7);
    for (int i = 0; i < 1_000; i++) {
      String code = DeviceRules.userCode(random);
      assertThat(code).matches("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}");
      assertThat(DeviceRules.typed(code)).isEqualTo(code);
    }
  }

  @Test
  void a_code_may_be_typed_in_any_way() {
    for (String typed : List.of("bcdfghjk", "BCDF GHJK", " bcdf-ghjk ", "bcdf–ghjk")) {
      assertThat(DeviceRules.typed(typed)).isEqualTo("BCDF-GHJK");
    }
    assertThat(DeviceRules.typed("bcdf")).isEqualTo("bcdf");
  }

  @Test
  void it_waits_ten_minutes_for_somebody_and_a_minute_for_its_machine() {
    DeviceRow waiting = row(Optional.empty(), false);
    assertThat(DeviceRules.status(waiting, NOW.plus(Duration.ofMinutes(10)).minusMillis(1)))
        .isEqualTo(Status.PENDING);
    assertThat(DeviceRules.status(waiting, NOW.plus(Duration.ofMinutes(10))))
        .isEqualTo(Status.EXPIRED);
    DeviceRow approved = row(Optional.of(new DeviceRow.Decision("a", true, NOW)), false);
    assertThat(DeviceRules.status(approved, NOW.plusMillis(59_999))).isEqualTo(Status.APPROVED);
    assertThat(DeviceRules.status(approved, NOW.plusSeconds(60))).isEqualTo(Status.EXPIRED);
    DeviceRow claimed = row(Optional.of(new DeviceRow.Decision("a", true, NOW)), true);
    assertThat(DeviceRules.status(claimed, NOW.plusSeconds(3_600))).isEqualTo(Status.APPROVED);
    DeviceRow denied = row(Optional.of(new DeviceRow.Decision("a", false, NOW)), false);
    assertThat(DeviceRules.status(denied, NOW.plusSeconds(3_600))).isEqualTo(Status.DENIED);
  }

  @Test
  void no_token_lets_a_machine_in() {
    DeviceRules.checkDecides(new SignedIn("a", "t", Kind.WEB));
    for (Kind kind : List.of(Kind.SESSION, Kind.PAT)) {
      Refusal.expect(
          ProblemCode.FORBIDDEN, () -> DeviceRules.checkDecides(new SignedIn("a", "t", kind)));
    }
  }

  private static DeviceRow row(Optional<DeviceRow.Decision> decision, boolean claimed) {
    return new DeviceRow(
        "d",
        "BCDF-GHJK",
        "laptop",
        Optional.empty(),
        "127.0.0.1",
        NOW,
        NOW.plus(DeviceRules.LIFE),
        decision,
        claimed);
  }
}
