package dev.claudemesh.broker.connection;

import static dev.claudemesh.db.jooq.Tables.PRESENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.MeshFixture.Somebody;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.RecordingConnection;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.connection.ConnectionRequest;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.presence.PresenceReply.Profile;
import dev.claudemesh.protocol.presence.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// How long a peer is here: with a clock that stands still until a test moves it, and sockets that
/// break when a test says so.
class LeaseTest extends RoomTest {
  @Test
  void others_see_who_comes_and_who_leaves_and_the_one_who_comes_does_not() {
    RecordingConnection a = broker.connect(session(anna));
    RecordingConnection b = broker.connect(session(bert));
    assertThat(a.news()).containsExactly("peer_joined Bert");
    assertThat(b.news()).isEmpty();
    broker.handle(b, new ConnectionRequest.Goodbye());
    assertThat(a.news()).containsExactly("peer_joined Bert", "peer_left Bert");
    assertThat(b.closed()).contains("1000 goodbye");
    assertThat(broker.heard).containsExactly("ready Anna", "ready Bert", "left Bert");
  }

  @Test
  void sessions_of_one_member_see_each_other_and_a_member_that_was_here_before_returns() {
    RecordingConnection a = broker.connect(session(anna).withName("Anna 1"));
    broker.handle(
        broker.connect(session(anna).withName("Anna 2")), new ConnectionRequest.Goodbye());
    broker.connect(session(anna).withName("Anna 3"));
    assertThat(a.news())
        .containsExactly("peer_joined Anna 2", "peer_left Anna 2", "peer_returned Anna 3");
  }

  @Test
  void a_lost_socket_keeps_the_peer_for_the_grace_then_others_see_it_leave() {
    Newcomer session = session(bert);
    RecordingConnection a = broker.connect(session(anna));
    RecordingConnection b = broker.connect(session);
    b.lose();
    assertThat(broker.peer(session).connected()).isFalse();
    assertThat(broker.room.sweep(now.plus(GRACE).minusMillis(1))).isZero();
    assertThat(a.news()).containsExactly("peer_joined Bert");
    assertThat(broker.room.sweep(now.plus(GRACE))).isEqualTo(1);
    assertThat(a.news()).containsExactly("peer_joined Bert", "peer_left Bert");
    assertThat(broker.peers.sessions(mesh.id())).hasSize(1);
    assertThat(broker.room.sweep(now.plus(GRACE).plus(GRACE))).isZero();
    assertThat(broker.heard).containsExactly("ready Anna", "ready Bert", "lost Bert", "left Bert");
  }

  @Test
  void who_returns_within_the_grace_is_the_same_peer_and_nobody_is_told() {
    Newcomer session = session(bert);
    RecordingConnection a = broker.connect(session(anna));
    broker.connect(session).lose();
    Peer before = broker.peer(session);
    before.update(state -> state.withSummary(Optional.of("busy with X")).withVisible(false));
    now = now.plus(GRACE).minusSeconds(1);
    RecordingConnection socket = new RecordingConnection();
    HelloAck ack = broker.ask(socket, session.hello(next()));
    assertThat(ack.resumed()).isTrue();
    assertThat(ack.restored()).isEmpty();
    assertThat(ack.presenceId()).isEqualTo(before.presenceId());
    assertThat(broker.peer(session).state().summary()).contains("busy with X");
    assertThat(broker.peer(session).state().visible()).isFalse();
    assertThat(broker.room.sweep(now.plus(GRACE))).isZero();
    assertThat(a.news()).containsExactly("peer_joined Bert");
    assertThat(broker.heard).endsWith("lost Bert", "resumed Bert");
  }

