package dev.claudemesh.broker.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.MeshFixture;
import dev.claudemesh.broker.streams.StreamStore.SubscriptionRow;
import dev.claudemesh.broker.streams.Subscriptions.Topic;
import dev.claudemesh.db.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static TestDatabase database;

  private MeshFixture mesh;
  private MeshFixture.Somebody anna;
  private StreamStore store;

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
    store = new StreamStore(database.database());
  }

  @Test
  void announcing_again_answers_the_first_id_and_a_full_mesh_takes_no_more() {
    Optional<String> first = create("a", 1);

    assertThat(create("a", 1)).isEqualTo(first).isPresent();
    assertThat(create("b", 1)).isEmpty();
    assertThat(create("b", 2)).isPresent();
    assertThat(store.list(mesh.id()))
        .extracting(row -> row.name() + " by " + row.createdByName())
        .containsExactly("a by Anna", "b by Anna");
  }

  @Test
  void only_its_creator_takes_a_stream_off_the_list_and_only_in_its_mesh() {
    create("a", 10);
    MeshFixture other = MeshFixture.create(database.database());

    assertThat(store.delete(mesh.id(), "a", Optional.of(mesh.member("Bert").id()))).isFalse();
    assertThat(store.delete(other.id(), "a", Optional.empty())).isFalse();
    assertThat(store.exists(mesh.id(), "a")).isTrue();
    assertThat(store.delete(mesh.id(), "a", Optional.of(anna.id()))).isTrue();
    assertThat(store.exists(mesh.id(), "a")).isFalse();
  }

  @Test
  void a_subscription_is_kept_until_its_session_was_away_for_long() {
    subscribe("old", NOW);
    subscribe("back", NOW);
    Instant later = NOW.plus(Duration.ofDays(1));
    store.touch(List.of("back"), later);

    assertThat(store.prune(NOW.plusSeconds(1)))
        .extracting(SubscriptionRow::address)
        .containsExactly("old");
    assertThat(ours()).extracting(SubscriptionRow::address).containsExactly("back");
    store.unsubscribe(new Topic(mesh.id(), "s"), "back");
    assertThat(ours()).isEmpty();
  }

  @Test
  void what_a_removed_member_listened_to_ends_and_so_does_an_archived_mesh() {
    subscribe("x", NOW);
    store.removeMember(mesh.id(), anna.id());
    assertThat(ours()).isEmpty();
    subscribe("x", NOW);
    mesh.archive(NOW);
    assertThat(ours()).isEmpty();
  }

  private List<SubscriptionRow> ours() {
    return store.subscriptions().stream()
        .filter(row -> row.topic().meshId().equals(mesh.id()))
        .toList();
  }

  private void subscribe(String address, Instant at) {
    store.subscribe(new SubscriptionRow(new Topic(mesh.id(), "s"), address, anna.id()), at);
  }

  private Optional<String> create(String name, int most) {
    return store.create(mesh.id(), name, Ids.next(), anna.id(), NOW, most);
  }
}
