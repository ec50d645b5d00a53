package dev.claudemesh.broker.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.accounts.AccountStore.Trace;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.accounts.AccountToken.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DeviceStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Trace ISSUED = new Trace("issued", "127.0.0.1");
  private static final Random RANDOM = new Random();

  private static TestDatabase database;
  private static AccountStore accounts;
  private static DeviceStore store;
  private static AccountRow ada;

  @BeforeAll
  static void open() {
    database = TestDatabase.create();
    accounts = new AccountStore(database.database());
    store = new DeviceStore(database.database());
    ada = new AccountRow(Ids.next(), "ada@acme.dev", "Ada", "hash", NOW, false);
    accounts.insert(ada, 10);
  }

  @AfterAll
  static void drop() {
    database.close();
  }

  @Test
  void a_code_is_given_to_one_machine_and_not_more_wait_than_may() {
    DeviceRow row = begin("h1");
    assertThat(store.byUserCode(row.userCode())).contains(row);
    assertThat(store.byDevice("h1")).contains(row);
    DeviceRow same = row(row.userCode());
    assertThat(store.insert(same, "h2", 1_000)).isFalse();
    assertThat(store.insert(row("ZZZZ-ZZZZ"), "h3", 1)).isFalse();
  }

  @Test
  void who_asks_again_within_a_second_is_told_so() {
    begin("fast");
    assertThat(store.ask("fast", NOW)).isTrue();
    assertThat(store.ask("fast", NOW.plusMillis(999))).isFalse();
    assertThat(store.ask("fast", NOW.plusMillis(1_000))).isTrue();
    assertThat(store.ask("fast", NOW.minusSeconds(60))).as("a clock that was set back").isTrue();
  }

  @Test
  void the_first_decision_counts_and_none_after_the_end() {
    DeviceRow row = begin("decide");
    assertThat(store.decide(row.id(), by(false, NOW), "here")).isTrue();
    assertThat(store.decide(row.id(), by(true, NOW), "here")).isFalse();
    assertThat(store.byId(row.id()).orElseThrow().decision()).contains(by(false, NOW));
    assertThat(claim("decide", NOW)).isFalse();
    DeviceRow late = begin("late");
    assertThat(store.decide(late.id(), by(true, late.expiresAt()), "here")).isFalse();
    assertThat(store.byId(late.id()).orElseThrow().decision()).isEmpty();
  }

  @Test
  void of_many_who_ask_at_once_one_gets_the_token() throws Exception {
    DeviceRow row = begin("race");
    assertThat(claim("race", NOW)).as("before it was approved").isFalse();
    store.decide(row.id(), by(true, NOW), "here");
    int before = accounts.good(ada.id(), Kind.SESSION, NOW, 100).size();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<Boolean>> claims =
          IntStream.range(0, 8).<Callable<Boolean>>mapToObj(i -> () -> claim("race", NOW)).toList();
      assertThat(threads.invokeAll(claims).stream().filter(claimed -> claimed.resultNow()))
          .hasSize(1);
    }
    assertThat(accounts.good(ada.id(), Kind.SESSION, NOW, 100)).hasSize(before + 1);
    assertThat(store.byId(row.id()).orElseThrow().claimed()).isTrue();
  }

  @Test
  void a_token_that_nobody_fetched_for_a_minute_is_never_made() {
    DeviceRow row = begin("slow");
    store.decide(row.id(), by(true, NOW), "here");
    assertThat(claim("slow", NOW.plusSeconds(60))).isFalse();
    assertThat(claim("slow", NOW.plusMillis(59_999))).isTrue();
  }

  @Test
  void what_ended_long_ago_is_removed() {
    DeviceRow row = begin("old");
    store.prune(row.expiresAt());
    assertThat(store.byId(row.id())).isPresent();
    store.prune(row.expiresAt().plusMillis(1));
    assertThat(store.byId(row.id())).isEmpty();
  }

  private static boolean claim(String hash, Instant now) {
    TokenRow session =
        new TokenRow(
            Ids.next(),
            ada.id(),
            Kind.SESSION,
            "laptop",
            Optional.empty(),
            now,
            Optional.of(now.plus(Duration.ofDays(90))),
            Optional.empty(),
            false);
    return store.claim(hash, session, "t" + session.id(), 100, ISSUED);
  }

  private static DeviceRow.Decision by(boolean approved, Instant at) {
    return new DeviceRow.Decision(ada.id(), approved, at);
  }

  private static DeviceRow begin(String hash) {
    DeviceRow row = row(DeviceRules.userCode(RANDOM));
    assertThat(store.insert(row, hash, 1_000)).isTrue();
    return row;
  }

  private static DeviceRow row(String userCode) {
    return new DeviceRow(
        Ids.next(),
        userCode,
        "laptop",
        Optional.of("linux x64"),
        "127.0.0.1",
        NOW,
        NOW.plus(DeviceRules.LIFE),
        Optional.empty(),
        false);
  }
}
