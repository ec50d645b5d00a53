package dev.claudemesh.broker.clock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.MeshFixture;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.kernel.RecordingConnection;
import dev.claudemesh.db.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClockStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static TestDatabase database;

  private MeshFixture mesh;
  private MeshFixture.Somebody anna;
  private ClockStore store;
  private ClockRow clock;

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
    store = new ClockStore(database.database());
    clock = ClockRules.started(mesh.id(), 12.5, anna.id(), "Anna", NOW);
  }

  @Test
  void a_mesh_has_one_clock_which_is_found_as_it_was_stored() {
    assertThat(store.find(mesh.id())).isEmpty();
    assertThat(store.insert(clock)).isTrue();
    assertThat(store.insert(clock)).isFalse();
    assertThat(store.find(mesh.id())).contains(clock);
    String other = MeshFixture.create(database.database()).id();
    assertThat(store.find(List.of(other, mesh.id()))).containsExactly(clock);
    assertThat(store.find(List.of())).isEmpty();
  }

  @Test
  void of_two_changes_of_the_same_clock_the_first_counts() {
    store.insert(clock);
    ClockRow faster = changed(50, NOW.plusSeconds(60));
    ClockRow slower = changed(2, NOW.plusSeconds(60));

    assertThat(store.replace(clock, faster)).isTrue();
    assertThat(store.replace(clock, slower)).isFalse();
    assertThat(store.find(mesh.id())).contains(faster);
  }

  @Test
  void a_clock_stops_for_want_of_people_only_if_no_broker_has_a_session_in_the_mesh() {
    store.insert(clock);
    Peer.Client client =
        new Peer.Client(
            "session",
            1,
            "/",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Set.of());
    mesh.here(new Peers(), anna, client, new RecordingConnection(), NOW);
    ClockRow stopped = ClockRules.stopped(clock, NOW.plusSeconds(60));
    assertThat(store.replaceIfEmpty(clock, stopped)).isFalse();

    database
        .database()
        .dsl()
        .query(
            "update mesh.presence set disconnected_at = connected_at where mesh_id = ?", mesh.id())
        .execute();
    assertThat(store.replaceIfEmpty(clock, stopped)).isTrue();
    assertThat(store.find(mesh.id()).orElseThrow().changedBy()).isEmpty();
  }

  @Test
  void people_are_noted_unless_the_clock_stopped_before_they_came() {
    store.insert(clock);
    store.seen(List.of(mesh.id()), NOW.minusSeconds(180), NOW.plusSeconds(15));
    assertThat(seenAt()).isEqualTo(NOW.plusSeconds(15));
    store.seen(List.of(mesh.id()), NOW, NOW.plusSeconds(10));
    assertThat(seenAt()).as("another broker was later").isEqualTo(NOW.plusSeconds(15));
    store.seen(List.of(mesh.id()), NOW.plusSeconds(820), NOW.plusSeconds(1_000));
    assertThat(seenAt()).isEqualTo(NOW.plusSeconds(15));
    store.seen(List.of(), NOW, NOW);
  }

  private Instant seenAt() {
    return store.find(mesh.id()).orElseThrow().seenAt();
  }

  private ClockRow changed(double speed, Instant at) {
    return ClockRules.changed(clock, speed, false, Optional.of(anna.id()), Optional.of("Anna"), at);
  }
}
