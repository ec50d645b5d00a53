package dev.claudemesh.broker.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.db.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CodeStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Instant END = NOW.plus(CodeRules.LIFE);

  private static TestDatabase database;
  private static CodeStore store;

  @BeforeAll
  static void create() {
    database = TestDatabase.create();
    store = new CodeStore(database.database());
  }

  @AfterAll
  static void drop() {
    database.close();
  }

  private static String address() {
    return Ids.next().toLowerCase(Locale.ROOT) + "@acme.dev";
  }

  @Test
  void a_code_is_good_until_its_end_and_replaced_by_the_next_one() {
    String ana = address();
    store.put(ana, "first", NOW, END);
    assertThat(store.tried(ana, NOW)).contains("first");
    assertThat(store.tried(ana, END)).isEmpty();
    assertThat(store.tried(address(), NOW)).isEmpty();
    store.put(ana, "second", NOW.plusSeconds(1), END.plusSeconds(1));
    assertThat(store.tried(ana, END)).contains("second");
    assertThat(store.used(ana, "first", NOW)).isFalse();
  }

  @Test
  void five_tries_are_all_there_are_however_many_come_at_once() {
    String ana = address();
    store.put(ana, "hash", NOW, END);
    List<Optional<String>> tries =
        IntStream.range(0, 20).parallel().mapToObj(i -> store.tried(ana, NOW)).toList();
    assertThat(tries.stream().filter(Optional::isPresent)).hasSize(5);
    store.put(ana, "next", NOW, END);
    assertThat(store.tried(ana, NOW)).contains("next");
  }

  @Test
  void a_code_is_used_once_however_many_use_it_at_once() {
    String ana = address();
    store.put(ana, "hash", NOW, END);
    List<Boolean> uses =
        IntStream.range(0, 10).parallel().mapToObj(i -> store.used(ana, "hash", NOW)).toList();
    assertThat(uses.stream().filter(used -> used)).hasSize(1);
    assertThat(store.tried(ana, NOW)).isEmpty();
  }

  @Test
  void ended_codes_are_removed_and_others_stay() {
    String old = address();
    String fresh = address();
    store.put(old, "old", NOW.minus(Duration.ofDays(1)), NOW.minus(Duration.ofHours(2)));
    store.put(fresh, "fresh", NOW, END);
    store.prune(NOW.minus(CodeRules.KEPT));
    assertThat(
            database
                .database()
                .dsl()
                .fetchCount(
                    database
                        .database()
                        .dsl()
                        .selectOne()
                        .from("mesh.account_code")
                        .where("email = ?", old)))
        .isZero();
    assertThat(store.tried(fresh, NOW)).contains("fresh");
  }
}