  @Test
  void a_reconnect_replaces_the_old_socket_and_its_late_end_changes_nothing() {
    Newcomer session = session(bert);
    RecordingConnection old = broker.connect(session);
    RecordingConnection fresh = broker.connect(session);
    assertThat(old.closed()).contains("1000 session_replaced");
    old.lose();
    assertThat(fresh.closed()).isEmpty();
    assertThat(broker.peer(session).connected()).isTrue();
    assertThat(broker.peers.sessions(mesh.id())).hasSize(1);
    assertThat(broker.heard).containsExactly("ready Bert", "resumed Bert");
  }

  @Test
  void the_same_session_with_a_new_key_takes_the_place_of_the_old_one() {
    Newcomer session = session(bert);
    RecordingConnection a = broker.connect(session(anna));
    RecordingConnection old = broker.connect(session);
    Newcomer rekeyed = session.withSession(Optional.of(Keys.generate()), true);
    broker.connect(rekeyed);
    assertThat(old.closed()).contains("1000 session_replaced");
    assertThat(a.news())
        .containsExactly("peer_joined Bert", "peer_left Bert", "peer_returned Bert");
    assertThat(broker.peers.sessions(mesh.id())).hasSize(2);
    broker.connect(session(anna).withSessionId(session.sessionId()));
    assertThat(broker.peers.sessions(mesh.id()))
        .as("another member's session of that id")
        .hasSize(3);
  }

  @Test
  void commands_come_and_go_unseen_and_leave_nothing_behind() {
    RecordingConnection a = broker.connect(session(anna));
    RecordingConnection command = broker.connect(session(bert).withPurpose(Purpose.COMMAND));
    RecordingConnection inbox = broker.connect(session(bert).withPurpose(Purpose.INBOX));
    assertThat(broker.peers.sessions(mesh.id())).hasSize(1);
    command.lose();
    inbox.lose();
    assertThat(a.news()).isEmpty();
    assertThat(broker.peers.all(mesh.id())).hasSize(1);
    assertThat(database.database().dsl().fetchCount(PRESENCE, PRESENCE.MEMBER_ID.eq(bert.id())))
        .isZero();
  }

  @Test
  void sessions_return_silently_after_the_broker_was_killed() {
    Newcomer session = session(bert);
    Newcomer gone = session(anna);
    HelloAck first = broker.ask(new RecordingConnection(), session.withGroups("a/b").hello(next()));
    broker.connect(gone);
    now = now.plus(Duration.ofHours(3));
    Run restarted = new Run(LimitsConfig.DEFAULTS, false);
    restarted.room.restore();
    assertThat(restarted.peers.sessions(mesh.id())).hasSize(2);
    assertThat(restarted.peer(session).connected()).isFalse();
    assertThat(restarted.peer(session).state().groups())
        .map(GroupRole::name)
        .containsExactly("a/b");
    HelloAck again = restarted.ask(new RecordingConnection(), session.hello(next()));
    assertThat(again.resumed()).isTrue();
    assertThat(again.presenceId()).isEqualTo(first.presenceId());
    assertThat(restarted.room.sweep(now.plus(GRACE)))
        .as("the other did not come back")
        .isEqualTo(1);
    assertThat(restarted.heard).containsExactly("resumed Bert", "left Anna");
    Run third = new Run(LimitsConfig.DEFAULTS, false);
    third.room.restore();
    assertThat(third.peers.sessions(mesh.id())).map(Peer::displayName).containsExactly("Bert");
  }

  @Test
  void after_a_restart_those_who_were_removed_meanwhile_are_gone() {
    broker.connect(session(bert));
    mesh.revoke(bert, now);
    Run restarted = new Run(LimitsConfig.DEFAULTS, false);
    restarted.room.restore();
    assertThat(restarted.peers.sessions(mesh.id())).isEmpty();
  }

