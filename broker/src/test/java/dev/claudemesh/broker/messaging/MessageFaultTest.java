package dev.claudemesh.broker.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The faults of the first protocol that concern messages, one test each; and what sockets and
/// brokers do when they die.
class MessageFaultTest {
  private static TestBroker broker;

  private TestMember ann;
  private TestMember bob;
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
    TestMember owner = broker.mesh("faults");
    ann = broker.member(owner, "ann").withSession();
    bob = broker.member(owner, "bob").withSession();
    a = broker.connect(ann);
    b = broker.connect(bob);
  }

  @Test
  void direct_messages_out_of_order_under_load() {
    List<String> texts = IntStream.range(0, 300).mapToObj(i -> "m" + i).toList();
    texts.forEach(text ->
        a.send(
            Mail.direct(
                bob.address(),
                Integer.parseInt(text.substring(1)) % 2 == 0 ? "next" : "now",
                text)));

    List<String> shown = Mail.texts(b, texts.size());

    assertThat(shown.stream().filter(text -> Integer.parseInt(text.substring(1)) % 2 == 0))
        .isEqualTo(every(texts, 0));
    assertThat(shown.stream().filter(text -> Integer.parseInt(text.substring(1)) % 2 == 1))
        .isEqualTo(every(texts, 1));
  }

  private static List<String> every(List<String> texts, int rest) {
    return texts.stream().filter(text -> Integer.parseInt(text.substring(1)) % 2 == rest).toList();
  }

  @Test
  void bad_priority_gets_silence() {
    ObjectNode answer = a.ask(Mail.direct(bob.address(), "urgent", "x"));

    assertThat(answer.path("code").asString()).isEqualTo("invalid_request");
    assertThat(answer.path("message").asString()).contains("priority");
  }

  @Test
  void push_before_its_ack() {
    for (int i = 0; i < 50; i++) {
      a.send(Mail.direct(ann.address(), "now", "self " + i));
    }
    Set<String> acked = new LinkedHashSet<>();
    for (int seen = 0; seen < 50; ) {
      ObjectNode frame =
          a.next(each -> Mail.isPush(each) || each.path("type").asString().equals("ack"));
      if (Mail.isPush(frame)) {
        assertThat(acked).contains(frame.path("messageId").asString());
        seen++;
      } else {
        acked.add(frame.path("messageId").asString());
      }
    }
  }

  @Test
  void delivered_before_the_bytes_left() {
    Mail.sent(a, Mail.direct(bob.address(), "next", "pushed and lost"));
    Mail.received(b);
    b.cut();

    b = broker.connect(bob);

    assertThat(Mail.texts(b, 1)).containsExactly("pushed and lost");
  }

  @Test
  void a_lease_that_nobody_renews_is_never_redelivered() {
    ObjectNode ack = Mail.sent(a, Mail.direct(bob.address(), "next", "again"));
    Mail.received(b);
    broker.clock().advance(Duration.ofSeconds(31));

    broker.sweep();

    ObjectNode again = Mail.received(b);
    assertThat(again.path("messageId").asString()).isEqualTo(ack.path("messageId").asString());
  }

  @Test
  void held_messages_wait_for_a_random_trigger() {
    Mail.status(b, "working");
    Mail.sent(a, Mail.direct(bob.address(), "next", "by set_status"));
    Mail.status(b, "idle");
    assertThat(Mail.texts(b, 1)).containsExactly("by set_status");

    Mail.status(b, "working");
    Mail.sent(a, Mail.direct(bob.address(), "next", "by the sweep"));
    broker.clock().advance(Duration.ofSeconds(61));
    broker.sweep();
    assertThat(Mail.texts(b, 1)).containsExactly("by the sweep");
  }

  @Test
  void typos_are_acked_and_lost() {
    assertThat(Mail.refused(a, Mail.direct("bob", "next", "x"))).isEqualTo("unknown_target");
    assertThat(Mail.refused(a, Mail.direct(bob.address().substring(0, 20), "next", "x")))
        .isEqualTo("unknown_target");
  }

  @Test
  void grants_bypassed_at_drain_and_keyed_by_session() {
    Mail.status(b, "working");
    ObjectNode ack = Mail.sent(a, Mail.direct(bob.address(), "next", "before the block"));
    grant("[]");
    Mail.status(b, "idle");

    Mail.nothingFor(b);
    broker.sweep();
    JsonNode copy = Mail.report(a, ack.path("messageId").asString()).path("recipients").get(0);
    assertThat(copy.path("state").asString()).isEqualTo("refused");
    assertThat(copy.path("reason").asString()).isEqualTo("blocked");
    broker.clock().advance(Duration.ofSeconds(31));
    assertThat(Mail.refused(a, Mail.direct(bob.address(), "next", "after the block")))
        .isEqualTo("blocked");
    assertThat(Mail.sent(a, Mail.many("*", "next", "to all")).path("recipients").asInt()).isOne();
    Mail.nothingFor(b);
  }

  /// What bob lets ann do.
  private void grant(String capabilities) {
    broker
        .database()
        .dsl()
        .query(
            "update mesh.member set peer_grants = jsonb_build_object(?::text, ?::jsonb) where id ="
                + " ?",
            ann.pubkey(),
            capabilities,
            bob.id())
        .execute();
  }

  @Test
  void groups_and_broadcasts_in_clear() {
    ObjectNode old = Mail.many("*", "next", "readable");
    old.remove("enc");
    old.remove("epoch");

    assertThat(Mail.refused(a, old)).isEqualTo("encryption_required");
    assertThat(Mail.refused(a, Mail.many("*", "next", "x").put("epoch", 2)))
        .isEqualTo("stale_epoch");
  }

  @Test
  void agents_that_talk_in_circles() {
    assertThat(Mail.refused(a, Mail.direct(bob.address(), "next", "x").put("hops", 31)))
        .isEqualTo("loop_suspected");
    Mail.sent(a, Mail.direct(bob.address(), "next", "a person typed this").put("hops", 0));
  }

  @Test
  void a_client_of_the_first_protocol_gets_each_message_once() {
    TestSocket old = broker.socket();
    TestMember member = broker.member(ann, "old");
    ObjectNode hello = old.helloFrame(member);
    hello.remove("capabilities");
    old.send(hello);
    old.next("hello_ack");
    ObjectNode send = Mail.direct(member.address(), "next", "once");
    send.remove("enc");
    send.remove("client_message_id");
    ObjectNode ack = Mail.sent(a, send);
    assertThat(Mail.text(Mail.received(old))).isEqualTo("once");

    awaitState(ack, "delivered");
    broker.clock().advance(Duration.ofSeconds(60));
    broker.sweep();
    Mail.nothingFor(old);
  }

  private void awaitState(ObjectNode ack, String state) {
    String id = ack.path("messageId").asString();
    for (int i = 0; i < 200; i++) {
      if (Mail.report(a, id).path("recipients").get(0).path("state").asString().equals(state)) {
        return;
      }
    }
    throw new AssertionError("never " + state + ": " + Mail.report(a, id));
  }

  @Test
  void a_restart_of_the_broker_loses_nothing_and_keeps_the_order() {
    Mail.sent(a, Mail.direct(bob.address(), "next", "confirmed"));
    ObjectNode shown = Mail.received(b);
    Mail.confirm(b, shown);
    b.ask(TestSocket.object("list_peers"));
    Mail.sent(a, Mail.direct(bob.address(), "next", "pushed"));
    Mail.received(b);
    Mail.status(b, "working");
    List<String> held = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      held.add("held " + i);
      Mail.sent(a, Mail.direct(bob.address(), "next", "held " + i));
    }

    broker.restart();
    b = broker.connect(bob);
    Mail.status(b, "idle");

    List<String> expected = new ArrayList<>(List.of("pushed"));
    expected.addAll(held);
    assertThat(Mail.texts(b, 6)).isEqualTo(expected);
  }

  @Test
  void no_id_of_a_message_is_enough_to_confirm_it_for_another() {
    ObjectNode ack = Mail.sent(a, Mail.direct(bob.address(), "next", "mine"));
    String id = ack.path("messageId").asString();
    TestSocket c = broker.connect(broker.member(ann, "cat"));
    for (String type : List.of("client_ack", "nack", "seen")) {
      ObjectNode claim =
          TestSocket.object(type)
              .put("brokerMessageId", id)
              .put("messageId", id)
              .put("reason", "blocked");
      ArrayNode ids = claim.putArray("messageIds");
      ids.add(id);
      c.ask(claim);
    }

    assertThat(Mail.report(a, id).path("recipients").get(0).path("state").asString())
        .isEqualTo("in_flight");
    assertThat(Mail.report(c, id).path("code").asString()).isEqualTo("not_found");
  }

  @Test
  void bodies_are_kept_as_they_came_and_names_of_columns_tell_nothing() {
    String cipher = Base64.getEncoder().encodeToString("canary".getBytes(StandardCharsets.UTF_8));
    Mail.sent(a, Mail.direct(bob.address(), "next", "canary"));

    List<String> rows =
        broker
            .database()
            .dsl()
            .fetch("select m::text from mesh.message m where mesh_id = ?", ann.meshId())
            .map(row -> row.get(0, String.class));

    assertThat(rows).singleElement().asString().contains(cipher).doesNotContain("canary");
  }
}
