package dev.claudemesh.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestClock;
import dev.claudemesh.broker.TestSocket;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Metrics;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.connection.ConnectionRequest;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.messaging.MessageReply;
import dev.claudemesh.protocol.messaging.MessageRequest;
import dev.claudemesh.protocol.presence.PresenceReply;
import dev.claudemesh.protocol.presence.PresenceReply.Profile;
import dev.claudemesh.protocol.presence.PresenceRequest;
import dev.claudemesh.protocol.presence.Status;
import dev.claudemesh.protocol.presence.StatusSource;
import dev.claudemesh.protocol.services.CallFailure;
import dev.claudemesh.protocol.services.ServiceReply.CallResult;
import dev.claudemesh.protocol.services.ServiceRequest;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.ObjectNode;

/// The cross-cutting steps, with rooms that do as they are told.
class FrontDoorTest {
  private static final PublicKey KEY = new PublicKey("ab".repeat(32));
  private static final String SEND =
      "{'type':'send','id':'%s','targetSpec':'*','priority':'now','nonce':'','ciphertext':''}";

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final SocketConnection connection =
      new SocketConnection(
          channel,
          InetAddress.getLoopbackAddress(),
          URI.create("http://localhost"),
          LimitsConfig.Sizes.DEFAULTS);
  private final Replies replies = new Replies(connection, 8);
  private final Metrics metrics = new Metrics();
  private final TestClock clock = new TestClock();
  private final Deque<CompletableFuture<Reply>> sends = new ArrayDeque<>();
  private final Deque<CompletableFuture<CallResult>> calls = new ArrayDeque<>();
  private final List<String> afterwards = new ArrayList<>();
  private Outcome presence = Outcome.of(new PresenceReply.PeersList(List.of()));
  private RuntimeException trouble;
  private CompletableFuture<Void> audited = CompletableFuture.completedFuture(null);

  private FrontDoor door = door(new LimitsConfig.Rates(60, 3, 0, 1, 60, 2, 30, 30, 5));

  private FrontDoor door(LimitsConfig.Rates rates) {
    return new FrontDoor(
        rooms(),
        (call, op) -> {
          throw new AssertionError("no HTTP here");
        },
        new RateLimits(LimitsConfig.DEFAULTS.withRates(rates), clock),
        (op, request, caller, reply) -> audited,
        metrics,
        clock);
  }

