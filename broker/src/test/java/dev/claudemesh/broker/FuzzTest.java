package dev.claudemesh.broker;

import static dev.claudemesh.broker.TestSocket.CONTINUATION;
import static dev.claudemesh.broker.TestSocket.TEXT;
import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.FuzzFrames.Attack;
import dev.claudemesh.broker.kernel.LimitsConfig.Rates;
import dev.claudemesh.protocol.Seeds;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jooq.DSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.ObjectNode;

/// More than twenty thousand frames that no good client sends. Each gets the error that the
/// protocol names, nothing else changes, and those who do nothing wrong notice nothing. `-Dseed=`
/// replays a run.
@Timeout(180)
class FuzzTest {
  private static final int UNPROVEN = 2_000;
  private static final int STRANGERS = 9_000;
  private static final int FELLOWS = 9_000;
  private static final int HELLOS = 400;
  private static final int BROKEN = 300;
  private static final int HUGE = 12;
  private static final int BATCH = 200;
  private static final int TEN_MEGABYTES = 10_000_000;

  private static TestBroker broker;

  private final RandomGenerator random = Seeds.random();
  private final FuzzFrames frames = new FuzzFrames(random);
  private TestMember ada;
  private TestMember bob;
  private TestMember mallory;
  private TestMember eve;
  private String messageId;

