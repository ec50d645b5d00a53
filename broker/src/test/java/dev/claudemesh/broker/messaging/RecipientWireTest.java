package dev.claudemesh.broker.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Who is reached by keys, groups and everyone, over real sockets.
class RecipientWireTest {
  private static TestBroker broker;

  private TestMember owner;
  private TestMember ann;
  private TestMember bob;
  private TestMember cat;
  private TestSocket a;
  private TestSocket b;
  private TestSocket c;

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
    owner = broker.mesh("groups");
    ann = broker.member(owner, "ann").withSession();
    bob = broker.member(owner, "bob").withSession();
    cat = broker.member(owner, "cat").withSession();
    a = broker.connect(ann);
    b = broker.connect(bob);
    c = broker.connect(cat);
  }

  private static void join(TestSocket socket, String group) {
    socket.ask(TestSocket.object("join_group").put("name", group));
  }

  @Test
  void a_group_reaches_those_inside_it_and_below_it_and_nobody_else() {
    join(b, "dev");
    join(c, "dev/api");

    ObjectNode ack = Mail.sent(a, Mail.many("@dev", "next", "for dev"));
    Mail.sent(a, Mail.many("@dev/api", "next", "for api"));

    assertThat(ack.path("recipients").asInt()).isEqualTo(2);
    assertThat(Mail.texts(b, 1)).containsExactly("for dev");
    assertThat(Mail.texts(c, 2)).containsExactly("for dev", "for api");
    Mail.nothingFor(b);
    Mail.nothingFor(a);
  }

  @Test
  void a_group_reaches_members_who_were_in_it_when_they_left() {
    join(b, "dev/api");
    b.ask(TestSocket.object("goodbye"));
    b.close();
    Mail.sent(a, Mail.many("@dev", "next", "while away"));

    b = broker.connect(bob);

    assertThat(Mail.texts(b, 1)).containsExactly("while away");
  }

  @Test
  void a_broadcast_reaches_everyone_but_the_senders_own_connection() {
    TestSocket sibling = broker.connect(ann.withSession());

    ObjectNode ack = Mail.sent(a, Mail.many("*", "next", "all"));

    // The owner has never connected and finds it later.
    assertThat(ack.path("recipients").asInt()).isEqualTo(4);
    assertThat(ack.path("waiting").get(0).asString()).isEqualTo("offline");
    assertThat(List.of(Mail.texts(b, 1), Mail.texts(c, 1), Mail.texts(sibling, 1)))
        .containsOnly(List.of("all"));
    Mail.nothingFor(a);
    assertThat(Mail.texts(broker.connect(owner), 1)).containsExactly("all");
  }

  @Test
  void the_gate_holds_for_groups_too() {
    Mail.status(b, "dnd");
    Mail.sent(a, Mail.many("*", "next", "later"));
    Mail.sent(a, Mail.many("*", "now", "urgent"));
    assertThat(Mail.texts(b, 1)).containsExactly("urgent");
    Mail.nothingFor(b);

    Mail.status(b, "idle");

    assertThat(Mail.texts(b, 1)).containsExactly("later");
  }

  @Test
  void whoever_hides_is_not_reached_by_a_broadcast_but_by_key() {
    b.ask(TestSocket.object("set_visible").put("visible", false));
    Mail.sent(a, Mail.many("*", "next", "all"));
    Mail.sent(a, Mail.direct(bob.address(), "next", "you"));

    assertThat(Mail.texts(b, 1)).containsExactly("you");
  }

  @Test
  void a_message_to_oneself_arrives_after_its_ack() {
    ObjectNode send = Mail.direct(ann.address(), "next", "note to self");
    a.send(send);

    ObjectNode first =
        a.next(frame -> Mail.isPush(frame) || frame.path("type").asString().equals("ack"));

    assertThat(first.path("type").asString()).isEqualTo("ack");
    assertThat(Mail.texts(a, 1)).containsExactly("note to self");
  }

  @Test
  void a_message_to_a_member_reaches_one_session() {
    TestSocket second = broker.connect(bob.withSession());
    Mail.status(b, "working");

    Mail.sent(a, Mail.direct(bob.pubkey(), "next", "whoever is free"));

    assertThat(Mail.texts(second, 1)).containsExactly("whoever is free");
    Mail.nothingFor(b);
  }

  @Test
  void a_member_who_is_away_finds_messages_on_return_in_order() {
    for (String text : List.of("1", "2", "3")) {
      ObjectNode ack = Mail.sent(a, Mail.direct(owner.pubkey(), "next", text));
      assertThat(ack.path("waiting").get(0).asString()).isEqualTo("offline");
    }

    assertThat(Mail.texts(broker.connect(owner), 3)).containsExactly("1", "2", "3");
  }

  @Test
  void an_inbox_command_reads_what_no_session_holds() {
    Mail.sent(a, Mail.direct(owner.pubkey(), "next", "for the owner"));
    TestSocket inbox = broker.socket();
    inbox.send(inbox.helloFrame(owner).put("purpose", "inbox"));

    assertThat(Mail.texts(inbox, 1)).containsExactly("for the owner");
  }

  @Test
  void a_command_that_only_sends_gets_nothing() {
    TestSocket command = broker.socket();
    command.send(command.helloFrame(owner).put("purpose", "command"));
    command.next("hello_ack");
    Mail.sent(command, Mail.direct(bob.address(), "next", "from a command"));
    Mail.sent(a, Mail.direct(owner.pubkey(), "next", "for a session"));

    assertThat(Mail.texts(b, 1)).containsExactly("from a command");
    Mail.nothingFor(command);
  }

  @Test
  void names_and_keys_that_nobody_has_are_refused_with_what_was_perhaps_meant() {
    ObjectNode answer = Mail.answered(a, Mail.direct("bobb", "next", "x"));
    assertThat(answer.path("code").asString()).isEqualTo("unknown_target");
    assertThat(answer.path("details").path("matches").get(0).asString()).isEqualTo("bob");
    assertThat(Mail.refused(a, Mail.direct("f".repeat(64), "next", "x")))
        .isEqualTo("unknown_target");
    assertThat(Mail.refused(a, Mail.direct("#general", "next", "x"))).isEqualTo("unknown_target");
    assertThat(Mail.refused(a, Mail.many("@nobody", "next", "x"))).isEqualTo("no_recipients");
  }

  @Test
  void ids_of_another_mesh_are_unknown() {
    TestMember other = broker.mesh("other");

    assertThat(Mail.refused(a, Mail.direct(other.pubkey(), "next", "x")))
        .isEqualTo("unknown_target");
  }

  @Test
  void a_session_that_is_gone_is_known_and_gets_its_mail_when_it_resumes() {
    b.ask(TestSocket.object("goodbye"));
    b.close();
    ObjectNode ack = Mail.sent(a, Mail.direct(bob.address(), "next", "for this very session"));
    JsonNode copy = Mail.report(a, ack.path("messageId").asString()).path("recipients").get(0);
    assertThat(copy.path("reason").asString()).isEqualTo("offline");
    assertThat(copy.path("status").asString()).isEqualTo("disconnected");
    TestSocket another = broker.connect(bob.withSession());
    Mail.nothingFor(another);

    assertThat(Mail.texts(broker.connect(bob), 1)).containsExactly("for this very session");
  }
}
