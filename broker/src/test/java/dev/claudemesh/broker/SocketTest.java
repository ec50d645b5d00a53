package dev.claudemesh.broker;

import static dev.claudemesh.broker.TestSocket.BINARY;
import static dev.claudemesh.broker.TestSocket.CONTINUATION;
import static dev.claudemesh.broker.TestSocket.TEXT;
import static dev.claudemesh.broker.TestSocket.json;
import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.TestSocket.Closing;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.LimitsConfig.Rates;
import java.io.EOFException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// What the socket itself promises, whatever is said over it.
class SocketTest {
  private static TestBroker broker;

  @BeforeAll
  static void start() {
    broker = TestBroker.start(Map.of(), SocketTest::withoutRates);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static LimitsConfig withoutRates(LimitsConfig limits) {
    return limits.withRates(new Rates(0, 1, 0, 1, 0, 1, 0, 30, 5));
  }

  private static TestSocket connected() {
    return broker.connect(broker.mesh("socket"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void only_exactly_slash_ws_opens_a_socket() {
    for (String path : List.of("/ws?x=1", "/ws/", "/", "/wss", "/WS")) {
      URI wrong = URI.create("ws://127.0.0.1:" + broker.broker().port() + path);
      assertThatThrownBy(() -> TestSocket.open(wrong, broker.clock()))
          .as(path)
          .hasCauseInstanceOf(EOFException.class);
    }
  }

  @Test
  void what_is_no_json_is_malformed_and_the_connection_is_kept() {
    try (TestSocket socket = connected()) {
      for (String wrong :
          List.of("", "{", "[]", "null", "hello", "{\"type\":\"list_peers\"} x", "\u0000")) {
        socket.send(wrong);
        assertThat(socket.next().path("code").asString()).as(wrong).isEqualTo("malformed");
      }
      assertThat(socket.ask(object("list_peers")).path("type").asString()).isEqualTo("peers_list");
    }
  }

  @Test
  void an_unknown_type_is_told_with_the_request_id() {
    try (TestSocket socket = connected()) {
      ObjectNode answer = socket.ask(object("make_coffee"));
      assertThat(answer.path("type").asString()).isEqualTo("error");
      assertThat(answer.path("code").asString()).isEqualTo("unknown_type");
      assertThat(answer.path("retryable").asBoolean(true)).isFalse();
      assertThat(socket.ask(object("preview_invite")).path("code").asString())
          .as("an operation that is not for sockets")
          .isEqualTo("unknown_type");
    }
  }

  @Test
  void a_wrong_field_is_named() {
    try (TestSocket socket = connected()) {
      ObjectNode answer = socket.ask(json("{'type':'set_status','status':'asleep'}"));
      assertThat(answer.path("code").asString()).isEqualTo("invalid_request");
      assertThat(answer.path("message").asString())
          .contains("status")
          .contains("idle, working, dnd");
    }
  }

  @Test
  void a_refused_send_carries_the_clients_own_id() {
    try (TestSocket socket = connected()) {
      ObjectNode answer =
          socket.ask(
              json(
                  "{'type':'send','id':'m1','targetSpec':'*','priority':'urgent','nonce':'','ciphertext':''}"));
      assertThat(answer.path("code").asString()).isEqualTo("invalid_request");
      assertThat(answer.path("id").asString()).isEqualTo("m1");
    }
  }

  @Test
  void nothing_but_a_hello_is_heard_before_the_hello() {
    try (TestSocket socket = broker.socket()) {
      socket.send(json("{'type':'list_peers','_reqId':'q'}"));
      ObjectNode answer = socket.next();
      assertThat(answer.path("code").asString()).isEqualTo("no_hello");
      assertThat(answer.path("message").asString()).isEqualTo("must send hello first");
      assertThat(answer.has("_reqId")).isFalse();
      socket.hello(broker.mesh("late").withSession());
    }
  }

  @Test
  void a_failed_hello_is_told_and_the_socket_closed_with_the_code_as_reason() {
    TestMember owner = broker.mesh("wrong").withSession();
    try (TestSocket socket = broker.socket()) {
      ObjectNode hello = socket.helloFrame(owner).put("signature", "00".repeat(64));
      assertThat(socket.ask(hello).path("code").asString()).isEqualTo("bad_signature");
      assertThat(socket.closed()).isEqualTo(new Closing(1008, "bad_signature"));
    }
  }

  @Test
  void a_second_hello_changes_nothing() {
    TestMember owner = broker.mesh("twice").withSession();
    try (TestSocket socket = broker.connect(owner)) {
      assertThat(socket.ask(socket.helloFrame(owner.withSession())).path("code").asString())
          .isEqualTo("already_authenticated");
      assertThat(socket.ask(object("list_peers")).path("peers"))
          .singleElement()
          .satisfies(peer -> assertThat(peer.path("pubkey").asString()).isEqualTo(owner.address()));
    }
  }

  @Test
  void a_frame_may_come_as_text_as_binary_in_fragments_and_byte_by_byte() {
    try (TestSocket socket = connected()) {
      byte[] frame = bytes("{\"type\":\"list_peers\",\"_reqId\":\"ü\"}");
      socket.frame(true, BINARY, frame);
      socket.frame(false, TEXT, Arrays.copyOf(frame, 5));
      socket.frame(false, CONTINUATION, Arrays.copyOfRange(frame, 5, frame.length - 3));
      socket.awaitPong();
      socket.frame(true, CONTINUATION, Arrays.copyOfRange(frame, frame.length - 3, frame.length));
      for (byte one : TestSocket.encode(true, TEXT, frame)) {
        socket.raw(new byte[] {one});
      }
      for (int i = 0; i < 3; i++) {
        assertThat(socket.next().path("_reqId").asString()).isEqualTo("ü");
      }
    }
  }

  @Test
  void a_frame_above_64_kib_needs_the_large_frames_that_hello_announced() {
    byte[] large = new byte[70_000];
    try (TestSocket socket = broker.socket()) {
      socket.frame(true, TEXT, large);
      assertThat(socket.closed()).isEqualTo(new Closing(1009, ""));
    }
    TestMember owner = broker.mesh("large").withSession();
    try (TestSocket socket = broker.socket()) {
      ObjectNode hello = socket.helloFrame(owner);
      hello.remove("capabilities");
      socket.send(hello);
      socket.next("hello_ack");
      socket.frame(true, TEXT, large);
      assertThat(socket.closed()).isEqualTo(new Closing(1009, ""));
    }
    try (TestSocket socket = broker.connect(owner.withSession())) {
      socket.send(
          "{\"type\":\"list_peers\",\"_reqId\":\"q\",\"padding\":\"" + "x".repeat(900_000) + "\"}");
      assertThat(socket.next("peers_list").path("_reqId").asString()).isEqualTo("q");
      socket.frame(true, TEXT, new byte[1_048_577]);
      assertThat(socket.closed()).isEqualTo(new Closing(1009, ""));
    }
  }

  @Test
  void a_text_that_is_not_utf_8_ends_the_connection() {
    try (TestSocket socket = connected()) {
      socket.frame(true, TEXT, new byte[] {(byte) 0xff, (byte) 0xfe});
      assertThat(socket.closed().code()).isEqualTo(1007);
    }
  }

  @Test
  void a_ping_of_the_client_is_answered() {
    try (TestSocket socket = broker.socket()) {
      socket.awaitPong();
    }
  }

  @Test
  void a_client_that_closes_is_answered_with_its_own_code() {
    try (TestSocket socket = connected()) {
      socket.frame(true, TestSocket.CLOSE, new byte[] {0x03, (byte) 0xe8});
      assertThat(socket.closed().code()).isEqualTo(1000);
    }
  }

  @Test
  void ten_thousand_requests_at_once_are_answered_in_their_order() {
    try (TestSocket socket = connected()) {
      List<String> asked = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        socket.send(
            "{\"type\":\""
                + (i % 3 == 0 ? "list_peers" : "nonsense")
                + "\",\"_reqId\":\""
                + i
                + "\"}");
        asked.add(Integer.toString(i));
      }
      List<String> answered = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        answered.add(socket.next().path("_reqId").asString());
      }
      assertThat(answered).isEqualTo(asked);
    }
  }

  @Test
  void a_quiet_request_is_answered_only_if_it_asks_to_be() {
    try (TestSocket socket = connected()) {
      socket.send(json("{'type':'set_summary','summary':'one'}"));
      ObjectNode answer = socket.ask(json("{'type':'set_summary','summary':'two'}"));
      assertThat(answer.path("type").asString()).isEqualTo("ack");
      assertThat(answer.path("id").asString()).isEqualTo(answer.path("_reqId").asString());
      assertThat(socket.drain()).as("no answer to the first").isEmpty();
    }
  }

  @Test
  void an_ack_to_set_visible_repeats_the_request_id_in_both_places() {
    try (TestSocket socket = connected()) {
      socket.send(json("{'type':'set_visible','visible':true,'_reqId':'v1'}"));
      ObjectNode ack = socket.next("ack");
      assertThat(ack.path("id").asString()).isEqualTo("v1");
      assertThat(ack.path("_reqId").asString()).isEqualTo("v1");
      assertThat(ack.path("messageId").asString("?")).isEmpty();
      assertThat(ack.path("queued").asBoolean(true)).isFalse();
      socket.send(json("{'type':'set_visible','visible':true}"));
      assertThat(socket.next("ack").path("id").asString("?")).isEmpty();
    }
  }

  @Test
  void whoever_does_not_read_loses_the_connection_and_nobody_else_does() {
    LimitsConfig.Sizes d = LimitsConfig.Sizes.DEFAULTS;
    LimitsConfig.Sizes small =
        new LimitsConfig.Sizes(
            d.connectionsPerMesh(),
            d.connections(),
            d.socketsPerAddress(),
            d.frameBytes(),
            d.largeFrameBytes(),
            d.httpBodyBytes(),
            d.laneFrames(),
            d.pendingSends(),
            4_096,
            1_024,
            65_536,
            d.inFlightPerPeer(),
            d.writerQueue(),
            d.writerBatch(),
            d.finishedMessages(),
            d.recipientsPerMessage(),
            d.groupsPerPeer(),
            d.databaseConnections(),
            d.rateBuckets());
    try (TestBroker narrow =
        TestBroker.start(Map.of(), limits -> withoutRates(limits).withSizes(small))) {
      TestMember owner = narrow.mesh("narrow");
      try (TestSocket deaf = narrow.connect(owner);
          TestSocket other = narrow.connect(owner)) {
        deaf.stopReading();
        // Far more than the sockets' own buffers take.
        String ask = "{\"type\":\"list_peers\",\"_reqId\":\"" + "r".repeat(180) + "\"}";
        for (int i = 0; i < 30_000 && !deaf.isClosed(); i++) {
          deaf.send(ask);
        }
        deaf.readAgain();
        assertThat(deaf.closed().code()).isIn(1013, 1006);
        assertThat(other.ask(object("list_peers")).path("type").asString()).isEqualTo("peers_list");
      }
    }
  }

  @Test
  void whoever_says_no_hello_or_answers_no_ping_is_ended() {
    Duration soon = Duration.ofMillis(300);
    try (TestBroker impatient =
        TestBroker.start(
            Map.of(),
            limits ->
                limits.withTiming(
                    limits
                        .timing()
                        .withPing(Duration.ofMillis(100), soon)
                        .withHelloDeadline(soon)))) {
      try (TestSocket silent = impatient.socket()) {
        assertThat(silent.closed()).isEqualTo(new Closing(1008, "hello_timeout"));
      }
      TestMember owner = impatient.mesh("pings");
      try (TestSocket deaf = impatient.connect(owner);
          TestSocket polite = impatient.connect(owner)) {
        deaf.awaitPing();
        deaf.stopAnsweringPings();
        assertThat(deaf.closed().code()).isEqualTo(1006);
        polite.awaitPing();
        assertThat(polite.isClosed()).isFalse();
      }
    }
  }
}
