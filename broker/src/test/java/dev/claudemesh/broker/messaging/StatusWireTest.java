package dev.claudemesh.broker.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What senders are told about their messages, over real sockets.
class StatusWireTest {
  private static TestBroker broker;

  private TestMember ann;
  private TestMember bob;
  private TestMember cat;
  private TestSocket a;
  private TestSocket b;

  @BeforeAll
  static void start() {
    broker = TestBroker.start(Map.of("SEND_RATE_PER_MINUTE", "0"));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void connect() {
    TestMember owner = broker.mesh("status");
    ann = owner.withSession();
    bob = broker.member(owner, "bob").withSession();
    cat = broker.member(owner, "cat").withSession();
    a = broker.connect(ann);
    b = broker.connect(bob);
  }

  private String sentToBob(String text) {
    return Mail.sent(a, Mail.direct(bob.address(), "next", text).put("notify", true))
        .path("messageId")
        .asString();
  }

  private JsonNode copy(String id) {
    return Mail.report(a, id).path("recipients").get(0);
  }

  @Test
  void a_message_is_told_in_flight_then_delivered_then_seen() {
    String id = sentToBob("one");
    ObjectNode push = Mail.received(b);
    assertThat(copy(id).path("state").asString()).isEqualTo("in_flight");
    assertThat(copy(id).path("reason").asString()).isEqualTo("leased");
    assertThat(Mail.report(a, id).path("delivered").asBoolean()).isFalse();
    assertThat(Mail.report(a, id).has("deliveredAt")).isTrue();

    Mail.confirm(b, push);
    assertThat(a.next("message_status_changed").path("status").asString()).isEqualTo("delivered");
    assertThat(copy(id).path("status").asString()).isEqualTo("delivered");
    assertThat(Mail.report(a, id).path("delivered").asBoolean()).isTrue();

    ObjectNode seen = TestSocket.object("seen");
    seen.putArray("messageIds").add(id);
    b.ask(seen);
    ObjectNode changed = a.next("message_status_changed");
    assertThat(changed.path("status").asString()).isEqualTo("seen");
    assertThat(changed.path("recipient").asString()).isEqualTo(bob.address());
    assertThat(changed.path("recipientName").asString()).isEqualTo("bob");
    assertThat(copy(id).path("state").asString()).isEqualTo("seen");
    assertThat(copy(id).path("at").asString()).isNotEmpty();
  }

  @Test
  void a_refusal_names_its_reason() {
    String id = sentToBob("one");
    Mail.received(b);

    b.ask(TestSocket.object("nack").put("messageId", id).put("reason", "undecryptable"));

    ObjectNode changed = a.next("message_status_changed");
    assertThat(changed.path("status").asString()).isEqualTo("refused");
    assertThat(changed.path("reason").asString()).isEqualTo("undecryptable");
    assertThat(copy(id).path("reason").asString()).isEqualTo("undecryptable");
    assertThat(
            b.ask(TestSocket.object("nack").put("messageId", id).put("reason", "boring"))
                .path("code")
                .asString())
        .isEqualTo("invalid_request");
  }

  @Test
  void a_client_may_confirm_by_the_senders_id() {
    ObjectNode send = Mail.direct(bob.address(), "next", "one").put("notify", true);
    Mail.sent(a, send);
    Mail.received(b);

    b.send(
        TestSocket.object("client_ack")
            .put("clientMessageId", send.path("client_message_id").asString()));

    assertThat(a.next("message_status_changed").path("status").asString()).isEqualTo("delivered");
  }

  @Test
  void a_broadcast_is_told_copy_by_copy() {
    broker.connect(cat).ask(TestSocket.object("set_status").put("status", "dnd"));
    String id =
        Mail.sent(a, Mail.many("*", "next", "all").put("notify", true))
            .path("messageId")
            .asString();
    Mail.confirm(b, Mail.received(b));
    a.next("message_status_changed");

    JsonNode recipients = Mail.report(a, id).path("recipients");

    assertThat(
            StreamSupport.stream(recipients.spliterator(), false)
                .map(copy ->
                    copy.path("name").asString()
                        + " "
                        + copy.path("state").asString()
                        + " "
                        + copy.path("reason").asString("")))
        .containsExactlyInAnyOrder("bob delivered ", "cat queued dnd");
    assertThat(Mail.report(a, id).path("delivered").asBoolean()).isFalse();
  }

  @Test
  void the_beginning_of_an_id_is_enough_if_it_is_only_one_messages() {
    String id = sentToBob("one");
    assertThat(Mail.report(a, id.substring(0, 8)).path("messageId").asString()).isEqualTo(id);
    assertThat(Mail.report(a, id.substring(0, 7)).path("code").asString())
        .isEqualTo("invalid_request");

    twin("TwinTwin", "1");
    twin("TwinTwin", "2");
    assertThat(Mail.report(a, "TwinTwin").path("code").asString()).isEqualTo("ambiguous_prefix");
    assertThat(Mail.report(a, "zzzzzzzz").path("code").asString()).isEqualTo("not_found");
    assertThat(Mail.report(a, "%_______").path("code").asString()).isEqualTo("not_found");
  }

  /// A message of ann whose id begins so; chance would take too long.
  private void twin(String prefix, String end) {
    broker
        .database()
        .dsl()
        .query(
            "insert into mesh.message (id, mesh_id, sender_member_id, sender_address, target_spec,"
                + " kind, priority, nonce, ciphertext, created_at, expires_at) select ?, mesh_id,"
                + " sender_member_id, sender_address, target_spec, kind, priority, nonce,"
                + " ciphertext, created_at, expires_at from mesh.message where mesh_id = ? limit 1",
            prefix + "x".repeat(23) + end,
            ann.meshId())
        .execute();
  }

  @Test
  void only_sender_and_recipients_may_ask() {
    String id = sentToBob("one");
    assertThat(Mail.report(b, id).path("messageId").asString()).isEqualTo(id);

    TestSocket c = broker.connect(cat);

    assertThat(Mail.report(c, id).path("code").asString()).isEqualTo("not_found");
    assertThat(Mail.report(c, id.substring(0, 8)).path("code").asString()).isEqualTo("not_found");
  }

  @Test
  void a_message_nobody_takes_expires_and_its_sender_is_told() {
    String id =
        Mail.sent(a, Mail.direct(cat.pubkey(), "next", "too late")).path("messageId").asString();
    broker.clock().advance(Duration.ofDays(7).plusMinutes(1));

    broker.sweep();

    ObjectNode news = a.next(frame -> frame.path("event").asString("").equals(SenderNotes.EXPIRED));
    assertThat(news.path("eventData").path("messageId").asString()).isEqualTo(id);
    broker.sweep(); // who was told must have the time to ask
    JsonNode copy = Mail.report(a, id).path("recipients").get(0);
    assertThat(List.of(copy.path("state").asString(), copy.path("reason").asString()))
        .containsExactly("expired", "ttl");
    Mail.nothingFor(broker.connect(cat));
  }
}
