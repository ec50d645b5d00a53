package dev.claudemesh.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.ErrorReply;
import dev.claudemesh.protocol.Outbound;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import dev.claudemesh.protocol.presence.PresenceReply.PeersList;
import dev.claudemesh.protocol.presence.PresenceRequest.ListPeers;
import dev.claudemesh.protocol.presence.PresenceRequest.SetSummary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class MeshClientConnectionTest extends ClientFixture {

  @Test
  void the_hello_is_signed_by_the_member_and_by_the_session() {
    MeshClient client = start(builder());

    ObjectNode hello = broker.connection().next("hello");

    String signed =
        Canonical.hello(
            MESH, "member-alice", alice.publicKey().hex(), hello.get("timestamp").doubleValue());
    assertThat(hello.get("pubkey").stringValue()).isEqualTo(alice.publicKey().hex());
    assertThat(Keys.verify(alice.publicKey(), signed, hello.get("signature").stringValue()))
        .isTrue();
    PublicKey session = new PublicKey(hello.get("sessionPubkey").stringValue());
    assertThat(session).isEqualTo(aliceSession.publicKey());
    assertThat(Keys.verify(session, signed, hello.get("sessionSignature").stringValue())).isTrue();
    assertThat(hello.get("capabilities").valueStream().map(each -> each.stringValue()))
        .containsExactly("client_ack", "group_e2e", "resume", "large_frames");
    assertThat(hello.get("purpose").stringValue()).isEqualTo("session");
    assertThat(client.ready(LONG).presenceId()).isEqualTo("presence1");
    assertThat(client.state()).isEqualTo(ConnectionState.OPEN);
    assertThat(told.next("connected", HelloAck.class).memberDisplayName()).isEqualTo("Alice");
  }

  @Test
  void a_replayed_hello_is_tried_again_at_once_with_a_new_timestamp() {
    AtomicInteger hellos = new AtomicInteger();
    broker.answering((connection, frame) -> {
      if (frame.get("type").stringValue().equals("hello") && hellos.incrementAndGet() == 1) {
        connection.send(error("replayed"));
        connection.close(1008, "replayed");
        return true;
      }
      return false;
    });

    // pauses of a minute: only a try at once can succeed in time
    MeshClient client =
        start(
            builder()
                .limits(
                    ClientLimits.SESSION.withPauses(Duration.ofMinutes(1), Duration.ofMinutes(1))));

    ObjectNode first = broker.connection().next("hello");
    ObjectNode second = broker.connection().next("hello");
    client.ready(LONG);
    assertThat(second.get("timestamp").doubleValue())
        .isGreaterThan(first.get("timestamp").doubleValue());
    assertThat(second.get("signature")).isNotEqualTo(first.get("signature"));
  }

  @ParameterizedTest
  @CsvSource({
    "unauthorized, claudemesh join",
    "revoked, ask for a new invite",
    "bad_signature, config.json",
    "timestamp_skew, clock",
    "session_key_taken, session",
    "forbidden, doctor"
  })
  void a_refusal_that_time_cannot_mend_ends_the_client_and_says_what_to_do(
      String code, String advice) {
    broker.answering(refusing(code));

    MeshClient client = start(builder());

    Problem why = told.next("ended", Problem.class);
    assertThat(why.code()).isEqualTo(ProblemCode.of(code).orElseThrow());
    assertThat(why).hasMessageContaining(advice);
    assertThat(client.state()).isEqualTo(ConnectionState.ENDED);
    assertThatThrownBy(() -> client.ready(LONG)).hasMessageContaining(advice);
    assertThatThrownBy(() -> client.send(Outgoing.of(bob.publicKey().hex(), "hi")))
        .hasMessageContaining(advice);
    assertThat(problemOf(client.call(new ListPeers()))).hasMessageContaining(advice);
  }

  @ParameterizedTest
  @CsvSource({"capacity", "shutting_down", "internal", "busy", "hello_timeout"})
  void a_refusal_that_may_pass_is_tried_again(String code) {
    AtomicInteger hellos = new AtomicInteger();
    ScriptedBroker.Answer refusal = refusing(code);
    broker.answering(
        (connection, frame) -> hellos.incrementAndGet() < 3 && refusal.frame(connection, frame));

    MeshClient client = start(builder());

    assertThat(client.ready(LONG).presenceId()).isEqualTo("presence1");
    assertThat(hellos.get()).isGreaterThanOrEqualTo(3);
    assertThat(told.next("disconnected", Problem.class).code())
        .isEqualTo(ProblemCode.of(code).orElseThrow());
  }

  @Test
  void a_lost_connection_comes_back_and_presents_its_resume_token() {
    MeshClient client = start(builder());
    ScriptedConnection first = broker.connection();
    assertThat(first.next("hello").has("resumeToken")).isFalse();
    client.ready(LONG);

    first.drop();

    ObjectNode again = broker.connection().next("hello");
    assertThat(again.get("resumeToken").stringValue()).isEqualTo("resume-token-1");
    told.next("connected", HelloAck.class);
    assertThat(told.next("disconnected", Problem.class).code()).isEqualTo(ProblemCode.UNREACHABLE);
    told.next("connected", HelloAck.class);
  }

  @Test
  void a_broker_that_was_killed_is_found_again_when_it_is_back() {
    MeshClient client = start(builder());
    open(client);

    broker.kill();
    told.next("disconnected", Problem.class);
    assertThat(told.next("disconnected", Problem.class)).hasMessageContaining("claudemesh broker");
    broker.restart();

    open(client);
    assertThat(client.state()).isEqualTo(ConnectionState.OPEN);
  }

  @ParameterizedTest
  @CsvSource({"1001, shutting down", "1000, disconnect", "1011, oops", "4999, unheard of"})
  void it_comes_back_after_most_close_codes(int code, String reason) {
    MeshClient client = start(builder());
    open(client).close(code, reason);
    broker.greeted();
  }

  @ParameterizedTest
  @CsvSource({
    "1000, session_replaced, gave way",
    "4001, kicked, admin ended",
    "4002, banned, invite"
  })
  void it_stays_away_after_it_was_replaced_kicked_or_banned(int code, String reason, String says) {
    MeshClient client = start(builder());
    open(client).close(code, reason);

    assertThat(told.next("ended", Problem.class)).hasMessageContaining(says);
    assertThat(client.state()).isEqualTo(ConnectionState.ENDED);
  }

  @Test
  void a_broker_that_does_not_answer_the_hello_is_tried_again() {
    AtomicInteger hellos = new AtomicInteger();
    broker.answering((connection, frame) -> hellos.incrementAndGet() == 1);

    start(builder().limits(QUICK.withTimeouts(Duration.ofMillis(50), Duration.ofSeconds(10))));

    broker.greeted();
    assertThat(told.next("disconnected", Problem.class))
        .hasMessageContaining("did not answer the hello");
    broker.greeted();
  }

  @Test
  void one_that_was_replaced_by_a_late_hello_of_its_own_comes_back_and_by_another_stays_away() {
    AtomicInteger hellos = new AtomicInteger();
    broker.answering((connection, frame) -> hellos.incrementAndGet() == 1);
    MeshClient client =
        start(builder().limits(QUICK.withTimeouts(Duration.ofMillis(200), Duration.ofSeconds(10))));
    broker.greeted();

    open(client).close(1000, "session_replaced");
    open(client).close(1000, "session_replaced");

    assertThat(told.next("ended", Problem.class)).hasMessageContaining("gave way");
  }

  @Test
  void one_that_was_replaced_by_its_own_late_hello_before_it_was_greeted_comes_back_too() {
    AtomicInteger hellos = new AtomicInteger();
    broker.answering((connection, frame) -> {
      int hello = hellos.incrementAndGet();
      if (hello == 2) {
        connection.close(1000, "session_replaced");
      }
      return hello <= 2;
    });
    MeshClient client =
        start(builder().limits(QUICK.withTimeouts(Duration.ofMillis(200), Duration.ofSeconds(10))));

    broker.greeted();
    broker.greeted();
    open(client);

    assertThat(client.state()).isEqualTo(ConnectionState.OPEN);
  }

  @Test
  void a_connection_on_which_nothing_comes_any_more_is_given_up_and_made_again() {
    MeshClient client =
        start(builder().limits(QUICK.withWatchdog(Duration.ofMillis(20), Duration.ofMillis(80))));
    ScriptedConnection first = broker.greeted();
    client.ready(LONG);
    first.awaitControl("ping");

    first.goDeaf();

    broker.greeted();
    told.next("disconnected", Problem.class);
  }

  @Test
  void a_broker_that_dies_right_after_a_frame_is_missed_at_once() {
    broker.answering((connection, frame) -> {
      if (frame.get("type").stringValue().equals("set_summary")) {
        connection.reply(Ack.done(), frame);
        connection.drop();
        return true;
      }
      return false;
    });
    MeshClient client = start(builder());
    for (int i = 0; i < 40; i++) {
      client.ready(LONG);
      told.next("connected", HelloAck.class);
      client.call(new SetSummary("round " + i));
      told.next("disconnected", Problem.class);
    }
  }

  @Test
  void it_answers_the_brokers_pings() {
    MeshClient client = start(builder());
    ScriptedConnection connection = open(client);
    connection.ping();
    connection.awaitControl("pong");
  }

  @Test
  void a_one_shot_client_gives_up_at_the_first_failure() {
    broker.kill();

    MeshClient client = start(builder().limits(QUICK.withReconnect(false)));

    assertThatThrownBy(() -> client.ready(LONG))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.UNREACHABLE);
              assertThat(problem)
                  .hasMessageContaining(broker.url().toString())
                  .hasMessageContaining("claudemesh broker");
            });
  }

  @Test
  void waiting_for_a_broker_that_never_comes_ends_with_the_reason() {
    broker.kill();
    MeshClient client = start(builder());
    told.next("disconnected", Problem.class);

    assertThatThrownBy(() -> client.ready(Duration.ofMillis(20)))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.code()).isEqualTo(ProblemCode.UNREACHABLE));
  }

  @Test
  void a_call_gets_the_reply_that_bears_its_id() {
    MeshClient client = start(builder());
    ScriptedConnection connection = open(client);

    CompletableFuture<PeersList> one = client.call(new ListPeers());
    CompletableFuture<PeersList> other = client.call(new ListPeers());
    ObjectNode first = connection.next("list_peers");
    ObjectNode second = connection.next("list_peers");
    connection.reply(new PeersList(List.of()), second);
    other.orTimeout(20, TimeUnit.SECONDS).join();

    assertThat(one).isNotDone();
    connection.reply(new PeersList(List.of()), first);
    assertThat(one.orTimeout(20, TimeUnit.SECONDS).join().peers()).isEmpty();
  }

  @Test
  void an_error_frame_fails_its_call_with_the_brokers_words() {
    MeshClient client = start(builder());
    ScriptedConnection connection = open(client);

    CompletableFuture<PeersList> call = client.call(new ListPeers());
    connection.reply(
        new Problem(ProblemCode.FORBIDDEN, "Not yours").toReply(), connection.next("list_peers"));

    assertThat(problemOf(call).code()).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(problemOf(call)).hasMessage("Not yours");
  }

  @Test
  void a_call_that_is_not_answered_times_out() {
    MeshClient client = start(builder().limits(QUICK.withTimeouts(LONG, Duration.ofMillis(30))));
    open(client);
    assertThat(problemOf(client.call(new ListPeers())).code()).isEqualTo(ProblemCode.TIMEOUT);
  }

  @Test
  void calls_that_wait_fail_when_the_connection_is_lost() {
    MeshClient client = start(builder());
    ScriptedConnection connection = open(client);
    CompletableFuture<PeersList> call = client.call(new ListPeers());
    connection.next("list_peers");

    connection.drop();

    Problem why = problemOf(call);
    assertThat(why.code()).isEqualTo(ProblemCode.UNREACHABLE);
    assertThat(why.code().retryable()).isTrue();
  }

  @Test
  void more_calls_than_may_wait_are_refused() {
    MeshClient client = start(builder());
    open(client);
    for (int i = 0; i < QUICK.maxCalls(); i++) {
      client.call(new ListPeers());
    }
    assertThat(problemOf(client.call(new ListPeers())).code()).isEqualTo(ProblemCode.LIMIT);
  }

  @Test
  void a_caller_may_call_again_from_within_an_answer() {
    MeshClient client = start(builder());
    ScriptedConnection connection = open(client);
    CompletableFuture<PeersList> chained =
        client.call(new ListPeers()).thenApply(first -> client.ask(new ListPeers()));
    connection.reply(new PeersList(List.of()), connection.next("list_peers"));
    connection.reply(new PeersList(List.of()), connection.next("list_peers"));
    assertThat(chained.orTimeout(20, TimeUnit.SECONDS).join().peers()).isEmpty();
  }

  @Test
  void a_listener_may_call_and_be_slow_without_stopping_the_connection() {
    CompletableFuture<Void> release = new CompletableFuture<>();
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    MeshClient client =
        start(
            builder()
                .listener(
                    new MeshListener() {
                      @Override
                      public void connected(HelloAck hello) {
                        release.join();
                        events.add("released");
                      }
                    }));
    ScriptedConnection connection = open(client);

    CompletableFuture<PeersList> call = client.call(new ListPeers());
    connection.reply(new PeersList(List.of()), connection.next("list_peers"));
    call.orTimeout(20, TimeUnit.SECONDS).join();
    assertThat(events).isEmpty();
    release.complete(null);
  }

  @Test
  void a_frame_that_is_not_json_ends_the_connection_and_an_unknown_one_is_passed_over() {
    MeshClient client = start(builder());
    ScriptedConnection connection = open(client);
    connection.send("{\"type\":\"of_the_future\",\"x\":1}");
    CompletableFuture<PeersList> call = client.call(new ListPeers());
    connection.reply(new PeersList(List.of()), connection.next("list_peers"));
    call.orTimeout(20, TimeUnit.SECONDS).join();

    connection.send("}{");
    broker.greeted();
  }

  @Test
  void goodbye_is_said_before_the_connection_closes() {
    MeshClient client = start(builder());
    ScriptedConnection connection = open(client);
    client.goodbye();
    connection.next("goodbye");
    connection.awaitControl("close");
  }

  @Test
  void closing_twice_or_before_the_connection_stands_does_no_harm() {
    MeshClient early = start(builder());
    early.close();
    early.close();
    assertThat(early.state()).isEqualTo(ConnectionState.ENDED);

    MeshClient open = start(builder());
    open.ready(LONG);
    open.close();
    open.close();
    assertThat(problemOf(open.call(new ListPeers())).code()).isEqualTo(ProblemCode.UNREACHABLE);
  }

  @Test
  void a_listener_may_close_its_client() {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    CompletableFuture<MeshClient> itself = new CompletableFuture<>();
    MeshClient client =
        start(
            builder()
                .listener(
                    new MeshListener() {
                      @Override
                      public void connected(HelloAck hello) {
                        itself.join().close();
                        closed.complete(null);
                      }
                    }));
    itself.complete(client);
    closed.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void a_closed_client_leaves_no_thread_behind() throws Exception {
    MeshClient client = start(builder());
    open(client);
    assertThat(clientThreads()).isNotEmpty();

    client.close();

    assertThat(clientThreads()).isEmpty();
  }

  /// Names of the client's threads; only a dump knows the virtual ones.
  private static List<String> clientThreads() throws Exception {
    Path dump = Files.createTempDirectory("threads").resolve("dump");
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process made =
        new ProcessBuilder(
                jcmd,
                String.valueOf(ProcessHandle.current().pid()),
                "Thread.dump_to_file",
                dump.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(made.waitFor()).isZero();
    return Files.readAllLines(dump).stream()
        .filter(line -> line.matches("#\\d+ \"(claudemesh|HttpClient).*"))
        .toList();
  }

  private static Outbound error(String code) {
    return new ErrorReply(
        code, "hello rejected: " + code, Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static ScriptedBroker.Answer refusing(String code) {
    return (connection, frame) -> {
      connection.send(error(code));
      connection.close(1008, code);
      return true;
    };
  }
}
