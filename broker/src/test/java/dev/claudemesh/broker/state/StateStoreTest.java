package dev.claudemesh.broker.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.Team;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MembershipStore;
import dev.claudemesh.broker.kernel.MeshFixture;
import dev.claudemesh.broker.state.StateStore.Change;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.state.StateReply.Entry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StateStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final int MANY = 1_000;
  private static TestDatabase database;

  private MeshFixture mesh;
  private MeshFixture.Somebody anna;
  private StateStore store;

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
    store = new StateStore(database.database());
  }

  @Test
  void a_value_is_found_with_who_set_it_and_belongs_to_its_mesh_alone() {
    long version = store.set(change("k", "{\"a\": [1, null]}"), MANY).orElseThrow();

    Entry entry = store.find(reader(anna), "k").orElseThrow();
    assertThat(entry.value().toString()).isEqualTo("{\"a\":[1,null]}");
    assertThat(entry.updatedBy()).isEqualTo("Anna");
    assertThat(entry.updatedByPubkey()).contains(anna.key().publicKey().hex());
    assertThat(entry.updatedAt()).isEqualTo(NOW);
    assertThat(entry.version()).contains(version);
    Member other = reader(MeshFixture.create(database.database()).member("Other"));
    assertThat(store.find(other, "k")).isEmpty();
    assertThat(store.list(other, "", Optional.empty(), 10, MANY)).isEmpty();
    assertThat(store.delete(other, "k", Optional.empty())).isEmpty();
    assertThat(store.find(reader(anna), "k")).isPresent();
  }

  @Test
  void of_many_who_compare_and_set_the_same_version_one_wins() throws Exception {
    long version = store.set(change("k", "0"), MANY).orElseThrow();
    try (Database wide = Team.wide(database)) {
      StateStore racing = new StateStore(wide);
      assertThat(race(i -> racing.replace(change("k", "" + i), version))).isEqualTo(1);
      assertThat(race(i -> racing.insert(change("new", "" + i), MANY))).isEqualTo(1);
    }
  }

  @Test
  void many_who_set_a_new_key_all_succeed_with_versions_of_their_own() throws Exception {
    try (Database wide = Team.wide(database)) {
      StateStore racing = new StateStore(wide);
      assertThat(race(i -> racing.set(change("k", "" + i), MANY))).isEqualTo(20);
    }
  }

  @Test
  void a_key_that_was_removed_and_set_again_never_has_a_version_it_had_before() {
    long first = store.set(change("k", "1"), MANY).orElseThrow();
    long removal = store.delete(reader(anna), "k", Optional.of(first)).orElseThrow().version();
    long second = store.insert(change("k", "2"), MANY).orElseThrow();

    assertThat(removal).isGreaterThan(first);
    assertThat(second).isGreaterThan(removal);
    assertThat(store.replace(change("k", "3"), first)).isEmpty();
    assertThat(store.delete(reader(anna), "k", Optional.of(first))).isEmpty();
  }

  @Test
  void a_full_mesh_takes_no_new_key_but_its_old_ones_can_change() {
    store.set(change("a", "1"), 2);
    store.set(change("b", "1"), 2);

    assertThat(store.set(change("c", "1"), 2)).isEmpty();
    assertThat(store.insert(change("c", "1"), 2)).isEmpty();
    assertThat(store.set(change("a", "2"), 2)).isPresent();
  }

  @Test
  void a_list_reads_no_more_values_than_it_may_show() {
    for (int i = 0; i < 9; i++) {
      store.set(change("k" + i, "\"" + "x".repeat(98) + "\""), MANY);
    }

    assertThat(store.list(reader(anna), "", Optional.empty(), 9, 306).stream().map(Entry::key))
        .containsExactly("k0", "k1", "k2", "k3");
    assertThat(store.list(reader(anna), "", Optional.empty(), 9, 1))
        .as("one to show, and one that tells that there are more")
        .hasSize(2);
  }

  @Test
  void a_list_goes_by_key_from_where_it_ended_and_a_prefix_means_itself() {
    for (String key : List.of("b%", "b%1", "bx", "a", "B", "b_")) {
      store.set(change(key, "1"), MANY);
    }

    assertThat(keys("", Optional.empty(), 10)).containsExactly("B", "a", "b%", "b%1", "b_", "bx");
    assertThat(keys("b%", Optional.empty(), 10)).containsExactly("b%", "b%1");
    assertThat(keys("", Optional.of("b%"), 2)).containsExactly("b%1", "b_");
  }

  private List<String> keys(String prefix, Optional<String> after, int limit) {
    return store.list(reader(anna), prefix, after, limit, MANY).stream().map(Entry::key).toList();
  }

  private Change change(String key, String value) {
    return new Change(reader(anna), key, value, Optional.empty(), Optional.empty(), NOW);
  }

  private static Member reader(MeshFixture.Somebody somebody) {
    return new MembershipStore(database.database())
        .byId(somebody.meshId(), somebody.id())
        .orElseThrow()
        .member();
  }

  private interface Attempt {
    Optional<Long> at(int i);
  }

  private static long race(Attempt attempt) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Optional<Long>>> tasks =
          IntStream.range(0, 20)
              .<Callable<Optional<Long>>>mapToObj(i -> () -> attempt.at(i))
              .toList();
      long won = 0;
      for (Future<Optional<Long>> outcome : threads.invokeAll(tasks)) {
        won += outcome.get().isPresent() ? 1 : 0;
      }
      return won;
    }
  }
}
