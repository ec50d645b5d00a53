package dev.claudemesh.broker.presence;

import static dev.claudemesh.db.jooq.Tables.PENDING_STATUS;
import static dev.claudemesh.db.jooq.Tables.PRESENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.Bus;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.MeshFixture;
import dev.claudemesh.broker.kernel.MeshFixture.Somebody;
import dev.claudemesh.broker.kernel.Metrics;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.kernel.RecordingConnection;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.presence.PresenceReply.HookAck;
import dev.claudemesh.protocol.presence.PresenceRequest;
import dev.claudemesh.protocol.presence.PresenceRequest.HookSetStatus;
import dev.claudemesh.protocol.presence.PresenceRequest.SetStatus;
import dev.claudemesh.protocol.presence.Status;
import dev.claudemesh.protocol.presence.StatusSource;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What hooks and silence do to statuses, with a clock that a test moves.
class HookTest {
  private static final String CWD = "/home/dev/project";

  private static TestDatabase database;

  private final Peers peers = new Peers();
  private final Bus bus = new Bus();
  private final List<String> opened = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-21T10:00:00Z");
  private MeshFixture mesh;
  private Somebody anna;
  private Somebody bert;
  private PresenceHandler room;

  @BeforeAll
  static void createDatabase() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void dropDatabase() {
    database.close();
  }

  @BeforeEach
  void begin() {
    database.database().dsl().deleteFrom(PRESENCE).execute();
    database.database().dsl().deleteFrom(PENDING_STATUS).execute();
    mesh = MeshFixture.create(database.database());
    anna = mesh.member("Anna");
    bert = mesh.member("Bert");
    room = room(false);
    bus.subscribe(happening -> {
      if (happening instanceof Happening.GateOpened gate) {
        opened.add(gate.peer().displayName());
      }
    });
  }

  private PresenceHandler room(boolean compat) {
    return new PresenceHandler(
        database.database(), peers, bus, () -> now, LimitsConfig.DEFAULTS, compat, new Metrics());
  }

  private Peer here(Somebody somebody, String sessionId, int pid, String cwd, String host) {
    return mesh.here(
        peers, somebody, client(sessionId, pid, cwd, host), new RecordingConnection(), now);
  }

  private static Peer.Client client(String sessionId, int pid, String cwd, String host) {
    return new Peer.Client(
        sessionId,
        pid,
        cwd,
        Optional.of(host),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Set.of());
  }

  /// A report that says only what its fields say; null leaves a field out.
  private HookAck report(
      Status status, String sessionId, Long pid, String cwd, String host, String token) {
    HookSetStatus report =
        new HookSetStatus(
            Optional.ofNullable(cwd),
            Optional.ofNullable(status),
            Optional.ofNullable(pid),
            Optional.ofNullable(sessionId),
            Optional.ofNullable(host),
            Optional.ofNullable(token));
    return (HookAck) ask(report, Optional.empty());
  }

  private Object ask(PresenceRequest<?> request, Optional<Peer> peer) {
    Caller caller =
        new Caller(
            peer.map(Peer::member),
            Optional.empty(),
            peer,
            Optional.empty(),
            URI.create("http://localhost"),
            InetAddress.getLoopbackAddress());
    return switch (room.handle(request, caller)) {
      case Outcome.Now(var reply) -> reply;
      case Outcome.Aside(var reply) -> reply.join();
      case Outcome.Later later -> later.reply().join();
    };
  }

  private static String stored(Peer peer) {
    return database
        .database()
        .dsl()
        .select(PRESENCE.STATUS)
        .from(PRESENCE)
        .where(PRESENCE.ID.eq(peer.presenceId()))
        .fetchSingle(PRESENCE.STATUS);
  }

  @Test
  void one_hook_post_updates_its_own_session_on_every_mesh_and_no_strangers_with_the_same_folder() {
    Peer mine = here(anna, "s1", 100, CWD, "host");
    MeshFixture second = MeshFixture.create(database.database());
    Peer mineToo =
        second.here(
            peers,
            second.member("Anna"),
            client("s1", 100, CWD, "host"),
            new RecordingConnection(),
            now);
    Peer stranger = here(bert, "s2", 100, CWD, "host");
    HookAck ack = report(Status.WORKING, "s1", 100L, CWD, "host", null);
    assertThat(ack.ok()).isTrue();
    assertThat(ack.presenceId().orElseThrow()).isIn(mine.presenceId(), mineToo.presenceId());
    assertThat(List.of(mine, mineToo)).map(Peer::status).containsOnly(Status.WORKING);
    assertThat(stored(mineToo)).isEqualTo("working");
    assertThat(stranger.status()).isEqualTo(Status.IDLE);
  }

  @Test
  void without_session_id_or_token_a_hook_changes_nobody_unless_old_clients_are_served() {
    Peer mine = here(anna, "s1", 100, CWD, "host");
    assertThat(report(Status.WORKING, null, 100L, CWD, "host", null).pending()).contains(true);
    assertThat(mine.status()).isEqualTo(Status.IDLE);
    room = room(true);
    assertThat(report(Status.WORKING, null, 100L, CWD, "host", null).presenceId())
        .contains(mine.presenceId());
    assertThat(mine.status()).isEqualTo(Status.WORKING);
  }

