package dev.claudemesh.broker.connection;

import static dev.claudemesh.db.jooq.Tables.PRESENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.BrokerConfig;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.RecordingConnection;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.connection.ConnectionRequest;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Keys;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/// Who is let in and who is not.
class AdmissionTest extends RoomTest {
  @Test
  void a_resume_token_shows_who_comes_back_where_the_key_proves_nothing() {
    broker = new Run(LimitsConfig.DEFAULTS, true);
    Newcomer keyless = session(bert).withSession(Optional.empty(), false);
    HelloAck ack = broker.ask(new RecordingConnection(), keyless.hello(next()));
    HelloAck again =
        broker.ask(
            new RecordingConnection(),
            keyless.withSessionId("new").withResumeToken(ack.resumeToken()).hello(next()));
    assertThat(again.resumed()).isTrue();
    HelloAck stale =
        broker.ask(
            new RecordingConnection(),
            keyless.withSessionId("newer").withResumeToken(ack.resumeToken()).hello(next()));
    assertThat(stale.resumed()).as("a token is good for one return").isFalse();
  }

  @Test
  void tokens_are_stored_as_hashes_only() {
    Newcomer session = session(bert);
    HelloAck ack = broker.ask(new RecordingConnection(), session.hello(next()));
    String row =
        database
            .database()
            .dsl()
            .selectFrom(PRESENCE)
            .where(PRESENCE.ID.eq(ack.presenceId()))
            .fetchSingle()
            .formatJSON();
    assertThat(row)
        .contains(
            Tokens.hash(ack.resumeToken()),
            Tokens.hash(ack.httpToken()),
            Tokens.hash(ack.hookToken()))
        .doesNotContain(ack.resumeToken())
        .doesNotContain(ack.httpToken())
        .doesNotContain(ack.hookToken());
  }

  @Test
  void replayed_hello_is_refused_even_after_a_restart() {
    ConnectionRequest.Hello hello = session(bert).hello(next());
    broker.ask(new RecordingConnection(), hello);
    assertThat(broker.refusal(hello)).isEqualTo("replayed");
    Run restarted = new Run(LimitsConfig.DEFAULTS, false);
    restarted.room.restore();
    assertThat(restarted.refusal(hello)).isEqualTo("replayed");
    ConnectionRequest.SessionHello vouched =
        session(anna).sessionHello(next(), now.plusSeconds(60));
    restarted.ask(new RecordingConnection(), vouched);
    assertThat(restarted.refusal(vouched)).isEqualTo("replayed");
  }

  @Test
  void another_members_session_key_is_never_taken_over() {
    Newcomer victim = session(bert);
    RecordingConnection socket = broker.connect(victim);
    Newcomer thief = victim.withMember(anna.id(), anna.key());
    assertThat(broker.refusal(thief.withSession(victim.session(), false).hello(next())))
        .isEqualTo("session_key_unproven");
    assertThat(broker.refusal(thief.hello(next())))
        .as("even with the key itself")
        .isEqualTo("session_key_taken");
    assertThat(broker.refusal(thief.sessionHello(next(), now.plusSeconds(60))))
        .isEqualTo("session_key_taken");
    assertThat(socket.closed()).isEmpty();
    assertThat(broker.peer(victim).member().id()).isEqualTo(bert.id());
  }

  @Test
  void in_compat_mode_an_unproven_session_key_is_taken_if_no_other_member_holds_or_held_it() {
    broker = new Run(LimitsConfig.DEFAULTS, true);
    Newcomer old = session(bert).withSession(Optional.of(Keys.generate()), false);
    RecordingConnection socket = broker.connect(old);
    Newcomer thief = old.withMember(anna.id(), anna.key());
    assertThat(broker.refusal(thief.hello(next()))).isEqualTo("session_key_taken");
    broker.handle(socket, new ConnectionRequest.Goodbye());
    assertThat(broker.refusal(thief.hello(next())))
        .as("after it left")
        .isEqualTo("session_key_taken");
    assertThat(
            broker.refusal(session(anna).withSession(Optional.of(bert.key()), false).hello(next())))
        .as("a member's own key")
        .isEqualTo("session_key_taken");
    broker.connect(old);
  }

  @Test
  void second_hello_is_refused_and_changes_nothing() {
    Newcomer session = session(bert);
    RecordingConnection socket = broker.connect(session);
    Problem problem =
        Assertions.catchThrowableOfType(
            Problem.class, () -> broker.ask(socket, session(bert).hello(next())));
    assertThat(problem.code().wireName()).isEqualTo("already_authenticated");
    assertThat(broker.peers.sessions(mesh.id())).hasSize(1);
    assertThat(socket.closed()).isEmpty();
  }

  @Test
  void who_was_removed_or_whose_mesh_is_archived_stays_out() {
    mesh.revoke(bert, now);
    assertThat(broker.refusal(session(bert).hello(next()))).isEqualTo("revoked");
    mesh.archive(now);
    assertThat(broker.refusal(session(anna).hello(next()))).isEqualTo("unauthorized");
    assertThat(broker.refusal(Newcomer.of("no-mesh", anna.id(), anna.key()).hello(next())))
        .isEqualTo("unauthorized");
  }

  @Test
  void a_full_mesh_takes_nobody_but_those_who_come_back() {
    Map<String, String> settings =
        Map.of("MAX_CONNECTIONS_PER_MESH", "2", "CLAUDEMESH_DATA", "/nowhere");
    broker = new Run(BrokerConfig.read(settings, Map.of()).limits(), false);
    Newcomer session = session(bert);
    broker.connect(session);
    RecordingConnection command = broker.connect(session(anna).withPurpose(Purpose.COMMAND));
    assertThat(broker.refusal(session(anna).hello(next()))).isEqualTo("capacity");
    broker.connect(session);
    command.lose();
    broker.connect(session(anna));
  }

  @Test
  void who_is_removed_while_the_hello_is_looked_at_stays_out_and_nobody_hears_of_it() {
    RecordingConnection a = broker.connect(session(anna));
    duringHello =
        () -> {
          mesh.revoke(bert, now);
          broker.bus.publish(new Happening.MemberRemoved(mesh.id(), bert.id(), true));
        };
    assertThat(broker.refusal(session(bert).hello(next()))).isEqualTo("revoked");
    assertThat(broker.peers.sessions(mesh.id())).hasSize(1);
    assertThat(a.news()).isEmpty();
  }
}
