package dev.claudemesh.broker.schedule;

import static dev.claudemesh.broker.TestSocket.json;
import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import dev.claudemesh.broker.kernel.LimitsConfig.Work;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ScheduleWireTest {
  private static final int PER_MEMBER = 30;
  private static TestBroker broker;

  private TestMember ada;
  private TestMember bob;
  private TestSocket a;
  private TestSocket b;

  @BeforeAll
  static void start() {
    broker =
        TestBroker.start(
            Map.of(),
            limits ->
                limits.withWork(
                    new Work(10, 10, 10, 10, Duration.ofHours(1), 10 * PER_MEMBER, PER_MEMBER)));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void twoPeers() {
    ada = broker.mesh("schedule").withSession();
    bob = broker.member(ada, "bob").withSession();
    a = broker.connect(ada);
    b = broker.connect(bob);
    a.next("push"); // bob joined
  }

  @AfterEach
  void leave() {
    a.close();
    b.close();
  }

  @Test
  void a_message_is_sent_by_itself_at_its_time_encrypted_as_it_came() {
    ObjectNode ack = a.ask(direct(bob, "stand up", now().plusMillis(100)));

    assertThat(ack.path("type").asString()).isEqualTo("scheduled_ack");
    assertThat(ack.path("scheduledId").asString()).hasSize(36);
    ObjectNode push = received(b);
    assertThat(push.path("subtype").asString()).isEqualTo("reminder");
    assertThat(push.path("priority").asString()).isEqualTo("now");
    assertThat(push.path("enc").asString()).isEqualTo("box");
    assertThat(push.path("senderPubkey").asString()).isEqualTo(ada.pubkey());
    assertThat(push.path("senderMemberPubkey").asString()).isEqualTo(ada.pubkey());
    assertThat(push.path("senderName").asString()).isEqualTo("owner");
    assertThat(opened(push, bob.key())).contains("stand up");
    broker.sweep(); // which waits for the round that sent it
    assertThat(list(a)).isEmpty();
    assertThat(messages(a)).as("the sender gets no ack it did not ask for").isEmpty();
  }

  @Test
  void it_is_sent_as_the_member_while_neither_they_nor_the_receiver_are_there() {
    a.ask(direct(bob, "later", now().plusSeconds(3_600)));
    goodbye(a);
    goodbye(b);
    broker.clock().advance(Duration.ofHours(1));
    broker.sweep();

    try (TestSocket back = broker.connect(bob.withSession())) {
      ObjectNode push = received(back);
      assertThat(opened(push, bob.key())).contains("later");
      assertThat(push.path("subtype").asString()).isEqualTo("reminder");
    }
  }

  @Test
  void one_reminds_oneself() {
    a.ask(direct(ada, "tea", now().plusSeconds(60)));
    assertThat(messages(a)).isEmpty();
    wait(Duration.ofMinutes(1));

    assertThat(opened(received(a), ada.key())).contains("tea");
    assertThat(messages(b)).isEmpty();
  }

  @Test
  void everybody_is_reminded_the_owners_sessions_too() {
    a.ask(many("*", now().plusSeconds(60)));
    wait(Duration.ofMinutes(1));

    for (TestSocket socket : List.of(a, b)) {
      ObjectNode push = received(socket);
      assertThat(push.path("subtype").asString()).isEqualTo("reminder");
      assertThat(push.path("epoch").asInt()).isEqualTo(1);
    }
  }

  @Test
  void what_was_encrypted_under_a_key_of_an_earlier_epoch_is_sent_all_the_same() {
    a.ask(many("*", now().plusSeconds(60)));
    sql("update mesh.mesh set epoch = 2 where id = ?", ada.meshId());
    broker.clock().advance(Duration.ofSeconds(40)); // at which epoch the mesh is is read anew
    assertThat(code(a.ask(many("*", now().plusSeconds(60))))).isEqualTo("stale_epoch");
    wait(Duration.ofMinutes(1));

    assertThat(received(b).path("epoch").asInt()).isEqualTo(1);
  }

  @Test
  void a_repeated_message_comes_at_each_of_its_times() {
    ObjectNode ack = a.ask(direct(bob, "hourly", null).put("cron", "0 * * * *"));
    assertThat(ack.path("cron").asString()).isEqualTo("0 * * * *");
    assertThat(ack.path("timezone").asString()).isEqualTo("UTC");

    for (int run = 1; run <= 3; run++) {
      toNextHour();
      assertThat(opened(received(b), bob.key())).contains("hourly");
      JsonNode entry = list(a).getFirst();
      assertThat(entry.path("firedCount").asInt()).isEqualTo(run);
      assertThat(entry.path("deliverAt").asLong()).isGreaterThan(now().toEpochMilli());
      assertThat(entry.has("missed")).isFalse();
    }
  }

  @Test
  void runs_that_were_missed_are_told_counted_and_not_repeated() {
    a.ask(direct(bob, "hourly", null).put("cron", "0 * * * *"));
    broker.clock().advance(Duration.ofHours(5).plusMinutes(untilNextHour() < 5 ? 10 : 0));
    broker.sweep();

    ObjectNode told = a.next(event("schedule_missed"));
    int missed = told.path("eventData").path("missed").asInt();
    assertThat(missed).isBetween(5, 6);
    assertThat(list(a).getFirst().path("missed").asInt()).isEqualTo(missed);
    assertThat(list(a).getFirst().path("firedCount").asInt()).isZero();
    assertThat(messages(b)).isEmpty();
    toNextHour();
    assertThat(opened(received(b), bob.key())).contains("hourly");
  }

  @Test
  void who_was_away_hears_of_missed_runs_when_they_come_back() {
    a.ask(direct(bob, "hourly", null).put("cron", "0 * * * *"));
    goodbye(a);
    broker.clock().advance(Duration.ofHours(5));
    broker.sweep();

    try (TestSocket back = broker.connect(ada.withSession())) {
      assertThat(back.next(event("schedule_missed")).path("eventData").path("to").asString())
          .isEqualTo(bob.pubkey());
    }
  }

  @Test
  void after_a_restart_a_missed_message_is_sent_once_and_schedules_go_on() {
    try (TestBroker own = TestBroker.start()) {
      TestMember olga = own.mesh("restart").withSession();
      TestSocket first = own.connect(olga);
      first.ask(self(olga, "once", own.clock().instant().plusSeconds(3_600)));
      first.ask(self(olga, "hourly", null).put("cron", "0 * * * *"));
      own.clock().advance(Duration.ofDays(1).plusMinutes(5));
      own.restart();

      try (TestSocket back = own.connect(olga)) {
        assertThat(opened(received(back), olga.key())).contains("once");
        own.sweep();
        assertThat(messages(back)).isEmpty();
        assertThat(list(back)).hasSize(1);
        assertThat(list(back).getFirst().path("missed").asInt()).isBetween(24, 25);
        own.restart();
      }
      try (TestSocket again = own.connect(olga)) {
        own.sweep();
        assertThat(messages(again)).isEmpty();
      }
    }
  }

  @Test
  void two_brokers_on_one_database_send_a_message_once() {
    TestBroker second = broker.beside();
    try {
      for (int i = 0; i < 3; i++) {
        a.ask(direct(bob, "message " + i, now().plusSeconds(60)));
      }
      broker.clock().advance(Duration.ofMinutes(1));
      Thread here = Thread.ofVirtual().start(broker::sweep);
      Thread there = Thread.ofVirtual().start(second::sweep);
      join(here);
      join(there);

      assertThat(count("select count(*) from mesh.message where mesh_id = ?", ada.meshId()))
          .isEqualTo(3);
      assertThat(list(a)).isEmpty();
    } finally {
      second.leave();
    }
  }

  @Test
  void what_one_broker_was_asked_for_another_one_sends() {
    TestBroker second = broker.beside();
    try (TestSocket other = second.connect(ada.withSession())) {
      other.ask(direct(bob, "from there", now().plusSeconds(60)));
    } finally {
      second.leave();
    }
    wait(Duration.ofMinutes(1));
    assertThat(opened(received(b), bob.key())).contains("from there");
  }

  @Test
  void a_broker_that_died_after_the_queue_had_the_message_sends_it_no_second_time() {
    String id = a.ask(direct(bob, "once", now().plusSeconds(60))).path("scheduledId").asString();
    wait(Duration.ofMinutes(1));
    received(b);
    sql("update mesh.scheduled_message set ended_at = null, fired_count = 0 where id = ?", id);
    broker.sweep();

    assertThat(messages(b)).isEmpty();
    assertThat(count("select count(*) from mesh.message where mesh_id = ?", ada.meshId()))
        .isEqualTo(1);
    assertThat(list(a)).isEmpty();
  }

  @Test
  void a_cancelled_message_is_not_sent_and_nobody_cancels_anothers() {
    String id = a.ask(direct(bob, "never", now().plusSeconds(60))).path("scheduledId").asString();

    assertThat(cancel(b, id)).isFalse();
    try (TestSocket stranger = broker.connect(broker.mesh("other").withSession())) {
      assertThat(cancel(stranger, id)).isFalse();
      assertThat(list(stranger)).isEmpty();
    }
    assertThat(list(b)).isEmpty();
    assertThat(cancel(a, id)).isTrue();
    assertThat(cancel(a, id)).isFalse();
    wait(Duration.ofMinutes(1));
    assertThat(messages(b)).isEmpty();
  }

  @Test
  void a_member_who_may_not_send_any_more_sends_nothing_later_either() {
    TestMember carla = broker.member(ada, "carla").withSession();
    try (TestSocket c = broker.connect(carla)) {
      c.ask(direct(bob, "hourly", null, carla).put("cron", "0 * * * *"));
      sql(
          "insert into mesh.permission select ?, ?, false, false, false, false, false, false, true,"
              + " false, true, false, false, joined_at from mesh.member where id = ?",
          ada.meshId(),
          carla.id(),
          carla.id());
      toNextHour();

      JsonNode told = c.next(event("schedule_failed")).path("eventData");
      assertThat(told.path("code").asString()).isEqualTo("forbidden");
      assertThat(told.path("ended").asBoolean()).isTrue();
      JsonNode entry = list(c).getFirst();
      assertThat(entry.path("problem").asString()).isEqualTo("forbidden");
      assertThat(entry.path("ended").asBoolean()).isTrue();
      assertThat(messages(b)).isEmpty();
    }
  }

  @Test
  void a_member_who_was_removed_sends_nothing_later() {
    TestMember carla = broker.member(ada, "carla").withSession();
    TestSocket c = broker.connect(carla);
    c.ask(direct(bob, "bye", now().plusSeconds(60), carla));
    c.close();
    sql("update mesh.member set revoked_at = joined_at where id = ?", carla.id());
    wait(Duration.ofMinutes(1));

    assertThat(messages(b)).isEmpty();
    assertThat(
            count(
                "select count(*) from mesh.scheduled_message where problem = 'revoked'"
                    + " and mesh_id = ?",
                ada.meshId()))
        .isEqualTo(1);
  }

  @Test
  void a_receiver_who_is_gone_is_told_of_once_and_a_repeated_message_goes_on_trying() {
    a.ask(direct(bob, "hourly", null).put("cron", "0 * * * *"));
    goodbye(b);
    sql("update mesh.member set revoked_at = joined_at where id = ?", bob.id());
    broker.clock().advance(Duration.ofSeconds(40)); // who is in the mesh is read anew
    toNextHour();
    JsonNode told = a.next(event("schedule_failed")).path("eventData");
    assertThat(told.path("code").asString()).isEqualTo("unknown_target");
    assertThat(told.path("ended").asBoolean()).isFalse();
    toNextHour();

    assertThat(a.drain().stream().filter(event("schedule_failed"))).isEmpty();
    assertThat(list(a).getFirst().path("problem").asString()).isEqualTo("unknown_target");
    sql("update mesh.member set revoked_at = null where id = ?", bob.id());
    broker.clock().advance(Duration.ofSeconds(40));
    toNextHour();
    assertThat(list(a).getFirst().has("problem")).isFalse();
    assertThat(list(a).getFirst().path("firedCount").asInt()).isEqualTo(1);
  }

  @Test
  void the_list_has_what_old_clients_know_and_the_owners_own_copy() {
    Instant due = now().plusSeconds(600);
    a.ask(direct(bob, "text", due).put("priority", "next"));
    JsonNode entry = list(a).getFirst();

    assertThat(entry.path("to").asString()).isEqualTo(bob.pubkey());
    assertThat(entry.path("message").asString()).isEmpty();
    assertThat(entry.path("deliverAt").asLong()).isEqualTo(due.toEpochMilli());
    assertThat(entry.path("createdAt").asLong())
        .isBetween(now().toEpochMilli() - 60_000, now().toEpochMilli());
    assertThat(entry.path("firedCount").asInt()).isZero();
    assertThat(entry.path("priority").asString()).isEqualTo("next");
    Boxed copy = Boxed.parted(entry.path("ownCopy").asString()).orElseThrow();
    assertThat(Keys.openBox(copy.nonce(), copy.ciphertext(), ada.key().publicKey(), ada.key()))
        .contains("text");
  }

  @Test
  void a_long_list_says_how_to_go_on_and_ends() {
    List<String> ids =
        IntStream.range(0, PER_MEMBER)
            .mapToObj(i ->
                a.ask(direct(bob, "x".repeat(18_000), now().plusSeconds(600 + i)))
                    .path("scheduledId")
                    .asString())
            .toList();
    ObjectNode first = a.ask(object("list_scheduled"));
    assertThat(code(first)).isEqualTo("scheduled_list");
    String next = first.path("next").asString();
    ObjectNode rest = a.ask(object("list_scheduled").put("after", next));

    assertThat(first.path("messages").size()).isBetween(1, PER_MEMBER - 1);
    assertThat(rest.has("next")).isFalse();
    assertThat(
            IntStream.range(0, first.path("messages").size())
                .mapToObj(i -> first.path("messages").get(i).path("id").asString()))
        .containsExactlyElementsOf(ids.subList(0, first.path("messages").size()));
    assertThat(first.path("messages").size() + rest.path("messages").size()).isEqualTo(PER_MEMBER);
  }

  @Test
  void too_many_are_refused_and_a_repeated_request_is_one_of_them() {
    ObjectNode request =
        direct(bob, "x", now().plusSeconds(600)).put("client_message_id", "request-1");
    String id = a.ask(request).path("scheduledId").asString();
    IntStream.range(1, PER_MEMBER).forEach(i -> a.ask(direct(bob, "x", now().plusSeconds(600))));

    assertThat(a.ask(request).path("scheduledId").asString()).isEqualTo(id);
    ObjectNode refused = a.ask(direct(bob, "x", now().plusSeconds(600)));
    assertThat(refused.path("code").asString()).isEqualTo("limit");
    assertThat(refused.path("message").asString()).contains("" + PER_MEMBER);
  }

  @Test
  void what_makes_no_sense_is_refused_when_it_is_scheduled() {
    assertThat(code(a.ask(direct(bob, "x", now()).put("cron", "every day"))))
        .isEqualTo("invalid_cron");
    assertThat(
            code(
                a.ask(
                    direct(bob, "x", now()).put("cron", "0 9 * * *").put("timezone", "Mars/Base"))))
        .isEqualTo("invalid_argument");
    assertThat(code(a.ask(direct(bob, "x", null)))).isEqualTo("invalid");
    assertThat(code(a.ask(direct(bob, "x", now().plus(Duration.ofDays(3_000))))))
        .isEqualTo("invalid");
    assertThat(code(a.ask(direct(bob, "x", now()).put("to", "nobody"))))
        .isEqualTo("unknown_target");
    assertThat(code(a.ask(many("@empty", now())))).isEqualTo("no_recipients");
    assertThat(code(a.ask(direct(bob, "x", now()).put("enc", "group").put("epoch", 1))))
        .isEqualTo("invalid_request");
    assertThat(code(a.ask(direct(bob, "x", now()).put("senderPubkey", bob.pubkey()))))
        .isEqualTo("invalid");
    assertThat(code(a.ask(json("{'type':'schedule','to':'*','message':''}")))).isEqualTo("invalid");
    assertThat(list(a)).isEmpty();
  }

  @Test
  void text_in_clear_is_taken_only_where_the_mesh_allows_it() {
    ObjectNode old =
        object("schedule")
            .put("to", bob.pubkey())
            .put("message", "in clear")
            .put("deliverAt", now().plusSeconds(60).toEpochMilli())
            .put("subtype", "reminder");
    assertThat(code(a.ask(old))).isEqualTo("encryption_required");

    sql("update mesh.mesh set encryption = 'compat' where id = ?", ada.meshId());
    broker.clock().advance(Duration.ofSeconds(40)); // what the mesh allows is read anew
    assertThat(code(a.ask(old))).isEqualTo("scheduled_ack");
    assertThat(list(a).getFirst().path("message").asString()).isEqualTo("in clear");
    wait(Duration.ofMinutes(1));
    ObjectNode push = received(b);
    assertThat(push.path("nonce").asString()).isEmpty();
    assertThat(
            new String(
                Base64.getDecoder().decode(push.path("ciphertext").asString()),
                StandardCharsets.UTF_8))
        .isEqualTo("in clear");
  }

  private static void wait(Duration span) {
    broker.clock().advance(span);
    broker.sweep();
  }

  private static long untilNextHour() {
    return 60 - now().atZone(java.time.ZoneOffset.UTC).getMinute();
  }

  private static void toNextHour() {
    Instant next = now().truncatedTo(ChronoUnit.HOURS).plus(Duration.ofHours(1));
    wait(Duration.between(now(), next).plusMillis(10));
  }

  private static Instant now() {
    return broker.clock().instant();
  }

  /// @param due empty if null
  private ObjectNode direct(TestMember to, String text, Instant due) {
    return direct(to, text, due, ada);
  }

  private static ObjectNode self(TestMember who, String text, Instant due) {
    return direct(who, text, due, who);
  }

  private static ObjectNode direct(TestMember to, String text, Instant due, TestMember from) {
    Boxed boxed = Keys.box(text, to.key().publicKey(), from.key());
    ObjectNode frame =
        object("schedule")
            .put("to", to.pubkey())
            .put("message", "")
            .put("enc", "box")
            .put("nonce", boxed.nonce())
            .put("ciphertext", boxed.ciphertext())
            .put("senderPubkey", from.pubkey())
            .put("ownCopy", Keys.box(text, from.key().publicKey(), from.key()).joined());
    return due == null ? frame : frame.put("deliverAt", due.toEpochMilli());
  }

  private static ObjectNode many(String to, Instant due) {
    return object("schedule")
        .put("to", to)
        .put("message", "")
        .put("enc", "group")
        .put("epoch", 1)
        .put("nonce", Base64.getEncoder().encodeToString(new byte[24]))
        .put("ciphertext", "AAAA")
        .put("deliverAt", due.toEpochMilli());
  }

  private static Optional<String> opened(ObjectNode push, SecretKey by) {
    return Keys.openBox(
        push.path("nonce").asString(),
        push.path("ciphertext").asString(),
        new PublicKey(push.path("senderPubkey").asString()),
        by);
  }

  private static Predicate<ObjectNode> event(String name) {
    return frame -> frame.path("event").asString("").equals(name);
  }

  private static boolean isMessage(JsonNode frame) {
    return frame.path("type").asString().equals("push")
        && !frame.path("subtype").asString("").equals("system");
  }

  /// The next message, confirmed.
  private static ObjectNode received(TestSocket socket) {
    ObjectNode push = socket.next(ScheduleWireTest::isMessage);
    socket.send(object("client_ack").put("brokerMessageId", push.path("messageId").asString()));
    return push;
  }

  private static List<ObjectNode> messages(TestSocket socket) {
    return socket.drain().stream().filter(ScheduleWireTest::isMessage).toList();
  }

  private static List<JsonNode> list(TestSocket socket) {
    return socket.ask(object("list_scheduled")).path("messages").valueStream().toList();
  }

  private static boolean cancel(TestSocket socket, String id) {
    ObjectNode answer = socket.ask(object("cancel_scheduled").put("scheduledId", id));
    assertThat(answer.path("type").asString()).isEqualTo("cancel_scheduled_ack");
    assertThat(answer.path("scheduledId").asString()).isEqualTo(id);
    return answer.path("ok").asBoolean();
  }

  private static void goodbye(TestSocket socket) {
    socket.ask(object("goodbye"));
    socket.close();
  }

  private static String code(ObjectNode answer) {
    return answer.path("code").asString(answer.path("type").asString());
  }

  private static void sql(String statement, Object... binds) {
    broker.database().dsl().query(statement, binds).execute();
  }

  private static int count(String query, Object... binds) {
    return broker.database().dsl().resultQuery(query, binds).fetchSingle(0, Integer.class);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