  @BeforeAll
  static void start() {
    broker =
        TestBroker.start(
            Map.of(), limits -> limits.withRates(new Rates(0, 1, 0, 1, 0, 1, 0, 30, 5)));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void twenty_thousand_bad_frames_are_each_refused_and_change_nothing() {
    ada = broker.mesh("good").withSession();
    bob = broker.member(ada, "bob").withSession();
    mallory = broker.member(ada, "mallory").withSession();
    eve = broker.mesh("other").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob);
        TestSocket insider = broker.connect(mallory);
        TestSocket outsider = broker.connect(eve)) {
      messageId = sent(a, "m1");
      b.ask(
          object("client_ack").put("brokerMessageId", b.next("push").path("messageId").asString()));
      a.drain();
      b.drain();
      String peers = a.ask(object("list_peers")).path("peers").toString();
      Map<String, String> before = checksums();

      unproven();
      attack(
          outsider,
          STRANGERS,
          () ->
              random.nextInt(3) == 0
                  ? frames.aboutAnotherMesh(bob, messageId)
                  : random.nextInt(50) == 0 ? again(eve) : frames.undecodable());
      attack(
          insider,
          FELLOWS,
          () ->
              random.nextInt(3) == 0
                  ? frames.forbidden(bob)
                  : random.nextInt(50) == 0 ? again(mallory) : frames.undecodable());
      hellos();
      brokenFrames();
      hugeFrames();

      assertThat(checksums()).isEqualTo(before);
      assertThat(a.drain()).isEmpty();
      assertThat(b.drain()).isEmpty();
      assertThat(a.ask(object("list_peers")).path("peers").toString()).isEqualTo(peers);
      sent(a, "m2");
      assertThat(b.next("push").path("senderPubkey").asString()).isEqualTo(ada.address());
    }
  }

  private String sent(TestSocket from, String id) {
    from.send(FuzzFrames.message(bob.address()).put("id", id));
    return from.next(frame -> frame.path("id").asString().equals(id)).path("messageId").asString();
  }

  private Attack again(TestMember member) {
    try (TestSocket form = broker.socket()) {
      return new Attack(
          "second hello",
          FuzzFrames.bytes(form.helloFrame(member)),
          Set.of("already_authenticated"));
    }
  }

  /// On a socket that keeps its connection: one answer a frame, in their order.
  private void attack(TestSocket socket, int count, Supplier<Attack> next) {
    for (int done = 0; done < count; done += BATCH) {
      List<Attack> batch = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) {
        Attack attack = next.get();
        batch.add(attack);
        send(socket, attack.message());
      }
      for (Attack attack : batch) {
        ObjectNode answer = answer(socket, attack);
        String code =
            answer.path("type").asString().equals("error")
                ? answer.path("code").asString()
                : answer.path("type").asString();
        assertThat(attack.expected()).as("%s answered by %s", attack.what(), answer).contains(code);
      }
    }
  }

  private static ObjectNode answer(TestSocket socket, Attack attack) {
    try {
      return socket.next();
    } catch (AssertionError none) {
      throw new AssertionError(
          attack.what()
              + " was not answered: "
              + new String(attack.message(), StandardCharsets.UTF_8),
          none);
    }
  }

  /// In pieces, as text; the socket joins them again.
  private void send(TestSocket socket, byte[] message) {
    List<byte[]> pieces = frames.pieces(message);
    for (int i = 0; i < pieces.size(); i++) {
      socket.frame(i == pieces.size() - 1, i == 0 ? TEXT : CONTINUATION, pieces.get(i));
    }
  }

  /// Before the hello nothing but `no_hello` and `malformed` is said, whatever is asked.
  private void unproven() {
    try (TestSocket socket = broker.socket()) {
      attack(
          socket,
          UNPROVEN,
          () -> {
            Attack attack = frames.undecodable();
            return new Attack(
                attack.what(),
                attack.message(),
                Set.of("no_hello", "malformed", "invalid_request"));
          });
    }
  }

  private void hellos() {
    ObjectNode spent;
    try (TestSocket once = broker.socket()) {
      spent = once.helloFrame(eve.withSession());
      once.send(spent);
      once.next("hello_ack");
      once.ask(object("goodbye"));
    }
    for (int i = 0; i < HELLOS; i++) {
      try (TestSocket socket = broker.socket()) {
        ObjectNode hello = socket.helloFrame(mallory.withSession());
        Set<String> expected = spoil(hello, spent);
        socket.send(hello);
        ObjectNode answer = socket.next();
        assertThat(answer.path("type").asString()).as("%s", hello).isEqualTo("error");
        assertThat(expected)
            .as("%s answered by %s", hello, answer)
            .contains(answer.path("code").asString());
        assertThat(socket.closed().code()).isEqualTo(1008);
        assertThat(socket.closed().reason()).isEqualTo(answer.path("code").asString());
      }
    }
  }

  /// Makes a good hello a bad one.
  ///
  /// @return what may be said about it
  private Set<String> spoil(ObjectNode hello, ObjectNode spent) {
    return switch (random.nextInt(10)) {
      case 0 -> {
        hello.removeAll();
        hello.setAll(spent);
        yield Set.of("replayed");
      }
      case 1 -> {
        hello.put("sessionPubkey", ada.address());
        yield Set.of("session_key_unproven", "session_key_taken", "bad_signature");
      }
      case 2 -> {
        hello.put("sessionPubkey", ada.address());
        hello.remove("sessionSignature");
        yield Set.of("session_key_unproven", "session_key_taken");
      }
      case 3 -> {
        hello.put("meshId", eve.meshId());
        yield Set.of("bad_signature");
      }
      case 4 -> resigned(hello, eve.meshId(), mallory.id(), mallory.key(), "unauthorized");
      case 5 -> resigned(hello, mallory.meshId(), bob.id(), mallory.key(), "unauthorized");
      case 6 -> resigned(hello, mallory.meshId(), mallory.id(), Keys.generate(), "unauthorized");
      case 7 -> {
        hello.put(
            "timestamp",
            hello.path("timestamp").asLong()
                + frames.pick(List.of(61_000L, -61_000L, 1L << 52, -(1L << 52))));
        yield Set.of("timestamp_skew");
      }
      case 8 -> {
        hello.put(
            "signature",
            frames.pick(List.of("", "zz".repeat(64), "0".repeat(127), "f".repeat(128))));
        yield Set.of("malformed", "bad_signature");
      }
      default -> {
        hello.put(
            "sessionPubkey", frames.pick(List.of("x", "ZZ".repeat(32), mallory.pubkey() + "00")));
        yield Set.of("bad_session_pubkey");
      }
    };
  }

  private static Set<String> resigned(
      ObjectNode hello, String meshId, String memberId, SecretKey key, String expected) {
    String canonical =
        Canonical.hello(
            meshId, memberId, key.publicKey().hex(), hello.path("timestamp").asDouble());
    hello.put("meshId", meshId);
    hello.put("memberId", memberId);
    hello.put("pubkey", key.publicKey().hex());
    hello.put("signature", Keys.sign(key, canonical));
    hello.remove("sessionPubkey");
    hello.remove("sessionSignature");
    return Set.of(expected);
  }

  /// Bytes that break the frames themselves, and frames that end in the middle.
  private void brokenFrames() {
    for (int i = 0; i < BROKEN; i++) {
      try (TestSocket socket = broker.socket()) {
        byte[] frame =
            TestSocket.encode(true, TEXT, FuzzFrames.bytes(socket.helloFrame(eve.withSession())));
        Optional<Integer> closes = breakFrame(frame);
        if (closes.isPresent()) {
          socket.raw(frame);
          assertThat(socket.closed().code()).isEqualTo(closes.get());
        } else {
          socket.raw(Arrays.copyOf(frame, random.nextInt(frame.length)));
          socket.cut();
        }
      }
    }
  }

  /// @return the code the connection must end with; empty where the frame is to be cut short
  private Optional<Integer> breakFrame(byte[] frame) {
    switch (random.nextInt(6)) {
      case 0 -> frame[0] |= (byte) (0x10 << random.nextInt(3));
      case 1 -> frame[0] = (byte) (0x80 | frames.pick(List.of(3, 4, 7, 11, 15)));
      case 2 -> frame[1] &= 0x7f;
      case 3 -> frame[0] = (byte) 0x80;
      case 4 -> {
        // The bytes of a text were masked with these; now some are no UTF-8.
        frame[20] = (byte) (frame[20] ^ 0x80);
        return Optional.of(1007);
      }
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(1002);
  }

  private void hugeFrames() {
    byte[] huge = TestSocket.encode(true, TEXT, new byte[TEN_MEGABYTES]);
    for (int i = 0; i < HUGE; i++) {
      try (TestSocket socket = broker.socket()) {
        socket.raw(huge);
        assertThat(socket.closed().code()).isEqualTo(1009);
      }
    }
  }

  /// Every table but what one attacker's own good connection leaves, and the memory of which
  /// signatures were seen. Of the audit, what tells of a change: who came, went and wrote to whom
  /// is told a little later than it happens.
  private Map<String, String> checksums() {
    Map<String, String> sums = new TreeMap<>();
    DSLContext dsl = broker.database().dsl();
    List<String> tables =
        dsl.fetch(
                "select table_name from information_schema.tables where table_schema = 'mesh'"
                    + " and table_name not in ('spent_proof', 'audit_head', 'flyway_schema_history')")
            .getValues(0, String.class);
    for (String table : tables) {
      String rows =
          "select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from mesh."
              + table
              + " t";
      String others =
          switch (table) {
            case "presence", "peer_state" -> " where member_id <> '" + eve.id() + "'";
            case "member" -> " where id <> '" + eve.id() + "'";
            case "audit_log" ->
                " where event_type not in ('peer_joined', 'peer_left', 'message_sent')";
            default -> "";
          };
      sums.put(table, dsl.fetchOne(rows + others).get(0, String.class));
    }
    return sums;
  }
}
