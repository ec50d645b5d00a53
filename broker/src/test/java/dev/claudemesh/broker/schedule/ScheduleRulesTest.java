package dev.claudemesh.broker.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.broker.schedule.ScheduleRules.Turn;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Seeds;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import dev.claudemesh.protocol.messaging.Priority;
import dev.claudemesh.protocol.schedule.ScheduleRequest.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ScheduleRulesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:30Z");
  private static final PublicKey SESSION = Keys.generate().publicKey();
  private static final Member ADA =
      new Member(
          Ids.next(),
          Ids.next(),
          "mesh",
          Keys.generate().publicKey(),
          "Ada",
          false,
          false,
          Permissions.MEMBER);

  @Test
  void a_body_is_either_encrypted_or_in_clear() {
    Send clear = ScheduleRules.message(request("hello", Optional.empty(), Optional.empty()));
    assertThat(clear.nonce()).isEmpty();
    assertThat(new String(Base64.getDecoder().decode(clear.ciphertext()))).isEqualTo("hello");
    assertThat(clear.priority()).isEqualTo(Priority.NOW);

    Send closed = ScheduleRules.message(request("", Optional.of("AAAA"), Optional.empty()));
    assertThat(closed.ciphertext()).isEqualTo("AAAA");
    assertThat(closed.enc()).contains(Encryption.BOX);

    refused(
        ProblemCode.INVALID,
        () -> ScheduleRules.message(request("", Optional.empty(), Optional.empty())));
    refused(
        ProblemCode.INVALID,
        () -> ScheduleRules.message(request("hello", Optional.of("AAAA"), Optional.empty())));
  }

  @Test
  void it_is_sent_from_a_key_of_the_caller_and_from_no_other() {
    Schedule unsaid = request("", Optional.of("AAAA"), Optional.empty());
    Schedule member = request("", Optional.of("AAAA"), Optional.of(ADA.key().hex()));
    Schedule other =
        request("", Optional.of("AAAA"), Optional.of(Keys.generate().publicKey().hex()));

    assertThat(ScheduleRules.sender(unsaid, ADA, SESSION)).isEqualTo(SESSION);
    assertThat(ScheduleRules.sender(member, ADA, SESSION)).isEqualTo(ADA.key());
    refused(ProblemCode.INVALID, () -> ScheduleRules.sender(other, ADA, SESSION));
  }

  @Test
  void the_first_time_is_what_was_asked_for_or_now_if_that_is_past() {
    assertThat(first(NOW.plusSeconds(5))).isEqualTo(NOW.plusSeconds(5));
    assertThat(first(NOW.minusSeconds(5))).isEqualTo(NOW);
    assertThat(first(NOW.plus(ScheduleRules.HORIZON))).isNotNull();
    refused(
        ProblemCode.INVALID, () -> first(NOW.plus(ScheduleRules.HORIZON).plus(Duration.ofDays(1))));
    refused(
        ProblemCode.INVALID,
        () -> ScheduleRules.first(when(Optional.empty(), Optional.empty(), Optional.empty()), NOW));
  }

  @Test
  void a_repeated_message_goes_by_its_time_zone_and_by_utc_without_one() {
    assertThat(
            ScheduleRules.first(
                when(Optional.empty(), Optional.of("0 9 * * *"), Optional.of("Europe/Madrid")),
                NOW))
        .isEqualTo("2026-11-22T08:00:00Z");
    assertThat(
            ScheduleRules.first(
                when(Optional.empty(), Optional.of("0 9 * * *"), Optional.empty()), NOW))
        .isEqualTo("2026-11-22T09:00:00Z");
  }

  @Test
  void a_single_message_is_sent_however_late_and_ends() {
    ScheduledMessage once = scheduled(Optional.empty(), NOW.minus(Duration.ofDays(30)));
    assertThat(ScheduleRules.turn(once, NOW)).isEqualTo(new Turn(true, 0, Optional.empty()));
  }

  @Test
  void a_repeated_message_is_sent_in_time_or_a_little_late_and_goes_on() {
    Instant due = Instant.parse("2026-11-21T10:00:00Z");
    ScheduledMessage hourly = scheduled(Optional.of("0 * * * *"), due);
    Optional<Instant> next = Optional.of(Instant.parse("2026-11-21T11:00:00Z"));

    assertThat(ScheduleRules.turn(hourly, due)).isEqualTo(new Turn(true, 0, next));
    assertThat(ScheduleRules.turn(hourly, due.plus(ScheduleRules.LATE)))
        .isEqualTo(new Turn(true, 0, next));
    assertThat(ScheduleRules.turn(hourly, due.plus(ScheduleRules.LATE).plusMillis(1)))
        .isEqualTo(new Turn(false, 1, next));
  }

  @Test
  void runs_that_nobody_was_there_for_are_counted_and_not_made_up_for() {
    ScheduledMessage hourly =
        scheduled(Optional.of("0 * * * *"), Instant.parse("2026-11-21T06:00:00Z"));
    assertThat(ScheduleRules.turn(hourly, NOW))
        .isEqualTo(new Turn(false, 5, Optional.of(Instant.parse("2026-11-21T11:00:00Z"))));

    ScheduledMessage often =
        scheduled(Optional.of("* * * * *"), Instant.parse("2026-11-21T09:59:00Z"));
    assertThat(ScheduleRules.turn(often, NOW))
        .as("one is sent, the one behind it given up")
        .isEqualTo(new Turn(true, 1, Optional.of(Instant.parse("2026-11-21T10:01:00Z"))));

    ScheduledMessage old =
        scheduled(Optional.of("* * * * *"), Instant.parse("2020-01-01T00:00:00Z"));
    assertThat(ScheduleRules.turn(old, NOW).missed()).isEqualTo(ScheduleRules.MOST_MISSED + 1);
  }

  @Test
  void whenever_brokers_look_every_run_is_sent_or_missed_exactly_once() {
    RandomGenerator random = Seeds.random();
    for (int round = 0; round < 200; round++) {
      Cron cron = Cron.parse("*/7 * * * *", "UTC");
      Instant now = NOW;
      ScheduledMessage message = scheduled(Optional.of("*/7 * * * *"), cron.next(now));
      int told = 0;
      for (int look = 0; look < 50; look++) {
        now = now.plusSeconds(random.nextInt(random.nextBoolean() ? 60 : 3_000));
        while (!message.nextAt().isAfter(now)) {
          Turn turn = ScheduleRules.turn(message, now);
          told += turn.missed() + (turn.send() ? 1 : 0);
          message = scheduled(message.cron(), turn.next().orElseThrow());
        }
      }
      assertThat(told).isEqualTo(cron.runs(NOW, now, 1_000_000));
    }
  }

  @Test
  void each_time_of_a_message_has_an_id_of_its_own_in_the_queue() {
    ScheduledMessage first = scheduled(Optional.empty(), NOW);
    ScheduledMessage later = scheduled(Optional.empty(), NOW.plusSeconds(60));
    assertThat(ScheduleRules.atItsTime(first).clientMessageId())
        .isEqualTo(ScheduleRules.atItsTime(first).clientMessageId())
        .isNotEqualTo(ScheduleRules.atItsTime(later).clientMessageId());
  }

  @Test
  void a_list_is_cut_where_it_would_get_too_long_but_never_before_its_first_entry() {
    List<ScheduledMessage> ten =
        IntStream.range(0, 10).mapToObj(i -> scheduled(Optional.empty(), NOW)).toList();
    assertThat(ScheduleRules.fitting(ten, 1_000_000)).hasSize(10);
    assertThat(ScheduleRules.fitting(ten, 3 * 600)).hasSize(3);
    assertThat(ScheduleRules.fitting(ten, 1)).hasSize(1);
  }

  @Test
  void a_list_goes_on_where_it_ended_and_only_there() {
    ScheduleRules.Place place = ScheduleRules.Place.of(scheduled(Optional.empty(), NOW));
    assertThat(ScheduleRules.Place.parse(place.toString())).isEqualTo(place);
    for (String wrong : List.of("", "x_y", "17", place.id())) {
      assertThatThrownBy(() -> ScheduleRules.Place.parse(wrong))
          .isInstanceOf(Problem.class)
          .hasMessageContaining("next");
    }
  }

  private static Instant first(Instant due) {
    return ScheduleRules.first(
        when(Optional.of(due.toEpochMilli()), Optional.empty(), Optional.empty()), NOW);
  }

  static ScheduledMessage scheduled(Optional<String> cron, Instant due) {
    return new ScheduledMessage(
        "1b4e28ba-2fa1-4d2b-883f-0016d3cca427",
        ADA.meshId(),
        ADA.id(),
        ADA.key(),
        ScheduleRules.send(
            "*", Priority.NEXT, Optional.of(Encryption.GROUP), Optional.of(1), "AAAA", "AAAA"),
        Optional.of("AAAA"),
        cron,
        "UTC",
        Optional.empty(),
        NOW,
        due,
        0,
        Optional.empty(),
        0,
        Optional.empty(),
        false);
  }

  private static Schedule request(
      String message, Optional<String> ciphertext, Optional<String> sender) {
    return new Schedule(
        "*",
        message,
        Optional.of(1L),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        ciphertext.map(closed -> Encryption.BOX),
        Optional.empty(),
        ciphertext,
        ciphertext,
        sender,
        Optional.empty(),
        Optional.empty());
  }

  private static Schedule when(
      Optional<Long> deliverAt, Optional<String> cron, Optional<String> timezone) {
    return new Schedule(
        "*",
        "hello",
        deliverAt,
        Optional.empty(),
        cron,
        Optional.empty(),
        timezone,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static void refused(ProblemCode code, ThrowingCallable what) {
    assertThatThrownBy(what)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(code));
  }
}
