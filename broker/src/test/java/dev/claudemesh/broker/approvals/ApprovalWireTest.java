package dev.claudemesh.broker.approvals;

import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ApprovalWireTest {
  private static final String ID = "0123456789abcdef0123456789abcdef";
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
  void a_request_reaches_those_who_watch_and_their_answer_the_asker_alone() {
    TestMember ana = broker.mesh("approvals").withSession();
    TestMember ben = broker.member(ana, "ben");
    TestMember eve = broker.member(ana, "eve");
    try (TestSocket a = broker.connect(ana);
        TestSocket other = broker.connect(ana.withSession());
        TestSocket one = broker.connect(ben);
        TestSocket two = broker.connect(ben);
        TestSocket e = broker.connect(eve)) {
      ObjectNode nobody = a.ask(ask(ben));
      assertThat(nobody.path("type").asString()).isEqualTo("approval_passed");
      assertThat(nobody.path("reached").asInt()).isZero();
      assertThat(one.ask(object("watch_approvals")).path("type").asString())
          .isEqualTo("approvals_watched");
      two.ask(object("watch_approvals"));
      e.ask(object("watch_approvals"));

      assertThat(a.ask(ask(ben)).path("reached").asInt()).isEqualTo(2);
      JsonNode asked = one.next("approval_asked");
      assertThat(asked.path("from").asString()).isEqualTo(ana.pubkey());
      assertThat(asked.path("ciphertext").asString()).isEqualTo("Ym94");
      two.next("approval_asked");
      assertThat(a.ask(ask(ben)).path("code").asString()).isEqualTo("exists");
      assertThat(other.ask(ask(ben)).path("code").asString()).isEqualTo("exists");

      assertThat(e.ask(answer()).path("code").asString()).isEqualTo("not_found");
      assertThat(one.ask(answer()).path("reached").asInt()).isEqualTo(1);
      JsonNode answered = a.next("approval_answered");
      assertThat(answered.path("from").asString()).isEqualTo(ben.pubkey());
      assertThat(answered.path("approvalId").asString()).isEqualTo(ID);

      assertThat(other.ask(settle()).path("reached").asInt()).isZero();
      assertThat(a.ask(settle()).path("reached").asInt()).isEqualTo(2);
      assertThat(one.next("approval_settled").path("outcome").asString()).isEqualTo("allowed");
      two.next("approval_settled");
      assertThat(one.ask(answer()).path("code").asString()).isEqualTo("not_found");
      e.ask(object("list_peers"));
      assertThat(e.drain())
          .noneMatch(frame -> frame.path("type").asString().startsWith("approval"));
    }
  }

  @Test
  void who_begins_to_watch_is_shown_what_is_open_until_its_time_is_over() {
    TestMember ana = broker.mesh("approvals").withSession();
    TestMember ben = broker.member(ana, "ben");
    try (TestSocket a = broker.connect(ana);
        TestSocket first = broker.connect(ben);
        TestSocket second = broker.connect(ben)) {
      first.ask(object("watch_approvals"));
      a.ask(ask(ben));
      ObjectNode once = object("watch_approvals").put("once", true);
      assertThat(second.ask(once).path("open").asInt()).isEqualTo(1);
      second.next("approval_asked");
      a.ask(settle());
      first.next("approval_settled");
      a.ask(ask(ben));
      second.ask(object("list_peers"));
      assertThat(second.drain())
          .noneMatch(frame -> frame.path("type").asString().startsWith("approval"));

      broker.clock().advance(Duration.ofSeconds(61));
      assertThat(second.ask(once).path("open").asInt()).isZero();
      assertThat(first.ask(answer()).path("code").asString()).isEqualTo("not_found");
    }
  }

  @Test
  void a_request_ends_with_its_askers_connection() {
    TestMember ana = broker.mesh("approvals").withSession();
    TestMember ben = broker.member(ana, "ben");
    try (TestSocket b = broker.connect(ben)) {
      b.ask(object("watch_approvals"));
      try (TestSocket a = broker.connect(ana)) {
        a.ask(ask(ben));
        b.next("approval_asked");
      }
      assertThat(b.next("approval_settled").path("outcome").asString()).isEqualTo("withdrawn");
    }
  }

  @Test
  void who_is_blocked_reaches_nobody_and_is_not_told_why() {
    TestMember ana = broker.mesh("approvals").withSession();
    TestMember ben = broker.member(ana, "ben");
    try (TestSocket a = broker.connect(ana);
        TestSocket b = broker.connect(ben)) {
      b.ask(object("watch_approvals"));
      ObjectNode grants = object("set_grants");
      grants.putObject("grants").putArray(ana.pubkey());
      b.ask(grants);
      assertThat(a.ask(ask(ben)).path("reached").asInt()).isZero();
    }
  }

  @Test
  void another_mesh_is_another_world_and_bad_fields_are_named() {
    TestMember ana = broker.mesh("approvals").withSession();
    TestMember mallory = broker.mesh("others").withSession();
    TestMember ben = broker.member(ana, "ben");
    try (TestSocket a = broker.connect(ana);
        TestSocket m = broker.connect(mallory);
        TestSocket b = broker.connect(ben)) {
      b.ask(object("watch_approvals"));
      assertThat(m.ask(ask(ben)).path("reached").asInt()).isZero();
      a.ask(ask(ben));
      assertThat(m.ask(answer()).path("code").asString()).isEqualTo("not_found");
      assertThat(m.ask(settle()).path("reached").asInt()).isZero();
      for (ObjectNode bad :
          new ObjectNode[] {
            ask(ben).put("seconds", 601),
            ask(ben).put("approvalId", "x"),
            ask(ben).put("ciphertext", "x".repeat(300_001)),
            ask(ben).put("to", "ben")
          }) {
        assertThat(a.ask(bad).path("code").asString()).isEqualTo("invalid_request");
      }
    }
  }

  @Test
  void only_so_much_waits_for_one_member() {
    TestMember ana = broker.mesh("approvals").withSession();
    TestMember ben = broker.member(ana, "ben");
    try (TestSocket a = broker.connect(ana);
        TestSocket b = broker.connect(ben)) {
      b.ask(object("watch_approvals"));
      for (int i = 0; i < 64; i++) {
        ObjectNode ask = ask(ben).put("approvalId", "%032x".formatted(i));
        assertThat(a.ask(ask).path("reached").asInt()).isEqualTo(1);
      }
      assertThat(a.ask(ask(ben)).path("code").asString()).isEqualTo("limit");
    }
  }

  private static ObjectNode ask(TestMember to) {
    return object("ask_approval")
        .put("approvalId", ID)
        .put("to", to.pubkey())
        .put("seconds", 60)
        .put("nonce", "bm9uY2U=")
        .put("ciphertext", "Ym94");
  }

  private static ObjectNode answer() {
    return object("answer_approval")
        .put("approvalId", ID)
        .put("nonce", "bm9uY2U=")
        .put("ciphertext", "YW5zd2Vy");
  }

  private static ObjectNode settle() {
    return object("settle_approval").put("approvalId", ID).put("outcome", "allowed");
  }
}
