package dev.claudemesh.broker.connection;

import static dev.claudemesh.broker.TestSocket.json;
import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import dev.claudemesh.broker.TestSocket.Closing;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Faults of the reference that this room mends, each over a real socket.
class ConnectionWireTest {
  private static final Duration GRACE = LimitsConfig.DEFAULTS.timing().presenceGrace();

  private static TestBroker broker;

  @BeforeAll
  static void start() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void a_push_never_precedes_hello_ack() throws InterruptedException {
    TestMember ada = broker.mesh("noise").withSession();
    TestMember bob = broker.member(ada, "bob");
    AtomicBoolean enough = new AtomicBoolean();
    Thread noise =
        Thread.ofVirtual()
            .start(() -> {
              while (!enough.get()) {
                try (TestSocket a = broker.connect(ada)) {
                  a.ask(object("goodbye"));
                }
              }
            });
    for (int i = 0; i < 40; i++) {
      // Fails unless the first frame is hello_ack.
      broker.connect(bob).cut();
    }
    enough.set(true);
    noise.join();
  }

  @Test
  void hello_ack_tells_all_that_a_client_needs() {
    TestMember ada = broker.mesh("ack").withSession();
    try (TestSocket a = broker.connect(ada)) {
      ObjectNode ack = a.helloAck();
      Stream.of(
              "presenceId",
              "resumeToken",
              "http_token",
              "hookToken",
              "serverTime",
              "memberDisplayName")
          .forEach(field -> assertThat(ack.path(field).asString("")).as(field).isNotEmpty());
      assertThat(ack.path("protocolVersion").asInt()).isEqualTo(1);
      assertThat(ack.path("resumed").asBoolean()).isFalse();
      assertThat(ack.path("epoch").asInt()).isEqualTo(1);
      assertThat(ack.path("encryption").asString()).isEqualTo("e2e");
      assertThat(ack.path("services").isArray()).isTrue();
      assertThat(ack.path("memberProfile").path("roleTag").isNull()).isTrue();
      assertThat(ack.path("meshPolicy").path("selfEditable").path("groups").asBoolean()).isTrue();
    }
  }

  @Test
  void second_hello_on_a_socket_is_refused_and_changes_nothing() {
    TestMember ada = broker.mesh("second").withSession();
    try (TestSocket a = broker.connect(ada)) {
      ObjectNode error = a.ask(a.helloFrame(ada.withSession()));
      assertThat(error.path("code").asString()).isEqualTo("already_authenticated");
      assertThat(peers(a)).hasSize(1);
    }
  }