  @Test
  void what_a_session_leaves_behind_is_there_for_the_next_one() {
    Newcomer session = session(bert).withGroups("a");
    RecordingConnection socket = broker.connect(session);
    Profile profile =
        new Profile(Optional.of("cat"), Optional.empty(), Optional.empty(), Optional.empty());
    broker
        .peer(session)
        .update(
            state -> state.withProfile(profile).withVisible(false).withSummary(Optional.of("X")));
    RecordingConnection a = broker.connect(session(anna));
    broker.handle(socket, new ConnectionRequest.Goodbye());
    Instant left = now;
    Newcomer next = session(bert);
    HelloAck ack = broker.ask(new RecordingConnection(), next.hello(next()));
    assertThat(ack.restored()).contains(true);
    assertThat(ack.lastSummary()).contains("X");
    assertThat(ack.lastSeenAt()).contains(left);
    assertThat(ack.restoredGroups().orElseThrow()).map(GroupRole::name).containsExactly("a");
    Peer.State state = broker.peer(next).state();
    assertThat(state.profile()).isEqualTo(profile);
    assertThat(state.visible()).as("a hidden peer stays hidden").isFalse();
    assertThat(state.summary()).as("a summary is about its session").isEmpty();
    assertThat(a.news()).as("nobody is told of a hidden peer").isEmpty();
    HelloAck named =
        broker.ask(new RecordingConnection(), session(bert).withGroups("b").hello(next()));
    assertThat(named.restoredGroups()).isEmpty();
  }

  @Test
  void stats_doubling_is_gone() {
    Newcomer session = session(bert);
    RecordingConnection socket = broker.connect(session);
    broker.peer(session).update(state -> state.withStats(Map.of("messagesIn", 5L, "uptime", 60L)));
    broker.handle(socket, new ConnectionRequest.Goodbye());
    HelloAck ack = broker.ask(new RecordingConnection(), session.hello(next()));
    assertThat(ack.restoredStats().orElseThrow().get("messagesIn").asLong()).isEqualTo(5);
    broker.peer(session).update(state -> state.withStats(Map.of("messagesIn", 2L)));
    broker.connect(session);
    broker.connect(session.withPid(1));
    assertThat(broker.peer(session).state().stats()).as("a new process counts anew").isEmpty();
    broker.peer(session).update(state -> state.withStats(Map.of("messagesIn", 1L)));
    broker.handle(broker.connect(session.withPid(1)), new ConnectionRequest.Goodbye());
    HelloAck last = broker.ask(new RecordingConnection(), session.hello(next()));
    assertThat(last.restoredStats().orElseThrow().get("messagesIn").asLong()).isEqualTo(8);
    broker.handle(broker.connect(session), new ConnectionRequest.Goodbye());
    HelloAck old =
        broker.ask(new RecordingConnection(), session.withCapabilities(List.of()).hello(next()));
    assertThat(old.restoredStats()).as("old clients would report it again").isEmpty();
  }

  @Test
  void a_session_starts_in_the_groups_the_admins_set_if_nothing_else_says_so() {
    Somebody carl = mesh.member("Carl", Keys.generate(), "[{\"name\":\"ops\",\"role\":\"lead\"}]");
    Newcomer session = session(carl);
    HelloAck ack = broker.ask(new RecordingConnection(), session.hello(next()));
    assertThat(broker.peer(session).state().groups())
        .containsExactly(new GroupRole("ops", Optional.of("lead")));
    assertThat(ack.memberProfile().groups()).hasSize(1);
    assertThat(ack.meshPolicy()).isPresent();
    assertThat(ack.restored()).isEmpty();
  }

  @Test
  void a_status_that_a_hook_reported_before_the_hello_holds_from_the_start() {
    reported = Optional.of(Status.WORKING);
    Newcomer session = session(bert);
    broker.connect(session);
    assertThat(broker.peer(session).status()).isEqualTo(Status.WORKING);
  }