  @Test
  void
      an_old_hook_is_matched_by_process_else_by_folder_if_only_one_session_of_its_machine_works_there() {
    room = room(true);
    Peer mine = here(anna, "s1", 100, CWD, "host");
    Peer elsewhere = here(bert, "s2", 100, CWD, "other-host");
    report(Status.WORKING, null, 7L, CWD, "host", null);
    assertThat(mine.status()).isEqualTo(Status.WORKING);
    assertThat(elsewhere.status()).isEqualTo(Status.IDLE);
    Peer beside = here(bert, "s3", 200, CWD, "host");
    assertThat(report(Status.IDLE, null, 7L, CWD, "host", null).pending())
        .as("one of two")
        .contains(true);
    assertThat(report(Status.WORKING, null, 200L, CWD, "host", null).presenceId())
        .contains(beside.presenceId());
    assertThat(report(Status.IDLE, null, 100L, CWD, null, null).pending())
        .as("the same process id on two machines that reached us by one address")
        .contains(true);
  }

  @Test
  void a_hook_token_names_its_session() {
    Peer mine = here(anna, "s1", 100, CWD, "host");
    Peer imposter = here(bert, "s1", 100, CWD, "host");
    database
        .database()
        .dsl()
        .update(PRESENCE)
        .set(PRESENCE.HOOK_TOKEN_HASH, Keys.sha256Hex("secret".getBytes(StandardCharsets.UTF_8)))
        .where(PRESENCE.ID.eq(mine.presenceId()))
        .execute();
    assertThat(report(Status.WORKING, null, null, null, null, "secret").presenceId())
        .contains(mine.presenceId());
    assertThat(imposter.status()).isEqualTo(Status.IDLE);
    assertThat(report(Status.IDLE, null, null, null, null, "guess").pending()).contains(true);
    assertThat(mine.status()).isEqualTo(Status.WORKING);
    assertThat(report(Status.DND, "s1", null, null, null, null).ok())
        .as("dnd would never end")
        .isFalse();
    assertThat(report(Status.DND, null, null, null, null, "secret").ok()).isTrue();
    assertThat(mine.status()).isEqualTo(Status.DND);
  }

  @Test
  void a_hook_leaves_dnd_alone_and_says_ok() {
    Peer mine = here(anna, "s1", 100, CWD, "host");
    ask(new SetStatus(Status.DND, Optional.empty()), Optional.of(mine));
    HookAck ack = report(Status.IDLE, "s1", null, null, null, null);
    assertThat(ack.ok()).isTrue();
    assertThat(ack.presenceId()).contains(mine.presenceId());
    assertThat(mine.status()).isEqualTo(Status.DND);
    assertThat(opened).isEmpty();
  }

  @Test
  void a_report_that_lacks_what_it_needs_is_answered_as_always() {
    assertThat(report(null, "s1", 1L, CWD, null, null))
        .isEqualTo(
            new HookAck(
                false, Optional.empty(), Optional.empty(), Optional.of("cwd and status required")));
    assertThat(report(Status.IDLE, null, 1L, null, null, null).error())
        .contains("cwd and status required");
  }

  @Test
  void a_report_before_the_hello_waits_ten_seconds_for_its_session() {
    report(Status.IDLE, "s1", null, CWD, null, null);
    now = now.plusSeconds(1);
    report(Status.WORKING, "s1", null, CWD, null, null);
    Peer.Client client = client("s1", 100, CWD, "host");
    assertThat(room.takePending(client("s2", 100, CWD, "host"), now)).isEmpty();
    assertThat(room.takePending(client, now.plusSeconds(10)))
        .as("the newest")
        .contains(Status.WORKING);
    assertThat(room.takePending(client, now)).as("once").isEmpty();
    report(Status.WORKING, "s1", null, CWD, null, null);
    assertThat(room.takePending(client, now.plusSeconds(11))).as("too old").isEmpty();
    report(Status.WORKING, null, 100L, CWD, "host", null);
    assertThat(room.takePending(client("s1", 100, CWD, "other-host"), now)).isEmpty();
    assertThat(room.takePending(client("s1", 101, CWD, "host"), now)).isEmpty();
    assertThat(room.takePending(client, now))
        .as("by process, folder and machine")
        .contains(Status.WORKING);
    room.sweep(now.plusSeconds(11));
    assertThat(database.database().dsl().fetchCount(PENDING_STATUS)).isZero();
  }

  @Test
  void hooks_that_report_too_often_are_told_so() {
    here(anna, "s1", 100, CWD, "host");
    for (int i = 0; i < 30; i++) {
      report(Status.WORKING, "s1", null, CWD, null, null);
    }
    Problem problem =
        Assertions.catchThrowableOfType(
            Problem.class, () -> report(Status.IDLE, "s1", null, CWD, null, null));
    assertThat(problem.code().wireName()).isEqualTo("rate_limited");
    assertThat(problem).hasMessage("rate limited");
    now = now.plusSeconds(2);
    assertThat(report(Status.IDLE, "s1", null, CWD, null, null).ok()).isTrue();
  }

  @Test
  void held_messages_wait_for_no_random_trigger() {
    Peer mine = here(anna, "s1", 100, CWD, "host");
    ask(new SetStatus(Status.WORKING, Optional.empty()), Optional.of(mine));
    ask(new SetStatus(Status.IDLE, Optional.empty()), Optional.of(mine));
    assertThat(opened).as("by set_status").hasSize(1);
    report(Status.WORKING, "s1", null, CWD, null, null);
    report(Status.IDLE, "s1", null, CWD, null, null);
    assertThat(opened).as("by a hook").hasSize(2);
    report(Status.WORKING, "s1", null, CWD, null, null);
    assertThat(room.sweep(now.plusSeconds(60))).isZero();
    assertThat(room.sweep(now.plusSeconds(61))).isEqualTo(1);
    assertThat(opened).as("by silence").hasSize(3);
    assertThat(mine.status()).isEqualTo(Status.IDLE);
    assertThat(mine.state().statusSource()).isEqualTo(StatusSource.JSONL);
    assertThat(stored(mine)).isEqualTo("idle");
    report(Status.IDLE, "s1", null, CWD, null, null);
    assertThat(opened).as("already open").hasSize(3);
  }
}