  @Test
  void ghosts_are_gone_because_a_reconnect_replaces_the_old_socket() {
    TestMember ada = broker.mesh("ghost").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket old = broker.connect(bob);
        TestSocket fresh = broker.connect(bob)) {
      assertThat(old.closed()).isEqualTo(new Closing(1000, "session_replaced"));
      assertThat(fresh.helloAck().path("resumed").asBoolean()).isTrue();
      assertThat(fresh.helloAck().path("presenceId")).isEqualTo(old.helloAck().path("presenceId"));
      assertThat(peers(a)).hasSize(2);
      assertThat(news(a)).containsExactly("peer_joined bob");
    }
  }

  @Test
  void random_session_keys_are_gone_because_a_session_is_vouched_for_or_proves_its_key() {
    TestMember ada = broker.mesh("random").withSession();
    TestSocket plain = broker.socket();
    ObjectNode hello = plain.helloFrame(ada);
    hello.remove("sessionSignature");
    assertThat(refused(hello)).isEqualTo("session_key_unproven");
    Newcomer vouched = Newcomer.of(ada.meshId(), ada.id(), ada.key());
    TestSocket socket = broker.socket();
    socket.send(
        Wire.tree(
            vouched.sessionHello(
                broker.clock().instant(), broker.clock().instant().plus(Duration.ofHours(12))),
            Optional.empty()));
    assertThat(socket.next("hello_ack").path("resumed").asBoolean()).isFalse();
    JsonNode row = peers(socket).getFirst();
    assertThat(row.path("pubkey").asString()).isEqualTo(vouched.address());
    assertThat(row.path("memberPubkey").asString()).isEqualTo(ada.pubkey());
    assertThat(row.path("peerRole").asString()).isEqualTo("session");
    socket.close();
  }

  @Test
  void dead_sockets_stay_for_the_grace_and_no_longer() {
    TestMember ada = broker.mesh("dead").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada)) {
      TestSocket b = broker.connect(bob);
      b.cut();
      awaitPeers(a, List.of("test true", "bob false"), ada.name());
      // Whoever notices the end first, the lease runs from here at the latest.
      broker.sweep();
      broker.clock().advance(GRACE.minusSeconds(5));
      broker.sweep();
      assertThat(peers(a)).hasSize(2);
      broker.clock().advance(Duration.ofSeconds(5));
      broker.sweep();
      assertThat(peers(a)).hasSize(1);
      assertThat(news(a)).containsExactly("peer_joined bob", "peer_left bob");
    }
  }

  @Test
  void memberId_unchecked_no_more() {
    TestMember ada = broker.mesh("member-id").withSession();
    TestMember bob = broker.member(ada, "bob");
    TestMember claimed =
        new TestMember(
            ada.meshId(), ada.meshSlug(), bob.id(), ada.name(), ada.key(), ada.session());
    assertThat(refused(broker.socket().helloFrame(claimed))).isEqualTo("unauthorized");
  }

  @Test
  void sessionPubkey_unproven_no_more_and_anothers_is_never_given() {
    TestMember ada = broker.mesh("session-key").withSession();
    TestMember bob = broker.member(ada, "bob");
    try (TestSocket a = broker.connect(ada)) {
      ObjectNode forged = a.helloFrame(broker.member(ada, "mallory").withSession());
      forged.put("sessionPubkey", ada.address());
      assertThat(refused(forged)).as("signed by another session key").isEqualTo("bad_signature");
      TestMember thief =
          new TestMember(ada.meshId(), ada.meshSlug(), bob.id(), "bob", bob.key(), ada.session());
      assertThat(refused(a.helloFrame(thief)))
          .as("with the stolen key")
          .isEqualTo("session_key_taken");
      TestMember asMember =
          new TestMember(
              ada.meshId(), ada.meshSlug(), bob.id(), "bob", bob.key(), Optional.of(ada.key()));
      assertThat(refused(a.helloFrame(asMember)))
          .as("a member's key as session key")
          .isEqualTo("session_key_taken");
      assertThat(peers(a)).hasSize(1);
    }
  }

  @Test
  void a_hello_signature_is_accepted_once_even_across_a_restart() {
    try (TestBroker own = TestBroker.start()) {
      TestMember ada = own.mesh("replay").withSession();
      TestSocket first = own.socket();
      ObjectNode hello = first.helloFrame(ada);
      first.send(hello);
      first.next("hello_ack");
      TestSocket second = own.socket();
      second.send(hello);
      assertThat(second.next("error").path("code").asString()).isEqualTo("replayed");
      assertThat(second.closed()).isEqualTo(new Closing(1008, "replayed"));
      assertThat(first.isClosed()).isFalse();
      own.restart();
      TestSocket third = own.socket();
      third.send(hello);
      assertThat(third.next("error").path("code").asString()).isEqualTo("replayed");
    }
  }

  @Test
  void a_restart_of_the_broker_is_seen_by_nobody_who_comes_back_in_time() {
    try (TestBroker own = TestBroker.start()) {
      TestMember ada = own.mesh("restart").withSession();
      TestMember bob = own.member(ada, "bob").withSession();
      own.connect(ada, bob);
      own.restart();
      TestSocket a = own.connect(ada);
      assertThat(a.helloAck().path("resumed").asBoolean()).isTrue();
      assertThat(peers(a)).hasSize(2);
      assertThat(own.connect(bob).helloAck().path("resumed").asBoolean()).isTrue();
      assertThat(news(a)).isEmpty();
    }
  }

  @Test
  void one_shot_commands_make_no_noise() {
    TestMember ada = broker.mesh("command").withSession();
    TestMember bob = broker.member(ada, "bob");
    try (TestSocket a = broker.connect(ada)) {
      TestSocket command = broker.socket();
      command.send(command.helloFrame(bob).put("purpose", "command"));
      command.next("hello_ack");
      assertThat(peers(command))
          .map(peer -> peer.path("displayName").asString())
          .containsExactly("owner");
      ObjectNode refused = command.ask(json("{'type':'set_status','status':'dnd'}"));
      assertThat(refused.path("code").asString()).isEqualTo("invalid_request");
      command.close();
      assertThat(news(a)).isEmpty();
    }
  }

  @Test
  void goodbye_ends_at_once() {
    TestMember ada = broker.mesh("goodbye").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      assertThat(b.ask(object("goodbye")).path("type").asString()).isEqualTo("ack");
      assertThat(b.closed()).isEqualTo(new Closing(1000, "goodbye"));
      assertThat(peers(a)).hasSize(1);
    }
  }

  @Test
  void what_fails_first_is_what_is_told_and_the_socket_is_closed_with_it() {
    TestMember ada = broker.mesh("order").withSession();
    TestSocket socket = broker.socket();
    ObjectNode late = socket.helloFrame(ada);
    assertThat(refused(late.deepCopy().put("timestamp", 1).put("signature", "?")))
        .isEqualTo("timestamp_skew");
    assertThat(refused(late.deepCopy().put("signature", "?"))).isEqualTo("malformed");
    assertThat(refused(late.deepCopy().put("sessionPubkey", "AB"))).isEqualTo("bad_session_pubkey");
    assertThat(refused(late.deepCopy().put("meshId", "other"))).isEqualTo("bad_signature");
    TestMember stranger =
        new TestMember(
            ada.meshId(), ada.meshSlug(), ada.id(), "x", Keys.generate(), Optional.empty());
    assertThat(refused(socket.helloFrame(stranger))).isEqualTo("unauthorized");
    broker
        .database()
        .dsl()
        .query("update mesh.member set revoked_at = joined_at where id = ?", ada.id())
        .execute();
    TestSocket banned = broker.socket();
    banned.send(banned.helloFrame(ada));
    assertThat(banned.next("error").path("code").asString()).isEqualTo("revoked");
    assertThat(banned.closed()).isEqualTo(new Closing(4002, "banned"));
  }

  @Test
  void an_old_client_is_served_in_compat_mode_without_a_proven_session_key() {
    try (TestBroker compat = TestBroker.start(Map.of("BROKER_COMPAT", "true"))) {
      TestMember ada = compat.mesh("compat");
      String key = Keys.generate().publicKey().hex();
      TestSocket socket = compat.socket();
      long at = compat.clock().instant().toEpochMilli();
      ObjectNode hello =
          object("hello")
              .put("meshId", ada.meshId())
              .put("memberId", ada.id())
              .put("pubkey", ada.pubkey())
              .put("sessionPubkey", key)
              .put("sessionId", "1-2")
              .put("pid", 1)
              .put("cwd", "/tmp")
              .put("timestamp", at)
              .put(
                  "signature",
                  Keys.sign(ada.key(), Canonical.hello(ada.meshId(), ada.id(), ada.pubkey(), at)));
      socket.send(hello);
      assertThat(socket.next().path("type").asString()).isEqualTo("hello_ack");
      TestMember thief = compat.member(ada, "thief");
      hello.put("memberId", thief.id()).put("pubkey", thief.pubkey());
      hello.put(
          "signature",
          Keys.sign(thief.key(), Canonical.hello(ada.meshId(), thief.id(), thief.pubkey(), at)));
      TestSocket other = compat.socket();
      other.send(hello);
      assertThat(other.next("error").path("code").asString()).isEqualTo("session_key_taken");
      assertThat(socket.isClosed()).isFalse();
    }
  }

  /// Says this hello on a socket of its own, which must be refused and closed for the same reason.
  private static String refused(ObjectNode hello) {
    try (TestSocket socket = broker.socket()) {
      socket.send(hello);
      String code = socket.next("error").path("code").asString();
      assertThat(socket.closed()).isEqualTo(new Closing(1008, code));
      return code;
    }
  }

  private static List<JsonNode> peers(TestSocket socket) {
    return socket.ask(object("list_peers")).path("peers").valueStream().toList();
  }

  /// Asks until the list is as it must become; the socket gives up after its patience.
  private static void awaitPeers(TestSocket socket, List<String> expected, String ownName) {
    List<String> wanted = expected.stream().map(row -> row.replace("test", ownName)).toList();
    List<String> rows = List.of();
    for (int i = 0; i < 2_000 && !rows.equals(wanted); i++) {
      rows =
          peers(socket).stream()
              .map(row ->
                  row.path("displayName").asString() + " " + row.path("connected").asBoolean())
              .toList();
    }
    assertThat(rows).isEqualTo(wanted);
  }

  private static List<String> news(TestSocket socket) {
    return socket.drain().stream()
        .filter(frame -> frame.path("subtype").asString("").equals("system"))
        .map(frame ->
            frame.path("event").asString() + " " + frame.path("eventData").path("name").asString())
        .toList();
  }
}