  /// Rooms of which only those that are played here answer.
  private Rooms rooms() {
    Object[] doors =
        Stream.of(Rooms.class.getRecordComponents()).map(room -> door(room.getName())).toArray();
    try {
      return (Rooms) Rooms.class.getDeclaredConstructors()[0].newInstance(doors);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private Handler<?> door(String room) {
    return switch (room) {
      case "connection" -> (Handler<ConnectionRequest<?>>) this::hello;
      case "messaging" -> (Handler<MessageRequest<?>>) this::message;
      case "presence" -> (Handler<PresenceRequest<?>>) this::present;
      case "members" -> (Handler<MemberRequest<?>>) this::member;
      case "services" -> (Handler<ServiceRequest<?>>) this::service;
      default -> other();
    };
  }

  private static <F extends Request<?>> Handler<F> other() {
    return (request, caller) -> {
      throw new AssertionError("nobody asks this room");
    };
  }

  private Outcome hello(ConnectionRequest<?> request, Caller caller) {
    if (trouble != null) {
      throw trouble;
    }
    connection.bind(peer());
    connection.send(new PresenceReply.PeersList(List.of()));
    return Outcome.of(MessageReply.Ack.done());
  }

  private Outcome message(MessageRequest<?> request, Caller caller) {
    CompletableFuture<Reply> answer = new CompletableFuture<>();
    sends.add(answer);
    return new Outcome.Later(answer, () -> afterwards.add("after " + sends.size()));
  }

  private Outcome present(PresenceRequest<?> request, Caller caller) {
    if (trouble != null) {
      throw trouble;
    }
    return presence;
  }

  private Outcome member(MemberRequest<?> request, Caller caller) {
    return Outcome.of(MessageReply.Ack.done());
  }

  private Outcome service(ServiceRequest<?> request, Caller caller) {
    CompletableFuture<CallResult> answer = new CompletableFuture<>();
    calls.add(answer);
    return new Outcome.Aside(answer);
  }

  private static Peer peer() {
    Member member = new Member("m1", "mesh1", "team", KEY, "Ada", false, false, Permissions.MEMBER);
    Instant now = Instant.EPOCH;
    Peer.Client client =
        new Peer.Client(
            "s1",
            1,
            "/",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Set.of());
    Peer.State state =
        new Peer.State(
            Optional.empty(),
            now,
            "Ada",
            Status.IDLE,
            StatusSource.JSONL,
            now,
            Optional.empty(),
            List.of(),
            Profile.EMPTY,
            Map.of(),
            true,
            now,
            now);
    return new Peer("p1", member, KEY, Optional.empty(), Purpose.SESSION, client, now, state);
  }

  private void ask(String json) {
    door.receive(connection, replies, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private void connected() {
    connection.bind(peer());
    connection.answerHello(MessageReply.Ack.done(), Optional.empty());
    channel.readOutbound();
  }

  private ObjectNode answer() {
    channel.runPendingTasks();
    return channel.readOutbound() instanceof TextWebSocketFrame frame
        ? TestSocket.json(frame.text())
        : null;
  }

  private CloseWebSocketFrame close() {
    return channel.readOutbound();
  }

  private static final String HELLO =
      "{'type':'hello','meshId':'m','memberId':'x','pubkey':'y','sessionId':'s','pid':1,'cwd':'/','timestamp':1,'signature':'z','_reqId':'h'}";

  @Test
  void a_good_hello_is_answered_before_anything_else_is_pushed() {
    ask(HELLO);
    assertThat(answer().path("_reqId").asString()).isEqualTo("h");
    assertThat(answer().path("type").asString()).isEqualTo("peers_list");
    assertThat(metrics.scrape()).contains("broker_connections_active 1.0");
    connection.ended();
    assertThat(metrics.scrape())
        .contains("broker_connections_active 0.0")
        .contains("broker_connections_total 1.0");
  }

  @Test
  void a_failed_hello_ends_the_connection_with_a_code_that_tells_whether_to_come_back() {
    Map<ProblemCode, Integer> closes =
        Map.of(
            ProblemCode.BAD_SIGNATURE,
            1008,
            ProblemCode.CAPACITY,
            1008,
            ProblemCode.REVOKED,
            4002,
            ProblemCode.BUSY,
            1013,
            ProblemCode.REPLAYED,
            1008);
    closes.forEach((code, close) -> {
      FrontDoorTest fresh = new FrontDoorTest();
      fresh.trouble = new Problem(code, "expected");
      fresh.ask(HELLO);
      assertThat(fresh.answer().path("code").asString()).isEqualTo(code.wireName());
      CloseWebSocketFrame frame = fresh.close();
      assertThat(frame.statusCode()).as(code.wireName()).isEqualTo(close);
      assertThat(frame.reasonText())
          .isEqualTo(code == ProblemCode.REVOKED ? "banned" : code.wireName());
      assertThat(fresh.metrics.scrape())
          .contains("broker_connections_rejected_total{reason=\"" + code.wireName() + "\"} 1.0");
    });
  }

  @Test
  void an_address_whose_hellos_fail_too_often_has_to_wait() {
    trouble = new Problem(ProblemCode.BAD_SIGNATURE, "expected");
    ask(HELLO);
    ask(HELLO);
    ask(HELLO);
    answer();
    close();
    assertThat(metrics.scrape())
        .contains("broker_messages_rejected_total{reason=\"rate_limited\"} 1.0");
  }

  @Test
  void hellos_that_a_trouble_of_the_broker_refused_do_not_count_against_their_address() {
    trouble = new Problem(ProblemCode.BUSY, "expected");
    for (int i = 0; i < 10; i++) {
      ask(HELLO);
    }
    assertThat(metrics.scrape())
        .contains("broker_messages_rejected_total{reason=\"busy\"} 10.0")
        .doesNotContain("reason=\"rate_limited\"");
  }

  @Test
  void answers_keep_the_order_of_their_questions_though_some_are_known_later() {
    connected();
    ask(SEND.formatted("a"));
    ask(SEND.formatted("b"));
    ask("{'type':'no_such_thing','_reqId':'c'}");
    assertThat(answer()).isNull();

    CompletableFuture<Reply> first = sends.poll();
    sends
        .poll()
        .complete(new MessageReply.Ack("", "second", true, Optional.empty(), Optional.empty()));
    assertThat(answer()).isNull();
    assertThat(afterwards).isEmpty();
    first.complete(new MessageReply.Ack("", "first", true, Optional.empty(), Optional.empty()));

    ObjectNode a = answer();
    assertThat(a.path("id").asString()).isEqualTo("a");
    assertThat(a.path("messageId").asString()).isEqualTo("first");
    assertThat(a.has("_reqId")).isFalse();
    assertThat(answer().path("id").asString()).isEqualTo("b");
    assertThat(answer().path("_reqId").asString()).isEqualTo("c");
    assertThat(afterwards).hasSize(2);
  }

  private static final String CALL = "{'type':'mcp_call','serverName':'s','toolName':'t'%s}";
  private static final CallResult OVER = CallResult.failed(CallFailure.HOST, "over");

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void a_call_that_takes_long_holds_up_no_other_request_of_its_connection() {
    connected();
    ask(CALL.formatted(",'_reqId':'slow'"));
    ask(CALL.formatted(",'_reqId':'quick'"));
    ask("{'type':'list_peers','_reqId':'peers'}");
    assertThat(answer().path("_reqId").asString()).isEqualTo("peers");
    CompletableFuture<CallResult> slow = calls.poll();
    calls.poll().complete(OVER);
    assertThat(answer().path("_reqId").asString()).isEqualTo("quick");
    ask(SEND.formatted("a"));
    sends.poll().complete(MessageReply.Ack.done());
    assertThat(answer().path("id").asString()).isEqualTo("a");
    slow.completeExceptionally(new Problem(ProblemCode.BUSY, "expected"));
    ObjectNode failed = answer();
    assertThat(failed.path("_reqId").asString()).isEqualTo("slow");
    assertThat(failed.path("code").asString()).isEqualTo("busy");
    ask(SEND.formatted("b"));
    assertThat(sends).as("a call that failed is no message to wait for").hasSize(1);
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void a_call_that_could_not_be_told_apart_from_others_is_answered_in_its_turn()
      throws InterruptedException {
    connected();
    ask(CALL.formatted(""));
    Thread lane = Thread.ofVirtual().start(() -> ask("{'type':'list_peers','_reqId':'peers'}"));
    assertThat(answer()).isNull();
    calls.poll().complete(OVER);
    lane.join();
    assertThat(answer().path("type").asString()).isEqualTo("mcp_call_result");
    assertThat(answer().path("_reqId").asString()).isEqualTo("peers");
  }

  @Test
  void a_send_that_fails_late_is_an_error_with_the_clients_own_id_and_holds_up_nobody() {
    connected();
    ask(SEND.formatted("a"));
    ask(SEND.formatted("b"));
    sends.poll().completeExceptionally(new Problem(ProblemCode.BUSY, "expected"));
    sends
        .poll()
        .complete(new MessageReply.Ack("", "second", true, Optional.empty(), Optional.empty()));
    ObjectNode failed = answer();
    assertThat(failed.path("code").asString()).isEqualTo("busy");
    assertThat(failed.path("retryable").asBoolean()).isTrue();
    assertThat(failed.path("id").asString()).isEqualTo("a");
    assertThat(answer().path("messageId").asString()).isEqualTo("second");
  }

  @Test
  void a_member_who_sends_too_fast_is_told_when_to_go_on() {
    connected();
    for (String id : List.of("a", "b", "c", "d")) {
      ask(SEND.formatted(id));
    }
    sends.forEach(send -> send.complete(MessageReply.Ack.done()));
    answer();
    answer();
    answer();
    ObjectNode limited = answer();
    assertThat(limited.path("code").asString()).isEqualTo("rate_limited");
    assertThat(limited.path("id").asString()).isEqualTo("d");
    assertThat(limited.path("details").path("retryAfterMs").asLong()).isPositive();
  }

  @Test
  void a_busy_receiver_may_say_as_much_of_messages_as_were_pushed_to_it_and_a_little_more() {
    door = door(new LimitsConfig.Rates(0, 1, 60, 2, 60, 2, 30, 30, 5));
    connected();
    for (int i = 0; i < 50; i++) {
      connection.sendEncoded("{}".getBytes(StandardCharsets.UTF_8));
      answer();
    }
    String confirm = "{'type':'client_ack','brokerMessageId':'x'}";
    for (int i = 0; i < 50; i++) {
      ask(confirm);
      ask("{'type':'seen','messageIds':['x']}");
      ask(SEND.formatted("s" + i));
      sends.forEach(send -> send.complete(MessageReply.Ack.done()));
      assertThat(answer().path("id").asString()).isEqualTo("s" + i);
    }
    assertThat(sends).hasSize(150);
    ask(confirm);
    ask("{'type':'nack','messageId':'x','reason':'blocked'}");
    assertThat(sends).hasSize(152);

    ask(confirm.replace("}", ",'_reqId':'q'}"));
    sends.forEach(send -> send.complete(MessageReply.Ack.done()));

    ObjectNode limited = answer();
    assertThat(limited.path("code").asString()).isEqualTo("rate_limited");
    assertThat(limited.path("_reqId").asString()).isEqualTo("q");
    assertThat(sends).hasSize(152);
  }

  @Test
  void frames_that_cannot_be_read_are_limited_as_any_other() {
    door = door(new LimitsConfig.Rates(0, 1, 60, 2, 60, 2, 30, 30, 5));
    connected();
    ask("{'type':'send','id':'a'}");
    ask("no JSON");
    assertThat(answer().path("code").asString()).isEqualTo("invalid_request");
    assertThat(answer().path("code").asString()).isEqualTo("malformed");
    ask("{'type':'send','id':'c'}");
    ObjectNode limited = answer();
    assertThat(limited.path("code").asString()).isEqualTo("rate_limited");
    assertThat(limited.path("id").asString()).isEqualTo("c");
  }

  private String sending(String id) {
    return SEND.formatted(id).replace("}", ",'client_message_id':'" + id + "'}");
  }

  private void accepted(String id) {
    sends
        .poll()
        .complete(new MessageReply.Ack("", "of " + id, true, Optional.empty(), Optional.empty()));
    ObjectNode ack = answer();
    assertThat(ack.path("id").asString()).isEqualTo(id);
    assertThat(ack.path("type").asString()).isEqualTo("ack");
  }

  private void refusedAs(String code, String id) {
    ObjectNode refusal = answer();
    assertThat(refusal.path("id").asString()).isEqualTo(id);
    assertThat(refusal.path("code").asString()).isEqualTo(code);
  }

  @Test
  void what_was_sent_behind_a_message_that_came_too_fast_does_not_overtake_it() {
    connected();
    for (String id : List.of("a", "b", "c")) {
      ask(sending(id));
      accepted(id);
    }
    ask(sending("d"));
    clock.advance(Duration.ofSeconds(10));
    ask(sending("e"));
    ask(sending("f"));
    refusedAs("rate_limited", "d");
    refusedAs("busy", "e");
    refusedAs("busy", "f");

    for (String id : List.of("d", "e", "f")) {
      ask(sending(id));
      accepted(id);
    }
  }

  @Test
  void the_message_to_wait_for_is_the_first_that_was_refused_though_a_later_one_was_known_sooner()
      throws InterruptedException {
    door = door(new LimitsConfig.Rates(60, 1, 0, 1, 60, 2, 30, 30, 5));
    connected();
    ask(sending("a"));
    Thread lane = Thread.ofVirtual().start(() -> ask(sending("b")));
    sends.poll().completeExceptionally(new Problem(ProblemCode.BUSY, "expected"));
    lane.join();
    clock.advance(Duration.ofSeconds(10));
    refusedAs("busy", "a");
    ObjectNode later = answer();
    assertThat(later.path("id").asString()).isEqualTo("b");
    assertThat(later.path("retryable").asBoolean()).isTrue();

    ask(sending("b"));
    refusedAs("busy", "b");
    ask(sending("a"));
    accepted("a");
  }

  @Test
  void a_message_that_does_not_come_again_is_not_waited_for_longer_than_half_a_minute() {
    connected();
    ask(sending("a"));
    sends.poll().completeExceptionally(new Problem(ProblemCode.STALE_EPOCH, "expected"));
    refusedAs("stale_epoch", "a");
    ask(sending("b"));
    refusedAs("busy", "b");
    ask(SEND.formatted("of an old client"));
    accepted("of an old client");
    clock.advance(Duration.ofSeconds(30));
    ask(sending("b"));
    accepted("b");
  }

  @Test
  void a_message_that_was_refused_for_good_holds_up_nobody() {
    connected();
    ask(sending("a"));
    sends.poll().completeExceptionally(new Problem(ProblemCode.BLOCKED, "expected"));
    refusedAs("blocked", "a");
    ask(sending("b"));
    accepted("b");
  }

  @Test
  void a_quiet_request_is_answered_late_or_now_only_if_it_asked() {
    connected();
    ask("{'type':'client_ack','brokerMessageId':'x'}");
    ask("{'type':'client_ack','brokerMessageId':'x','_reqId':'q'}");
    sends.forEach(send -> send.complete(MessageReply.Ack.done()));
    assertThat(answer().path("_reqId").asString()).isEqualTo("q");
    presence = Outcome.of(MessageReply.Ack.done());
    ask("{'type':'set_summary','summary':'x'}");
    assertThat(answer()).isNull();
  }

  @Test
  void a_bug_costs_neither_the_connection_nor_the_secret_of_what_it_was() {
    connected();
    trouble = new IllegalStateException("internals nobody should see");
    ask("{'type':'list_peers','_reqId':'q'}");
    ObjectNode answer = answer();
    assertThat(answer.path("code").asString()).isEqualTo("internal");
    assertThat(answer.path("message").asString())
        .containsPattern("incident [0-9A-Za-z]{8}")
        .doesNotContain("internals");
    assertThat(answer.path("_reqId").asString()).isEqualTo("q");
    assertThat(connection.open()).isTrue();
  }

  @Test
  void what_a_socket_still_had_to_say_is_not_heard_once_its_member_was_removed() {
    connected();
    connection.peer().orElseThrow().remove();
    ask("{'type':'list_peers','_reqId':'r'}");
    assertThat(answer().path("code").asString()).isEqualTo("revoked");
  }

  @Test
  void an_answer_waits_until_what_was_done_is_recorded_and_tells_if_it_cannot_be() {
    connected();
    audited = new CompletableFuture<>();
    ask("{'type':'set_visible','visible':true,'_reqId':'r1'}");
    assertThat(answer()).isNull();
    audited.complete(null);
    assertThat(answer().path("_reqId").asString()).isEqualTo("r1");
    audited = CompletableFuture.failedFuture(new Problem(ProblemCode.BUSY, "not recorded"));
    ask("{'type':'set_visible','visible':true,'_reqId':'r2'}");
    assertThat(answer().path("code").asString()).isEqualTo("busy");
  }

  @Test
  void a_permission_that_is_lacking_is_named() {
    connected();
    ask("{'type':'ban','target':'bob','_reqId':'q'}");
    assertThat(answer().path("code").asString()).isEqualTo("forbidden");
    ask("{'type':'set_permissions','member_id':'x','permissions':{},'_reqId':'q'}");
    assertThat(answer().path("message").asString()).contains("canManagePermissions");
  }
}
