package dev.claudemesh.broker.presence;

import static dev.claudemesh.db.jooq.Tables.PENDING_STATUS;
import static dev.claudemesh.db.jooq.Tables.PRESENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.MeshFixture;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.kernel.RecordingConnection;
import dev.claudemesh.broker.presence.StatusRules.Recorded;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.db.jooq.tables.records.PresenceRecord;
import dev.claudemesh.protocol.presence.PresenceReply.Profile;
import dev.claudemesh.protocol.presence.PresenceRequest.HookSetStatus;
import dev.claudemesh.protocol.presence.Status;
import dev.claudemesh.protocol.presence.StatusSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PresenceStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Peer.Client CLIENT =
      new Peer.Client(
          "s1",
          7,
          "/tmp",
          Optional.of("host"),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Set.of());

  private static TestDatabase database;
  private static PresenceStore store;

  @BeforeAll
  static void createDatabase() {
    database = TestDatabase.create();
    store = new PresenceStore(database.database());
  }

  @AfterAll
  static void dropDatabase() {
    database.close();
  }

  @BeforeEach
  void forget() {
    database.database().dsl().deleteFrom(PENDING_STATUS).execute();
  }

  private static HookSetStatus bySession(String sessionId) {
    return new HookSetStatus(
        Optional.of("/tmp"),
        Optional.of(Status.WORKING),
        Optional.empty(),
        Optional.of(sessionId),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void what_a_peer_says_of_itself_is_on_disk_and_nobody_elses_row_is_touched() {
    MeshFixture mesh = MeshFixture.create(database.database());
    Peers peers = new Peers();
    Peer mine = mesh.here(peers, mesh.member("Anna"), CLIENT, new RecordingConnection(), NOW);
    Peer other = mesh.here(peers, mesh.member("Bert"), CLIENT, new RecordingConnection(), NOW);
    PresenceRecord untouched = row(other);
    store.status(
        mine.presenceId(), new Recorded(Status.DND, StatusSource.MANUAL, NOW.plusSeconds(1)));
    store.summary(mine.presenceId(), Optional.of("X"));
    store.stats(mine.presenceId(), Map.of("errors", 1L));
    store.visible(mine.presenceId(), false);
    store.profile(
        mine.presenceId(),
        new Profile(Optional.of("cat"), Optional.empty(), Optional.empty(), Optional.empty()));
    PresenceRecord row = row(mine);
    assertThat(List.of(row.getStatus(), row.getStatusSource(), row.getSummary()))
        .containsExactly("dnd", "manual", "X");
    assertThat(row.getStatusUpdatedAt()).isEqualTo(NOW.plusSeconds(1));
    assertThat(row.getVisible()).isFalse();
    assertThat(row.getProfile().data()).isEqualTo("{\"avatar\": \"cat\"}");
    assertThat(row.getStats().data()).isEqualTo("{\"errors\": 1}");
    assertThat(row(other)).isEqualTo(untouched);
    store.summary(mine.presenceId(), Optional.empty());
    assertThat(row(mine).getSummary()).isNull();
  }

  @Test
  void a_waiting_report_is_taken_by_one_of_many_hellos() throws InterruptedException {
    store.hold(bySession("s1"), Status.WORKING, NOW, 10);
    AtomicInteger taken = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> threads =
        IntStream.range(0, 8)
            .mapToObj(i ->
                Thread.ofVirtual()
                    .start(() -> {
                      await(go);
                      store.take(CLIENT, NOW, NOW).ifPresent(status -> taken.incrementAndGet());
                    }))
            .toList();
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(taken).hasValue(1);
  }

  @Test
  void only_so_many_reports_wait() {
    assertThat(store.hold(bySession("a"), Status.IDLE, NOW, 2)).isTrue();
    assertThat(store.hold(bySession("b"), Status.IDLE, NOW, 2)).isTrue();
    assertThat(store.hold(bySession("c"), Status.IDLE, NOW, 2)).isFalse();
    assertThat(store.prune(NOW)).as("not too old yet").isZero();
    assertThat(store.prune(NOW.plusMillis(1))).isEqualTo(2);
  }

  private static PresenceRecord row(Peer peer) {
    return database
        .database()
        .dsl()
        .selectFrom(PRESENCE)
        .where(PRESENCE.ID.eq(peer.presenceId()))
        .fetchSingle();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
