package dev.claudemesh.broker.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.audit.AuditQueue.Round;
import dev.claudemesh.broker.audit.AuditStore.Filter;
import dev.claudemesh.broker.audit.AuditStore.Head;
import dev.claudemesh.broker.audit.AuditStore.Stretch;
import dev.claudemesh.broker.kernel.MeshFixture;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.audit.AuditChain;
import dev.claudemesh.protocol.audit.AuditReply;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AuditStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00.123Z");
  private static final Filter ALL =
      new Filter(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  private static TestDatabase database;

  private final AuditStore store = new AuditStore(database.database());
  private final MeshFixture mesh = MeshFixture.create(database.database());

  @BeforeAll
  static void start() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Test
  void a_stretch_is_added_only_where_the_chain_ends() {
    Head start = store.head(mesh.id());
    assertThat(start).isEqualTo(Head.NONE);
    Stretch first = stretch(start, "one", "two");
    assertThat(store.append(List.of(first))).containsExactly(mesh.id());
    assertThat(store.append(List.of(stretch(start, "forked")))).isEmpty();
    assertThat(store.head(mesh.id())).isEqualTo(first.after());
    assertThat(store.append(List.of(stretch(first.after(), "three")))).containsExactly(mesh.id());
    assertThat(store.find(mesh.id(), ALL, 10, 0).stream().map(AuditReply.Entry::eventType))
        .containsExactly("three", "two", "one");
    assertThat(store.find(mesh.id(), ALL, 10, 0).getFirst().createdAt()).isEqualTo(NOW);
  }

  @Test
  void of_several_meshes_each_is_added_for_itself() {
    MeshFixture other = MeshFixture.create(database.database());
    Head start = store.head(mesh.id());
    store.append(List.of(stretch(start, "one")));
    Stretch stale = stretch(start, "forked");
    Stretch good = stretch(other.id(), store.head(other.id()), "fine");
    assertThat(store.append(List.of(stale, good))).containsExactly(other.id());
  }

  @Test
  void two_brokers_that_write_at_once_make_one_chain() throws Exception {
    int writers = 2;
    int each = 300;
    List<AuditQueue> queues = new ArrayList<>();
    List<AuditWriter> brokers = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      AuditQueue queue = new AuditQueue();
      AuditWriter writer =
          new AuditWriter(
              new AuditStore(database.database()),
              queue,
              InstantSource.fixed(NOW),
              Duration.ofSeconds(20));
      writer.start();
      queues.add(queue);
      brokers.add(writer);
    }
    List<CompletableFuture<Void>> written = new ArrayList<>();
    for (int i = 0; i < each; i++) {
      for (AuditQueue queue : queues) {
        written.add(queue.submit(happened(mesh.id(), "event" + i)));
      }
      if (i % 20 == 0) {
        written.getLast().get();
      }
    }
    CompletableFuture.allOf(written.toArray(CompletableFuture[]::new)).get();
    brokers.forEach(AuditWriter::stop);

    assertThat(walked().last()).isEqualTo(writers * each);
    for (int i = 0; i < each; i++) {
      Filter filter =
          new Filter(
              Optional.of("event" + i),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty());
      assertThat(store.count(mesh.id(), filter, 10)).isEqualTo(writers);
    }
  }

  @Test
  void notes_that_could_not_be_written_are_written_later_and_callers_are_told() throws Exception {
    AuditQueue queue = new AuditQueue();
    AuditWriter writer =
        new AuditWriter(store, queue, InstantSource.fixed(NOW), Duration.ofSeconds(20));
    database.database().dsl().execute("alter table mesh.audit_log rename to away");
    writer.start();
    queue.note(happened(mesh.id(), "peer_joined"));
    queue.count(new AuditRules.Sent(mesh.id(), "m", "Ada", "*", "now"), 3);
    CompletableFuture<Void> operation = queue.submit(happened(mesh.id(), "ban"));
    assertThat(operation.handle((done, failure) -> failure).get())
        .hasMessageContaining("could not be written to the audit");
    database.database().dsl().execute("alter table mesh.away rename to audit_log");
    queue.submit(happened(mesh.id(), "later")).get();
    writer.stop();
    assertThat(store.find(mesh.id(), ALL, 10, 0).stream().map(AuditReply.Entry::eventType))
        .containsExactly("message_sent", "later", "peer_joined");
    assertThat(store.find(mesh.id(), ALL, 1, 0).getFirst().payload().path("count").asInt())
        .isEqualTo(3);
  }

  @Test
  void a_mesh_whose_chain_was_tampered_with_does_not_keep_the_others_from_their_audit()
      throws Exception {
    MeshFixture other = MeshFixture.create(database.database());
    database
        .database()
        .dsl()
        .execute(
            "insert into mesh.audit_log (mesh_id, seq, event_type, payload, hash, created_at)"
                + " values ({0}, 1, 'forged', '{}', 'x', {1})",
            DSL.val(mesh.id()), DSL.val(NOW));
    AuditQueue queue = new AuditQueue();
    AuditWriter writer =
        new AuditWriter(store, queue, InstantSource.fixed(NOW), Duration.ofSeconds(20));
    IntStream.range(0, 1_000).forEach(i -> queue.note(happened(mesh.id(), "peer_joined")));
    CompletableFuture<Void> broken = queue.submit(happened(mesh.id(), "ban"));
    CompletableFuture<Void> whole = queue.submit(happened(other.id(), "ban"));
    writer.start();

    whole.get();
    assertThat(broken.handle((done, failure) -> failure).get())
        .hasMessageContaining("could not be written to the audit");
    queue.submit(happened(other.id(), "kick")).get();
    writer.stop();
    assertThat(store.find(other.id(), ALL, 10, 0)).hasSize(2);
  }

  @Test
  void a_stop_writes_what_nobody_waits_for() {
    AuditQueue queue = new AuditQueue();
    AuditWriter writer =
        new AuditWriter(store, queue, InstantSource.fixed(NOW), Duration.ofSeconds(20));
    writer.start();
    IntStream.range(0, 1_000).forEach(i -> queue.note(happened(mesh.id(), "note")));
    writer.stop();
    writer.stop();
    assertThat(walked().last()).isEqualTo(1_000);
    assertThat(queue.note(happened(mesh.id(), "late"))).isFalse();
  }

  @Test
  void messages_to_too_many_targets_are_counted_without_their_names() throws Exception {
    AuditQueue queue = new AuditQueue();
    IntStream.range(0, 261)
        .forEach(i -> queue.count(new AuditRules.Sent(mesh.id(), "m", "Ada", "t" + i, "now"), 2));
    queue.submit(happened(mesh.id(), "x"));
    Round round = queue.take(10);
    assertThat(round.sent()).hasSize(257);
    assertThat(round.sent())
        .containsEntry(new AuditRules.Sent(mesh.id(), "m", "Ada", "", "now"), 10L);
  }

  @Test
  void counts_that_could_not_be_written_time_and_again_stay_bounded() throws Exception {
    AuditQueue queue = new AuditQueue();
    Map<AuditRules.Sent, Long> taken = Map.of();
    for (int failed = 0; failed < 3; failed++) {
      for (int i = 0; i < 10_000; i++) {
        queue.count(new AuditRules.Sent(mesh.id(), "m", "Ada", "t" + failed + "." + i, "now"), 1);
      }
      queue.submit(happened(mesh.id(), "x"));
      queue.putBack(List.of(), taken);
      taken = queue.take(10).sent();
    }
    queue.putBack(List.of(), taken);
    queue.submit(happened(mesh.id(), "x"));
    Map<AuditRules.Sent, Long> last = queue.take(10).sent();
    assertThat(last.size()).isLessThanOrEqualTo(257);
    assertThat(last.values().stream().mapToLong(count -> count).sum()).isEqualTo(30_000);
  }

  @Test
  void entries_are_found_by_kind_actor_and_time_and_page_by_page() {
    MeshFixture.Somebody ada = mesh.member("Ada");
    Head head = store.head(mesh.id());
    List<Happened> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      all.add(
          new Happened(
              mesh.id(),
              i % 2 == 0 ? "even" : "odd",
              i < 5 ? Optional.of(ada.id()) : Optional.empty(),
              i < 5 ? Optional.of("Ada") : Optional.empty(),
              "{}",
              NOW.plusSeconds(i)));
    }
    store.append(List.of(stretch(mesh.id(), head, all)));

    assertThat(ids(filter(Map.of("event", "even")))).containsExactly(9L, 7L, 5L, 3L, 1L);
    assertThat(ids(filter(Map.of("actor", "ada")))).containsExactly(5L, 4L, 3L, 2L, 1L);
    assertThat(ids(filter(Map.of("actor", ada.id())))).hasSize(5);
    assertThat(ids(filter(Map.of("actor", ada.key().publicKey().hex())))).hasSize(5);
    assertThat(ids(filter(Map.of("actor", "nobody")))).isEmpty();
    Filter between =
        new Filter(
            Optional.empty(),
            Optional.empty(),
            Optional.of(NOW.plusSeconds(3)),
            Optional.of(NOW.plusSeconds(5)),
            Optional.empty());
    assertThat(ids(between)).containsExactly(5L, 4L);
    Filter below =
        new Filter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(3L));
    assertThat(ids(below)).containsExactly(2L, 1L);
    assertThat(store.lastBefore(mesh.id(), NOW.plusSeconds(3))).isEqualTo(3);
    assertThat(store.lastBefore(mesh.id(), NOW.plusSeconds(100))).isEqualTo(10);
    assertThat(store.count(mesh.id(), ALL, 7)).isEqualTo(7);
  }

  private static Filter filter(Map<String, String> by) {
    return new Filter(
        Optional.ofNullable(by.get("event")),
        Optional.ofNullable(by.get("actor")),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private List<Long> ids(Filter filter) {
    return store.find(mesh.id(), filter, 100, 0).stream().map(AuditReply.Entry::id).toList();
  }

  /// The whole chain, which must hold to where the head says it ends.
  private AuditChain walked() {
    AuditChain chain = AuditChain.of(mesh.id());
    store.walk(
        mesh.id(),
        (link, hash) -> {
          assertThat(chain.check(link, hash)).isEmpty();
          return true;
        });
    Head head = store.findHead(mesh.id()).orElseThrow();
    assertThat(chain.checkEnd(head.seq(), head.hash())).isEmpty();
    return chain;
  }

  private Stretch stretch(Head before, String... events) {
    return stretch(mesh.id(), before, events);
  }

  private static Stretch stretch(String meshId, Head before, String... events) {
    return stretch(
        meshId,
        before,
        IntStream.range(0, events.length).mapToObj(i -> happened(meshId, events[i])).toList());
  }

  private static Stretch stretch(String meshId, Head before, List<Happened> entries) {
    AuditChain chain = new AuditChain(meshId, before.seq(), before.hash());
    List<String> hashes =
        entries.stream()
            .map(one -> chain.add(one.eventType(), one.memberId(), one.payload(), one.at()))
            .toList();
    return new Stretch(meshId, before, new Head(chain.last(), chain.hash()), entries, hashes);
  }

  private static Happened happened(String meshId, String event) {
    return new Happened(meshId, event, Optional.of("m"), Optional.of("Ada"), "{\"a\":1}", NOW);
  }
}
