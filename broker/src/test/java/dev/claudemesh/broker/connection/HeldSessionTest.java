package dev.claudemesh.broker.connection;

import static dev.claudemesh.broker.TestSocket.json;
import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Sessions that carry fewer permissions than their member.
class HeldSessionTest {
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
  void a_session_has_what_it_asked_for_and_its_member_has_too() {
    TestMember ada = broker.mesh("held").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket owner = broker.connect(ada);
        TestSocket held = broker.socket()) {
      hello(held, bob, Optional.empty(), "canWriteState", "canInvite");
      assertThat(code(held, "{'type':'set_state','key':'k','value':1}")).isEmpty();
      assertThat(code(held, "{'type':'list_invites'}")).as("bob has it not").isEqualTo("forbidden");
      assertThat(code(held, "{'type':'set_grants','grants':{}}")).isEqualTo("forbidden");
      assertThat(code(held, "{'type':'leave_mesh'}")).isEqualTo("forbidden");
      assertThat(code(held, send(ada))).isEqualTo("forbidden");

      ObjectNode less = object("set_permissions").put("member_id", bob.id());
      less.putObject("permissions").put("canWriteState", false).put("canInvite", true);
      assertThat(owner.ask(less).path("type").asString()).isEqualTo("ok");
      assertThat(code(held, "{'type':'set_state','key':'k','value':1}")).isEqualTo("forbidden");
      assertThat(code(held, "{'type':'list_invites'}")).isEmpty();
      assertThat(code(held, send(ada))).as("still held").isEqualTo("forbidden");
    }
  }

  @Test
  void who_comes_back_may_give_up_more_and_gets_nothing_back() {
    TestMember ada = broker.mesh("resume").withSession();
    String token;
    try (TestSocket first = broker.socket()) {
      token = hello(first, ada, Optional.empty(), "canWriteState", "canSend");
      first.cut();
    }
    broker.restart();
    try (TestSocket wider = broker.socket()) {
      token = hello(wider, ada, Optional.of(token));
      assertThat(wider.helloAck().path("resumed").asBoolean()).isTrue();
      assertThat(code(wider, "{'type':'set_state','key':'k','value':1}")).isEmpty();
      assertThat(code(wider, "{'type':'list_bans'}")).as("an owner").isEqualTo("forbidden");
      wider.cut();
    }
    try (TestSocket narrower = broker.socket()) {
      hello(narrower, ada, Optional.of(token), "canSend", "canInvite");
      assertThat(code(narrower, "{'type':'set_state','key':'k','value':1}")).isEqualTo("forbidden");
      assertThat(code(narrower, "{'type':'list_invites'}")).isEqualTo("forbidden");
    }
  }

  @Test
  void who_must_not_manage_permissions_is_no_admin_but_stays_protected_as_one() {
    TestMember ada = broker.mesh("admin").withSession();
    TestMember bob = broker.admin(ada, "bob").withSession();
    try (TestSocket held = broker.socket();
        TestSocket b = broker.connect(bob)) {
      hello(held, ada, Optional.empty(), "canSend", "canDeleteMesh");
      assertThat(code(held, "{'type':'kick','target':'bob'}")).isEqualTo("forbidden");
      assertThat(code(held, "{'type':'rename_mesh','name':'mine'}")).isEqualTo("forbidden");
      assertThat(b.ask(json("{'type':'kick','target':'owner'}")).path("code").asString())
          .isEqualTo("forbidden");
      assertThat(held.isClosed()).isFalse();
    }
  }

  @Test
  void a_permission_that_there_is_not_ends_the_hello() {
    TestMember ada = broker.mesh("unknown").withSession();
    try (TestSocket socket = broker.socket()) {
      ObjectNode hello = socket.helloFrame(ada);
      hello.putArray("permissions").add("canFly");
      socket.send(hello);
      ObjectNode answer = socket.next();
      assertThat(answer.path("code").asString()).isEqualTo("invalid_request");
      assertThat(answer.path("message").asString()).contains("canSend");
    }
  }

  /// @return the token to come back with
  private static String hello(
      TestSocket socket, TestMember member, Optional<String> token, String... permissions) {
    ObjectNode hello = socket.helloFrame(member);
    token.ifPresent(text -> hello.put("resumeToken", text));
    if (permissions.length > 0) {
      ArrayNode list = hello.putArray("permissions");
      for (String permission : permissions) {
        list.add(permission);
      }
    }
    return socket.hello(hello).path("resumeToken").asString();
  }

  private static String send(TestMember to) {
    return "{'type':'send','targetSpec':'"
        + to.address()
        + "','priority':'now','nonce':'"
        + "A".repeat(32)
        + "','ciphertext':'QUFBQQ=='}";
  }

  /// The code of the refusal; empty if it was done.
  private static String code(TestSocket socket, String frame) {
    return socket.ask(json(frame)).path("code").asString("");
  }
}
