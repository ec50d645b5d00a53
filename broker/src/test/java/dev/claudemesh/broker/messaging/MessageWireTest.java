package dev.claudemesh.broker.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Messages between sockets of a real broker.
class MessageWireTest {
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
    TestMember owner = broker.mesh("mail");
    ann = broker.member(owner, "ann").withSession();
    bob = broker.member(owner, "bob").withSession();
    a = broker.connect(ann);
    b = broker.connect(bob);
  }

  @Test
  void a_direct_message_arrives_as_it_was_sent_with_who_sent_it() {
    ObjectNode send =
        Mail.direct(bob.address(), "next", "hello").put("replyToId", "earlier").put("hops", 2);
    ObjectNode ack = Mail.sent(a, send);
    ObjectNode push = Mail.received(b);

    assertThat(push.path("messageId").asString())
        .isEqualTo(ack.path("messageId").asString())
        .hasSize(32);
    assertThat(Mail.text(push)).isEqualTo("hello");
    assertThat(push.path("senderPubkey").asString()).isEqualTo(ann.address());
    assertThat(push.path("senderMemberPubkey").asString()).isEqualTo(ann.pubkey());
    assertThat(push.path("senderName").asString()).isEqualTo("ann");
    assertThat(push.path("enc").asString()).isEqualTo("box");
    assertThat(push.path("recipientKey").asString()).isEqualTo(bob.address());
    assertThat(push.path("client_message_id").asString())
        .isEqualTo(send.path("client_message_id").asString());
    assertThat(push.path("replyToId").asString()).isEqualTo("earlier");
    assertThat(push.path("hops").asInt()).isEqualTo(2);
    assertThat(ack.path("recipients").asInt()).isOne();
    assertThat(ack.has("waiting")).isFalse();
  }

  @Test
  void what_one_sends_arrives_in_the_order_in_which_it_was_sent() {
    List<String> texts = IntStream.range(0, 500).mapToObj(i -> "m" + i).toList();
    texts.forEach(text -> a.send(Mail.direct(bob.address(), "next", text)));

    assertThat(Mail.texts(b, texts.size())).isEqualTo(texts);
  }

  @Test
  void a_message_that_is_sent_twice_arrives_once_and_has_one_id() {
    ObjectNode send = Mail.direct(bob.address(), "next", "once");
    ObjectNode first = Mail.sent(a, send);
    ObjectNode second = Mail.sent(a, send.deepCopy().put("id", "again"));

    assertThat(second.path("messageId").asString()).isEqualTo(first.path("messageId").asString());
    assertThat(Mail.texts(b, 1)).containsExactly("once");
    Mail.nothingFor(b);
  }

  @Test
  void one_frame_confirms_many_messages_and_the_broker_says_that_it_may() {
    List<ObjectNode> acks =
        IntStream.range(0, 20)
            .mapToObj(i -> Mail.sent(a, Mail.direct(bob.address(), "next", "m" + i)))
            .toList();
    ObjectNode confirmation = TestSocket.object("client_ack");
    ArrayNode ids = confirmation.putArray("brokerMessageIds");
    acks.forEach(ack -> ids.add(Mail.received(b).path("messageId").asString()));
    ids.add("no id of ours");

    assertThat(b.ask(confirmation).path("type").asString()).isEqualTo("ack");

    assertThat(b.helloAck().path("capabilities").valueStream().map(JsonNode::asString))
        .contains("ack_many");
    for (ObjectNode ack : acks) {
      assertThat(ids.valueStream().map(JsonNode::asString))
          .contains(ack.path("messageId").asString());
      assertThat(Mail.report(a, ack.path("messageId").asString()).path("delivered").asBoolean())
          .isTrue();
    }
    b.cut();
    b = broker.connect(bob);
    Mail.nothingFor(b);
  }

  @Test
  void a_confirmation_of_nothing_and_one_of_too_many_are_told_what_is_missing() {
    ObjectNode tooMany = TestSocket.object("client_ack");
    IntStream.rangeClosed(0, 500).forEach(i -> tooMany.withArray("brokerMessageIds").add("m" + i));

    assertThat(b.ask(tooMany).path("message").asString()).contains("brokerMessageIds");
    assertThat(b.ask(TestSocket.object("client_ack")).path("message").asString())
        .contains("brokerMessageIds");
  }

  @Test
  void a_message_sent_while_busy_waits_until_idle() {
    Mail.status(b, "working");
    ObjectNode ack = Mail.sent(a, Mail.direct(bob.address(), "next", "later"));
    Mail.nothingFor(b);
    JsonNode copy = Mail.report(a, ack.path("messageId").asString()).path("recipients").get(0);
    assertThat(ack.path("waiting").get(0).asString()).isEqualTo("busy");
    assertThat(copy.path("state").asString()).isEqualTo("queued");
    assertThat(copy.path("status").asString()).isEqualTo("held");
    assertThat(copy.path("reason").asString()).isEqualTo("busy");

    Mail.status(b, "idle");

    assertThat(Mail.texts(b, 1)).containsExactly("later");
  }

  @Test
  void an_urgent_message_comes_through_to_who_is_busy_or_does_not_want_to_be_disturbed() {
    for (String status : List.of("working", "dnd")) {
      Mail.status(b, status);
      Mail.sent(a, Mail.direct(bob.address(), "now", status));
      assertThat(Mail.texts(b, 1)).containsExactly(status);
    }
  }

  @Test
  void what_waited_comes_urgent_first_and_then_in_order() {
    b.cut();
    for (String text : List.of("1 low", "2 next", "3 now", "4 next", "5 now")) {
      Mail.sent(a, Mail.direct(bob.address(), text.substring(2), text));
    }
    b = broker.connect(bob);

    assertThat(Mail.texts(b, 5)).containsExactly("3 now", "5 now", "2 next", "4 next", "1 low");
  }
}
