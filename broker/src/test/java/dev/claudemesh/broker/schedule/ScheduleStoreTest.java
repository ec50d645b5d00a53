package dev.claudemesh.broker.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.Team;
import dev.claudemesh.broker.kernel.MeshFixture;
import dev.claudemesh.broker.schedule.ScheduleRules.Turn;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScheduleStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Turn LAST = new Turn(true, 0, Optional.empty());
  private static final int MANY = 1_000;
  private static final int PLENTY = 1_000_000;
  private static TestDatabase database;

  private MeshFixture mesh;
  private MeshFixture.Somebody anna;
  private ScheduleStore store;

  @BeforeAll
  static void createDatabase() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void dropDatabase() {
    database.close();
  }

  @BeforeEach
  void aMesh() {
    mesh = MeshFixture.create(database.database());
    anna = mesh.member("Anna");
    store = new ScheduleStore(database.database());
  }

  @AfterEach
  void nothingIsDueForOtherTests() {
    mesh.database().dsl().query("delete from mesh.scheduled_message").execute();
  }

  @Test
  void what_is_stored_is_what_is_claimed_and_listed() {
    ScheduledMessage message = insert(message(anna, NOW, Optional.of("0 * * * *")));

    assertThat(listed(anna)).containsExactly(message);
    assertThat(claim(NOW)).containsExactly(message);
    MeshFixture.Somebody bert = mesh.member("Bert");
    assertThat(listed(bert)).isEmpty();
    assertThat(
            store.ofMember(
                MeshFixture.create(database.database()).id(), anna.id(), Optional.empty(), PLENTY))
        .isEmpty();
  }

  @Test
  void only_what_is_due_is_claimed_and_for_a_while_by_one_alone() {
    ScheduledMessage due = insert(message(anna, NOW, Optional.empty()));
    ScheduledMessage later = insert(message(anna, NOW.plusSeconds(60), Optional.empty()));

    assertThat(store.claim(NOW, NOW.plusSeconds(30), 10)).containsExactly(due);
    assertThat(store.claim(NOW.plusSeconds(29), NOW.plusSeconds(59), 10)).isEmpty();
    assertThat(store.nextDue(NOW)).contains(later.nextAt());
    assertThat(store.claim(NOW.plusSeconds(30), NOW.plusSeconds(60), 10))
        .as("who claimed it first is gone")
        .containsExactly(due);
  }

  @Test
  void of_many_brokers_one_claims_a_message_and_one_finishes_it() throws Exception {
    ScheduledMessage due = insert(message(anna, NOW, Optional.of("0 * * * *")));
    Turn turn = new Turn(true, 0, Optional.of(NOW.plusSeconds(3_600)));
    try (Database wide = Team.wide(database)) {
      ScheduleStore racing = new ScheduleStore(wide);
      assertThat(race(() -> !racing.claim(NOW, NOW.plusSeconds(30), 10).isEmpty())).isEqualTo(1);
      assertThat(race(() -> racing.done(due, turn, Optional.empty(), NOW))).isEqualTo(1);
    }
    assertThat(listed(anna).getFirst().fired()).isEqualTo(1);
  }

  @Test
  void what_was_sent_goes_on_to_its_next_time_or_ends() {
    ScheduledMessage again = insert(message(anna, NOW, Optional.of("0 * * * *")));
    ScheduledMessage once = insert(message(anna, NOW, Optional.empty()));
    claim(NOW);
    Instant next = NOW.plusSeconds(3_600);
    store.done(again, new Turn(true, 2, Optional.of(next)), Optional.empty(), NOW);
    store.done(once, LAST, Optional.empty(), NOW);

    ScheduledMessage left = listed(anna).getFirst();
    assertThat(listed(anna)).hasSize(1);
    assertThat(left.nextAt()).isEqualTo(next);
    assertThat(left.fired()).isEqualTo(1);
    assertThat(left.missed()).isEqualTo(2);
    assertThat(left.lastFiredAt()).contains(NOW);
    assertThat(claim(next)).hasSize(1);
  }

  @Test
  void what_can_never_be_sent_stays_in_the_list_with_the_reason_until_it_is_forgotten() {
    ScheduledMessage once = insert(message(anna, NOW, Optional.empty()));
    store.done(once, LAST, Optional.of("unknown_target"), NOW);

    ScheduledMessage ended = listed(anna).getFirst();
    assertThat(ended.ended()).isTrue();
    assertThat(ended.problem()).contains("unknown_target");
    assertThat(ended.fired()).isZero();
    assertThat(claim(NOW.plus(Duration.ofDays(1)))).isEmpty();
    store.prune(NOW.plusSeconds(1), NOW);
    assertThat(listed(anna)).hasSize(1);
    store.prune(NOW.plusSeconds(1), NOW.plusMillis(1));
    assertThat(listed(anna)).isEmpty();
  }

  @Test
  void of_what_was_sent_the_text_goes_and_its_request_is_known_for_a_while() {
    ScheduledMessage once = insert(asked(anna, "request-1"));
    store.done(once, LAST, Optional.empty(), NOW);

    ScheduledMessage before = insert(once);
    assertThat(before.id()).isEqualTo(once.id());
    assertThat(before.send().ciphertext()).isEmpty();
    assertThat(before.ownCopy()).isEmpty();
    store.prune(NOW.plusMillis(1), NOW);
    assertThat(insert(once)).isEqualTo(once);
  }

  @Test
  void a_list_is_read_no_further_than_it_is_wanted_and_goes_on_behind_what_is_gone() {
    List<ScheduledMessage> five =
        IntStream.range(0, 5)
            .mapToObj(i -> insert(message(anna, NOW.plusSeconds(i), Optional.empty())))
            .toList();
    Optional<ScheduleRules.Place> second = Optional.of(ScheduleRules.Place.of(five.get(1)));
    assertThat(store.cancel(mesh.id(), anna.id(), five.get(1).id(), NOW)).isTrue();

    assertThat(store.ofMember(mesh.id(), anna.id(), Optional.empty(), 1))
        .containsExactly(five.get(0), five.get(2));
    assertThat(store.ofMember(mesh.id(), anna.id(), second, PLENTY))
        .containsExactlyElementsOf(five.subList(2, 5));
  }

  @Test
  void what_is_just_being_sent_cannot_be_cancelled() {
    ScheduledMessage message = insert(message(anna, NOW, Optional.empty()));
    store.claim(NOW, NOW.plusSeconds(30), 10);

    assertThat(store.cancel(mesh.id(), anna.id(), message.id(), NOW.plusSeconds(29))).isFalse();
    assertThat(store.beingSent(mesh.id(), anna.id(), message.id(), NOW.plusSeconds(29))).isTrue();
    assertThat(store.beingSent(mesh.id(), mesh.member("Bert").id(), message.id(), NOW)).isFalse();
    assertThat(store.beingSent(mesh.id(), anna.id(), message.id(), NOW.plusSeconds(30))).isFalse();
    assertThat(store.cancel(mesh.id(), anna.id(), message.id(), NOW.plusSeconds(30))).isTrue();
  }

  private List<ScheduledMessage> listed(MeshFixture.Somebody whose) {
    return store.ofMember(mesh.id(), whose.id(), Optional.empty(), PLENTY);
  }

  @Test
  void only_its_owner_cancels_a_message_and_only_while_it_waits() {
    ScheduledMessage message = insert(message(anna, NOW, Optional.empty()));
    MeshFixture.Somebody bert = mesh.member("Bert");
    String other = MeshFixture.create(database.database()).id();

    assertThat(store.cancel(mesh.id(), bert.id(), message.id(), NOW)).isFalse();
    assertThat(store.cancel(other, anna.id(), message.id(), NOW)).isFalse();
    assertThat(store.cancel(mesh.id(), anna.id(), message.id(), NOW)).isTrue();
    assertThat(store.cancel(mesh.id(), anna.id(), message.id(), NOW)).isFalse();
    assertThat(claim(NOW)).isEmpty();
    assertThat(listed(anna)).isEmpty();
    assertThat(store.done(message, LAST, Optional.empty(), NOW)).isFalse();
  }

  @Test
  void what_could_not_be_dealt_with_is_left_alone_for_a_moment() {
    ScheduledMessage message = insert(message(anna, NOW, Optional.empty()));
    claim(NOW);
    store.release(message, NOW.plusSeconds(5));

    assertThat(claim(NOW.plusSeconds(4))).isEmpty();
    assertThat(claim(NOW.plusSeconds(5))).hasSize(1);
  }

  @Test
  void a_request_that_is_repeated_makes_one_message_even_after_that_was_sent() throws Exception {
    try (Database wide = Team.wide(database)) {
      ScheduleStore racing = new ScheduleStore(wide);
      List<String> ids =
          all(() -> racing.insert(asked(anna, "request"), MANY, MANY).orElseThrow().id());
      assertThat(ids.stream().distinct()).hasSize(1);
    }
    ScheduledMessage first = listed(anna).getFirst();
    store.done(first, LAST, Optional.empty(), NOW);
    assertThat(store.insert(asked(anna, "request"), MANY, MANY).orElseThrow().id())
        .isEqualTo(first.id());
    assertThat(store.insert(asked(mesh.member("Bert"), "request"), MANY, MANY).orElseThrow().id())
        .isNotEqualTo(first.id());
  }

  @Test
  void a_member_and_a_mesh_have_only_so_many_messages_waiting() {
    ScheduledMessage first = insert(message(anna, NOW, Optional.empty()));
    insert(message(anna, NOW, Optional.empty()));
    ScheduledMessage more = message(anna, NOW, Optional.empty());
    ScheduledMessage others = message(mesh.member("Bert"), NOW, Optional.empty());

    assertThat(store.insert(more, 2, MANY)).isEmpty();
    assertThat(store.insert(others, 2, 2)).isEmpty();
    assertThat(store.insert(others, 2, 3)).isPresent();
    store.cancel(mesh.id(), anna.id(), first.id(), NOW);
    assertThat(store.insert(more, 2, 3)).isPresent();
  }

  private ScheduledMessage insert(ScheduledMessage message) {
    return store.insert(message, MANY, MANY).orElseThrow();
  }

  private List<ScheduledMessage> claim(Instant at) {
    return store.claim(at, at.plusSeconds(30), 10);
  }

  private ScheduledMessage message(MeshFixture.Somebody of, Instant due, Optional<String> cron) {
    return message(of, due, cron, Optional.empty());
  }

  private ScheduledMessage asked(MeshFixture.Somebody of, String request) {
    return message(of, NOW, Optional.empty(), Optional.of(request));
  }

  private ScheduledMessage message(
      MeshFixture.Somebody of, Instant due, Optional<String> cron, Optional<String> request) {
    return new ScheduledMessage(
        UUID.randomUUID().toString(),
        mesh.id(),
        of.id(),
        of.key().publicKey(),
        ScheduleRules.send(
            "@backend", Priority.LOW, Optional.of(Encryption.GROUP), Optional.of(3), "AA", "BB"),
        Optional.of("CC"),
        cron,
        "Europe/Madrid",
        request,
        NOW.minusSeconds(60),
        due,
        0,
        Optional.empty(),
        0,
        Optional.empty(),
        false);
  }

  private static long race(Callable<Boolean> attempt) throws Exception {
    return all(attempt).stream().filter(won -> won).count();
  }

  private static <T> List<T> all(Callable<T> attempt) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<T>> twenty = IntStream.range(0, 20).mapToObj(i -> attempt).toList();
      return threads.invokeAll(twenty).stream().map(ScheduleStoreTest::got).toList();
    }
  }

  private static <T> T got(Future<T> future) {
    return future.resultNow();
  }
}