  @Test
  void a_member_that_was_removed_is_shown_out_and_one_that_left_by_itself_too() {
    RecordingConnection a = broker.connect(session(anna));
    RecordingConnection b = broker.connect(session(bert));
    RecordingConnection command = broker.connect(session(bert).withPurpose(Purpose.COMMAND));
    broker.bus.publish(new Happening.MemberRemoved(mesh.id(), bert.id(), true));
    assertThat(b.closed()).contains("4002 banned");
    assertThat(command.closed()).contains("4002 banned");
    assertThat(a.news()).endsWith("peer_left Bert");
    broker.bus.publish(new Happening.MemberRemoved(mesh.id(), anna.id(), false));
    assertThat(a.closed()).contains("1000 left");
    assertThat(broker.peers.all(mesh.id())).isEmpty();
  }

  @Test
  void an_ended_peer_is_gone_at_once_and_a_deleted_mesh_shows_everybody_out() {
    Newcomer session = session(bert);
    RecordingConnection a = broker.connect(session(anna));
    RecordingConnection b = broker.connect(session);
    broker.bus.publish(new Happening.PeerEnded(broker.peer(session), 4001, "kicked"));
    assertThat(b.closed()).contains("4001 kicked");
    assertThat(a.news()).endsWith("peer_left Bert");
    broker.bus.publish(new Happening.MeshDeleted(mesh.id()));
    assertThat(a.closed()).contains("1000 mesh_deleted");
    assertThat(broker.peers.all(mesh.id())).isEmpty();
  }

  @Test
  void a_renamed_member_goes_by_the_new_name_unless_the_session_has_its_own() {
    Newcomer plain = session(bert);
    Newcomer named = session(bert).withName("Reviewer");
    broker.connect(plain);
    broker.connect(named);
    mesh.rename(bert, "Berta");
    broker.bus.publish(new Happening.MemberChanged(mesh.id(), bert.id()));
    assertThat(broker.peer(plain).displayName()).isEqualTo("Berta");
    assertThat(broker.peer(named).displayName()).isEqualTo("Reviewer");
    assertThat(broker.peer(named).member().displayName()).isEqualTo("Berta");
    Run restarted = new Run(LimitsConfig.DEFAULTS, false);
    restarted.room.restore();
    assertThat(restarted.peer(plain).displayName()).isEqualTo("Berta");
  }

  @Test
  void twenty_sockets_that_open_one_session_at_once_leave_one_peer_and_one_lease()
      throws Exception {
    Newcomer session = session(bert);
    Instant start = next();
    List<RecordingConnection> sockets =
        IntStream.range(0, 20).mapToObj(i -> new RecordingConnection()).toList();
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> threads =
        IntStream.range(0, 20)
            .mapToObj(i ->
                Thread.ofVirtual()
                    .start(() -> {
                      try {
                        go.await();
                      } catch (InterruptedException e) {
                        throw new AssertionError(e);
                      }
                      broker.ask(sockets.get(i), session.hello(start.plusMillis(i)));
                    }))
            .toList();
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(broker.peers.sessions(mesh.id())).hasSize(1);
    assertThat(broker.peer(session).connected()).isTrue();
    assertThat(sockets.stream().filter(socket -> socket.closed().isEmpty())).hasSize(1);
    assertThat(
            database
                .database()
                .dsl()
                .fetchCount(
                    PRESENCE,
                    PRESENCE.MEMBER_ID.eq(bert.id()).and(PRESENCE.DISCONNECTED_AT.isNull())))
        .isEqualTo(1);
  }

  @Test
  void a_sweep_or_a_lost_socket_between_a_good_hello_and_its_answer_harms_nobody() {
    Newcomer session = session(bert);
    RecordingConnection socket = new RecordingConnection();
    socket.whenBound(() -> broker.room.sweep(now));
    broker.ask(socket, session.hello(next()));
    assertThat(broker.peer(session).connected()).isTrue();
    RecordingConnection brief = new RecordingConnection();
    brief.whenBound(brief::lose);
    broker.ask(brief, session.hello(next()));
    assertThat(broker.peer(session).connected()).isFalse();
    assertThat(broker.room.sweep(now.plus(GRACE))).isEqualTo(1);
  }
}
