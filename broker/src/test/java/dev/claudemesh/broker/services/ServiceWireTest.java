package dev.claudemesh.broker.services;

import static dev.claudemesh.broker.TestSocket.json;
import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ServiceWireTest {
  private static final String REGISTER =
      "{'type':'mcp_register','serverName':'echo','description':'for tests','tools':["
          + "{'name':'say','description':'Says it again','inputSchema':{'type':'object'}}]%s}";
  private static final String CALL =
      "{'type':'mcp_call','serverName':'echo','toolName':'say','args':{'text':'hi'}%s}";

  private static TestBroker broker;

  private TestMember ada;
  private TestMember bob;

  @BeforeAll
  static void start() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void aMesh() {
    ada = broker.mesh("tools").withSession();
    bob = broker.member(ada, "bob").withSession();
  }

  private static ObjectNode register(String more) {
    return json(REGISTER.formatted(more));
  }

  private static ObjectNode call(String more) {
    return json(CALL.formatted(more));
  }

  /// A call whose answer is looked for later.
  private static void begin(TestSocket caller, String reqId, String more) {
    caller.send(call(more).put("_reqId", reqId));
  }

  private static ObjectNode answered(TestSocket caller, String reqId) {
    return caller.next(frame -> frame.path("_reqId").asString("").equals(reqId));
  }

  private void grant(TestSocket owner, TestMember to, String... capabilities) {
    ObjectNode grants = object("set_grants");
    var list = grants.putObject("grants").putArray(to.pubkey());
    List.of(capabilities).forEach(list::add);
    assertThat(owner.ask(grants).path("type").asString()).isEqualTo("grants");
  }

  private static ObjectNode news(TestSocket socket, String event) {
    return socket.next(frame -> frame.path("event").asString("").equals(event));
  }

  private static JsonNode listed(TestSocket socket) {
    return socket.ask(object("mcp_list")).path("servers");
  }

  private static String code(ObjectNode answer) {
    return answer.path("code").asString("");
  }

  @Test
  void a_tool_that_is_lent_is_announced_listed_called_and_answered() {
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      ObjectNode ack = a.ask(register(",'enc':'box'"));
      assertThat(ack.path("type").asString()).isEqualTo("mcp_register_ack");
      assertThat(ack.path("toolCount").asInt()).isEqualTo(1);
      JsonNode announced = news(b, "mcp_registered").path("eventData");
      assertThat(announced.path("serverName").asString()).isEqualTo("echo");
      assertThat(announced.path("tools").path(0).asString()).isEqualTo("say");
      assertThat(announced.path("hostedBy").asString()).isEqualTo("owner");

      JsonNode entry = listed(b).path(0);
      assertThat(entry.path("name").asString()).isEqualTo("echo");
      assertThat(entry.path("online").asBoolean()).isTrue();
      assertThat(entry.path("hostPubkey").asString()).isEqualTo(ada.address());
      assertThat(entry.path("hostMemberPubkey").asString()).isEqualTo(ada.pubkey());
      assertThat(entry.path("enc").asString()).isEqualTo("box");
      assertThat(entry.path("tools").path(0).has("inputSchema")).isFalse();
      assertThat(
              b.ask(json("{'type':'mcp_list','serverName':'echo'}"))
                  .path("servers")
                  .path(0)
                  .path("tools")
                  .path(0)
                  .path("inputSchema")
                  .path("type")
                  .asString())
          .isEqualTo("object");

      grant(a, bob, "tools");
      begin(b, "c1", "");
      ObjectNode forward = a.next("mcp_call_forward");
      assertThat(forward.path("args").path("text").asString()).isEqualTo("hi");
      assertThat(forward.path("callerName").asString()).isEqualTo("bob");
      assertThat(forward.path("callerPubkey").asString()).isEqualTo(bob.address());
      assertThat(forward.path("callerMemberPubkey").asString()).isEqualTo(bob.pubkey());
      assertThat(forward.has("_reqId")).isFalse();
      a.send(
          object("mcp_call_response")
              .put("callId", forward.path("callId").asString())
              .put("result", "hi hi"));
      ObjectNode result = answered(b, "c1");
      assertThat(result.path("type").asString()).isEqualTo("mcp_call_result");
      assertThat(result.path("result").asString()).isEqualTo("hi hi");
      assertThat(result.has("error")).isFalse();
    }
  }

  @Test
  void only_who_was_granted_it_may_call_and_is_told_what_the_owner_types() {
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob);
        TestSocket own = broker.connect(ada.withSession())) {
      a.ask(register(""));
      ObjectNode refused = b.ask(call(""));
      assertThat(code(refused)).isEqualTo("blocked");
      assertThat(refused.path("message").asString()).endsWith("claudemesh grant bob tools");
      assertThat(a.drain()).noneMatch(f -> f.path("type").asString().equals("mcp_call_forward"));

      begin(own, "mine", "");
      answer(a, "ok");
      assertThat(answered(own, "mine").path("result").asString()).isEqualTo("ok");

      grant(a, bob, "tools");
      begin(b, "c", "");
      answer(a, "ok");
      answered(b, "c");
      grant(a, bob, "dm");
      assertThat(code(b.ask(call("")))).isEqualTo("blocked");
    }
  }

  private static void answer(TestSocket host, String result) {
    host.send(
        object("mcp_call_response")
            .put("callId", host.next("mcp_call_forward").path("callId").asString())
            .put("result", result));
  }

  @Test
  void a_call_in_flight_holds_up_neither_its_caller_nor_its_host_nor_a_call_to_oneself() {
    try (TestSocket a = broker.connect(ada)) {
      a.ask(register(""));
      begin(a, "slow", "");
      ObjectNode slow = a.next("mcp_call_forward");
      begin(a, "quick", "");
      assertThat(a.ask(object("list_peers")).path("peers")).hasSize(1);
      answer(a, "quick");
      assertThat(answered(a, "quick").path("result").asString()).isEqualTo("quick");
      assertThat(a.ask(object("list_peers")).path("peers")).hasSize(1);
      a.send(
          object("mcp_call_response")
              .put("callId", slow.path("callId").asString())
              .put("error", "no"));
      ObjectNode failed = answered(a, "slow");
      assertThat(failed.path("error").asString()).isEqualTo("no");
      assertThat(failed.path("failure").asString()).isEqualTo("host");
    }
  }

  @Test
  void a_client_that_names_no_request_calls_itself_without_waiting_for_itself() {
    try (TestSocket a = broker.connect(ada)) {
      a.ask(register(""));
      a.send(call(""));
      answer(a, "hi hi");
      assertThat(a.next("mcp_call_result").path("result").asString()).isEqualTo("hi hi");
    }
  }

  @Test
  void only_the_connection_that_was_asked_can_answer_and_only_once() {
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob);
        TestSocket sibling = broker.connect(ada.withSession());
        TestSocket stranger = broker.connect(broker.mesh("other").withSession())) {
      a.ask(register(""));
      grant(a, bob, "tools");
      begin(b, "c", ",'callId':'mine','progress':true");
      String id = a.next("mcp_call_forward").path("callId").asString();
      for (TestSocket other : List.of(b, sibling, stranger)) {
        ObjectNode forged = object("mcp_call_response").put("callId", id).put("result", "forged");
        assertThat(code(other.ask(forged))).isEqualTo("not_found");
        ObjectNode progress = object("mcp_call_progress").put("callId", id).put("progress", 1);
        assertThat(code(other.ask(progress))).isEqualTo("not_found");
      }
      ObjectNode good = object("mcp_call_response").put("callId", id).put("result", "good");
      assertThat(a.ask(good).path("type").asString()).isEqualTo("ack");
      assertThat(answered(b, "c").path("result").asString()).isEqualTo("good");
      assertThat(code(a.ask(good))).isEqualTo("not_found");
      assertThat(b.drain())
          .noneMatch(frame -> frame.path("type").asString().equals("mcp_call_progressed"));
    }
  }

  @Test
  void nobody_sees_calls_or_removes_what_another_mesh_lends() {
    try (TestSocket a = broker.connect(ada);
        TestSocket eve = broker.connect(broker.mesh("other").withSession())) {
      a.ask(register(""));
      assertThat(listed(eve)).isEmpty();
      assertThat(code(eve.ask(json("{'type':'mcp_list','serverName':'echo'}"))))
          .isEqualTo("not_found");
      ObjectNode refused = eve.ask(call(""));
      assertThat(code(refused)).isEqualTo("not_found");
      assertThat(refused.path("message").asString())
          .isEqualTo("MCP server \"echo\" not found in mesh");
      assertThat(code(eve.ask(json("{'type':'mcp_unregister','serverName':'echo'}"))))
          .isEqualTo("not_found");
      assertThat(listed(a)).hasSize(1);
      assertThat(eve.ask(register("")).path("type").asString()).isEqualTo("mcp_register_ack");
    }
  }

  @Test
  void progress_reaches_who_asked_for_it_and_gives_the_call_time_again() {
    try (TestSocket a = broker.connect(ada)) {
      a.ask(register(""));
      begin(a, "c", ",'callId':'mine','progress':true,'timeoutMs':60000");
      ObjectNode forward = a.next("mcp_call_forward");
      assertThat(forward.path("progress").asBoolean()).isTrue();
      String id = forward.path("callId").asString();
      for (int i = 1; i <= 3; i++) {
        broker.clock().advance(Duration.ofSeconds(40));
        a.ask(
            object("mcp_call_progress")
                .put("callId", id)
                .put("progress", i)
                .put("total", 3)
                .put("message", "step"));
        broker.sweep();
        ObjectNode told = a.next("mcp_call_progressed");
        assertThat(told.path("callId").asString()).isEqualTo("mine");
        assertThat(told.path("progress").asInt()).isEqualTo(i);
        assertThat(told.path("message").asString()).isEqualTo("step");
      }
      broker.clock().advance(Duration.ofSeconds(60));
      broker.sweep();
      ObjectNode over = answered(a, "c");
      assertThat(over.path("error").asString()).isEqualTo("MCP call timed out (60s)");
      assertThat(over.path("failure").asString()).isEqualTo("timeout");
      ObjectNode cancelled = a.next("mcp_call_cancelled");
      assertThat(cancelled.path("callId").asString()).isEqualTo(id);
      assertThat(cancelled.path("reason").asString()).isEqualTo("timeout");
    }
  }

  @Test
  void a_call_that_goes_on_and_on_ends_in_the_end() {
    try (TestSocket a = broker.connect(ada)) {
      a.ask(register(""));
      begin(a, "c", ",'timeoutMs':600000");
      String id = a.next("mcp_call_forward").path("callId").asString();
      for (int minutes = 0; minutes < 30; minutes += 5) {
        a.ask(object("mcp_call_progress").put("callId", id).put("progress", minutes));
        broker.clock().advance(Duration.ofMinutes(5));
      }
      broker.sweep();
      assertThat(answered(a, "c").path("failure").asString()).isEqualTo("timeout");
    }
  }

  @Test
  void a_call_without_a_wish_waits_for_half_a_minute() {
    try (TestSocket a = broker.connect(ada)) {
      a.ask(register(""));
      begin(a, "c", "");
      a.next("mcp_call_forward");
      broker.clock().advance(Duration.ofSeconds(15));
      broker.sweep();
      assertThat(a.drain()).noneMatch(f -> f.path("_reqId").asString("").equals("c"));
      broker.clock().advance(Duration.ofSeconds(15));
      broker.sweep();
      assertThat(answered(a, "c").path("error").asString()).isEqualTo("MCP call timed out (30s)");
    }
  }

  @Test
  void a_call_is_taken_back_by_its_caller_or_with_its_connection() {
    try (TestSocket a = broker.connect(ada);
        TestSocket own = broker.connect(ada.withSession())) {
      a.ask(register(""));
      begin(own, "c", ",'callId':'mine'");
      String id = a.next("mcp_call_forward").path("callId").asString();
      a.ask(json("{'type':'mcp_call_cancel','callId':'mine'}"));
      assertThat(own.drain())
          .as("another's id means nothing")
          .noneMatch(frame -> frame.path("_reqId").asString("").equals("c"));
      own.ask(json("{'type':'mcp_call_cancel','callId':'mine'}"));
      assertThat(answered(own, "c").path("failure").asString()).isEqualTo("cancelled");
      ObjectNode told = a.next("mcp_call_cancelled");
      assertThat(told.path("callId").asString()).isEqualTo(id);
      assertThat(told.path("reason").asString()).isEqualTo("cancelled");
      assertThat(
              own.ask(json("{'type':'mcp_call_cancel','callId':'mine'}")).path("type").asString())
          .isEqualTo("ack");

      begin(own, "d", ",'callId':'mine'");
      String second = a.next("mcp_call_forward").path("callId").asString();
      own.cut();
      ObjectNode gone = a.next("mcp_call_cancelled");
      assertThat(gone.path("callId").asString()).isEqualTo(second);
      assertThat(gone.path("reason").asString()).isEqualTo("caller_gone");
    }
  }

  @Test
  void when_the_host_is_lost_its_callers_hear_at_once_and_others_hear_that_it_is_away() {
    try (TestSocket own = broker.connect(ada.withSession())) {
      TestSocket a = broker.connect(ada);
      a.ask(register(""));
      begin(own, "c", "");
      a.next("mcp_call_forward");
      a.cut();
      ObjectNode over = answered(own, "c");
      assertThat(over.path("failure").asString()).isEqualTo("host_gone");
      ObjectNode refused = own.ask(call(""));
      assertThat(code(refused)).isEqualTo("offline");
      assertThat(listed(own).path(0).path("online").asBoolean()).isFalse();
    }
  }

  @Test
  void a_registration_outlives_a_lost_socket_but_not_the_grace_unless_it_is_persistent() {
    try (TestSocket b = broker.connect(bob)) {
      TestSocket a = broker.connect(ada);
      a.ask(register(""));
      a.ask(register(",'persistent':true").put("serverName", "kept"));
      a.cut();
      assertThat(listed(b)).as("the grace runs").hasSize(2);
      broker.clock().advance(Duration.ofSeconds(91));
      broker.sweep();
      JsonNode gone = news(b, "mcp_unregistered").path("eventData");
      assertThat(gone.path("serverName").asString()).isEqualTo("echo");
      JsonNode kept = listed(b).path(0);
      assertThat(listed(b)).hasSize(1);
      assertThat(kept.path("name").asString()).isEqualTo("kept");
      assertThat(kept.path("online").asBoolean()).isFalse();
      assertThat(kept.path("offlineSince").isString()).isTrue();
      assertThat(kept.path("hostedBy").asString()).isEqualTo("owner");

      try (TestSocket other = broker.connect(ada.withSession())) {
        assertThat(listed(other).path(0).path("online").asBoolean())
            .as("a session that knows nothing of it does not host it")
            .isFalse();
        try (TestSocket back = broker.connect(ada)) {
          for (TestSocket everybody : List.of(back, b, other)) {
            assertThat(
                    news(everybody, "mcp_restored").path("eventData").path("serverName").asString())
                .isEqualTo("kept");
          }
          assertThat(listed(b).path(0).path("online").asBoolean()).isTrue();
          assertThat(listed(b).path(0).has("offlineSince")).isFalse();
        }
      }
    }
  }

  @Test
  void a_client_of_the_first_protocol_takes_up_with_a_new_key_what_its_member_lent() {
    TestSocket a = broker.connect(ada);
    a.ask(register(",'persistent':true"));
    a.ask(object("goodbye"));
    try (TestSocket old = broker.socket()) {
      ObjectNode hello = old.helloFrame(ada.withSession());
      hello.remove("capabilities");
      old.send(hello);
      assertThat(news(old, "mcp_restored").path("eventData").path("hostedBy").asString())
          .isEqualTo("owner");
      old.send(call("").put("_reqId", "c"));
      answer(old, "mine now");
      assertThat(answered(old, "c").path("result").asString()).isEqualTo("mine now");
    }
  }

  @Test
  void a_host_that_is_no_session_is_not_listed_takes_no_mail_and_is_waited_for() {
    try (TestSocket b = broker.connect(bob)) {
      TestSocket host = host(ada);
      host.ask(register(""));
      assertThat(b.ask(object("list_peers")).path("peers")).hasSize(1);
      assertThat(
              b.drain().stream()
                  .map(frame -> frame.path("event").asString(""))
                  .filter(event -> event.startsWith("peer_")))
          .isEmpty();
      b.send(
          object("send")
              .put("id", "m")
              .put("targetSpec", ada.pubkey())
              .put("priority", "now")
              .put("nonce", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
              .put("ciphertext", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
              .put("enc", "box"));
      assertThat(b.next("ack").path("waiting").path(0).asString()).isEqualTo("offline");
      assertThat(host.drain()).noneMatch(f -> f.path("type").asString().equals("push"));
      host.cut();
      broker.sweep();
      assertThat(listed(b)).hasSize(1);
      assertThat(listed(b).path(0).path("online").asBoolean()).isFalse();
      try (TestSocket again = host(ada)) {
        assertThat(listed(b).path(0).path("online").asBoolean()).isTrue();
        broker.clock().advance(Duration.ofSeconds(91));
        broker.sweep();
        assertThat(listed(b)).as("its lost connection was not its end").hasSize(1);
        assertThat(again.ask(register("")).path("type").asString()).isEqualTo("mcp_register_ack");
      }
      broker.sweep();
      broker.clock().advance(Duration.ofSeconds(91));
      broker.sweep();
      assertThat(listed(b)).isEmpty();
    }
  }

  private static TestSocket host(TestMember member) {
    TestSocket socket = broker.socket();
    socket.send(socket.helloFrame(member).put("purpose", "host"));
    assertThat(socket.next("hello_ack").has("presenceId")).isTrue();
    return socket;
  }

  @Test
  void registrations_survive_a_restart_of_the_broker_as_far_as_their_hosts_do() {
    try (TestBroker own = TestBroker.start()) {
      TestMember owner = own.mesh("restart").withSession();
      TestSocket a = own.connect(owner);
      a.ask(register(",'persistent':true"));
      a.ask(register("").put("serverName", "passing"));
      own.restart();
      try (TestSocket other = own.connect(own.member(owner, "bob").withSession())) {
        assertThat(listed(other)).hasSize(2).noneMatch(one -> one.path("online").asBoolean());
        own.sweep();
        assertThat(listed(other)).as("the host has its grace").hasSize(2);
        own.clock().advance(Duration.ofSeconds(91));
        own.sweep();
        assertThat(listed(other)).hasSize(1);
        assertThat(listed(other).path(0).path("offlineSince").isString()).isTrue();
        own.connect(owner);
        assertThat(news(other, "mcp_restored").path("eventData").path("serverName").asString())
            .isEqualTo("echo");
        assertThat(listed(other).path(0).path("online").asBoolean()).isTrue();
      }
    }
  }

  @Test
  void a_broker_that_stops_tells_callers_and_does_not_wait_for_their_tools() {
    try (TestBroker own = TestBroker.start()) {
      TestSocket a = own.connect(own.mesh("stopping").withSession());
      a.ask(register(""));
      a.send(call(""));
      a.next("mcp_call_forward");
      long begun = System.nanoTime();
      own.broker().close();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
      assertThat(a.next("mcp_call_result").path("failure").asString()).isEqualTo("host_gone");
    }
  }

  @Test
  void a_name_is_one_members_and_only_that_member_or_an_admin_takes_it_off() {
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob);
        TestSocket c = broker.connect(broker.member(ada, "cleo").withSession())) {
      b.ask(register(""));
      assertThat(code(a.ask(register("")))).isEqualTo("exists");
      assertThat(code(c.ask(json("{'type':'mcp_unregister','serverName':'echo'}"))))
          .isEqualTo("forbidden");
      c.send(json("{'type':'mcp_unregister','serverName':'echo'}"));
      assertThat(listed(c)).hasSize(1);
      a.ask(json("{'type':'mcp_unregister','serverName':'echo'}"));
      assertThat(news(b, "mcp_unregistered").path("eventData").path("serverName").asString())
          .as("the host hears what an admin did")
          .isEqualTo("echo");
      assertThat(news(c, "mcp_unregistered").path("eventData").path("serverName").asString())
          .isEqualTo("echo");
      assertThat(listed(c)).isEmpty();
      b.ask(register(""));
      b.ask(json("{'type':'mcp_unregister','serverName':'echo'}"));
      assertThat(listed(c)).isEmpty();
      assertThat(b.drain())
          .as("nobody is told of what they do")
          .noneMatch(frame -> frame.path("event").asString("").startsWith("mcp_"));
    }
  }

  @Test
  void what_is_wrong_or_too_much_is_refused_by_name_and_nothing_changes() {
    try (TestSocket a = broker.connect(ada)) {
      assertThat(code(a.ask(json("{'type':'mcp_register','serverName':'x','tools':[]}"))))
          .isEqualTo("invalid_request");
      for (int i = 0; i < 50; i++) {
        a.ask(register("").put("serverName", "s" + i));
      }
      ObjectNode full = a.ask(register("").put("serverName", "s50"));
      assertThat(code(full)).isEqualTo("limit");
      assertThat(listed(a)).hasSize(50);
      ObjectNode no = a.ask(call("").put("serverName", "s0").put("toolName", "sing"));
      assertThat(code(no)).isEqualTo("not_found");
      assertThat(no.path("message").asString()).contains("say");
      ObjectNode large = call("").put("serverName", "s0");
      large.putObject("args").put("text", "x".repeat(400_000));
      assertThat(code(a.ask(large))).isEqualTo("too_large");

      a.send(call(",'callId':'one'").put("serverName", "s0").put("_reqId", "first"));
      String id = a.next("mcp_call_forward").path("callId").asString();
      assertThat(code(a.ask(call(",'callId':'one'").put("serverName", "s0")))).isEqualTo("exists");
      ObjectNode answer =
          object("mcp_call_response").put("callId", id).put("result", "x".repeat(1_000_001));
      assertThat(code(a.ask(answer))).isEqualTo("too_large");
      ObjectNode told = answered(a, "first");
      assertThat(told.path("failure").asString()).isEqualTo("host");
      assertThat(told.path("error").asString()).contains("at most 1000000");
    }
  }

  @Test
  void a_member_has_only_so_many_calls_on_their_way() {
    try (TestSocket a = broker.connect(ada)) {
      a.ask(register(""));
      for (int i = 0; i < 32; i++) {
        begin(a, "c" + i, "");
        a.next("mcp_call_forward");
      }
      assertThat(code(a.ask(call("")))).isEqualTo("limit");
      a.send(json("{'type':'mcp_call_cancel','callId':'none'}"));
      assertThat(code(a.ask(call("")))).isEqualTo("limit");
    }
  }

  @Test
  void tools_need_their_permission_and_a_removed_member_lends_nothing() {
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      b.ask(register(",'persistent':true"));
      ObjectNode permissions = object("set_permissions").put("member_id", bob.id());
      permissions.putObject("permissions").put("canUseTools", false);
      a.ask(permissions);
      assertThat(code(b.ask(register("")))).isEqualTo("forbidden");
      assertThat(code(b.ask(call("")))).isEqualTo("forbidden");
      assertThat(news(a, "mcp_registered").path("eventData").path("serverName").asString())
          .isEqualTo("echo");
      assertThat(code(a.ask(object("ban").put("target", bob.pubkey())))).isEmpty();
      assertThat(news(a, "mcp_unregistered").path("eventData").path("serverName").asString())
          .isEqualTo("echo");
      assertThat(listed(a)).isEmpty();
    }
  }
}
