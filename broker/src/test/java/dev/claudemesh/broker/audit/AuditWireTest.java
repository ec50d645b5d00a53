package dev.claudemesh.broker.audit;

import static dev.claudemesh.broker.TestSocket.json;
import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Timeout(60)
class AuditWireTest {
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
  void what_was_answered_is_in_the_audit() {
    TestMember ada = broker.mesh("acked");
    try (TestSocket a = broker.connect(ada)) {
      a.ask(json("{'type':'set_state','key':'k','value':{'b':1,'a':2.50}}"));
      a.ask(json("{'type':'set_visible','visible':false}"));
      JsonNode result = a.ask(object("audit_query"));
      List<JsonNode> entries = entries(result);
      assertThat(entries.stream().map(entry -> entry.path("eventType").asString()))
          .containsExactly("set_visible", "state_set", "peer_joined");
      assertThat(result.path("total").asInt()).isEqualTo(3);
      JsonNode set = entries.get(1);
      assertThat(set.path("id").asLong()).isEqualTo(2);
      assertThat(set.path("actor").asString()).isEqualTo("owner");
      assertThat(set.path("actorMemberId").asString()).isEqualTo(ada.id());
      assertThat(set.path("payload")).isEqualTo(json("{'key':'k','value':{'a':2.5,'b':1}}"));
      assertThat(entries.get(2).path("payload").path("restored").asBoolean()).isFalse();
    }
  }

  @Test
  void messages_arrivals_and_departures_follow_within_a_second_or_so() {
    TestMember ada = broker.mesh("notes");
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada)) {
      try (TestSocket b = broker.connect(bob)) {
        for (int i = 0; i < 5; i++) {
          a.send(
              object("send")
                  .put("targetSpec", bob.address())
                  .put("priority", "now")
                  .put("nonce", "A".repeat(32))
                  .put("ciphertext", "QUFBQQ==")
                  .put("id", "m" + i));
          a.next("ack");
        }
        b.ask(object("goodbye"));
      }
      JsonNode left = awaited(a, "peer_left");
      assertThat(left.path("actor").asString()).isEqualTo("bob");
      assertThat(left.path("payload")).isEqualTo(json("{}"));
      awaited(a, "message_sent");
      long counted = 0;
      for (JsonNode entry :
          entries(a.ask(object("audit_query").put("eventType", "message_sent")))) {
        assertThat(entry.path("payload").path("targetSpec").asString()).isEqualTo(bob.address());
        assertThat(entry.toString()).doesNotContain("QUFB");
        counted += entry.path("payload").path("count").asLong(1);
      }
      assertThat(counted).isEqualTo(5);
    }
  }

  @Test
  void nothing_that_was_refused_is_in_the_audit() {
    TestMember ada = broker.mesh("refused");
    TestMember bob = broker.member(ada, "bob");
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      assertThat(b.ask(json("{'type':'kick','target':'owner'}")).path("code").asString())
          .isEqualTo("forbidden");
      assertThat(b.ask(json("{'type':'join_group'}")).path("code").asString())
          .isEqualTo("invalid_request");
      a.ask(json("{'type':'join_group','name':'team'}"));
      assertThat(entries(a.ask(object("audit_query"))))
          .map(entry -> entry.path("eventType").asString())
          .contains("join_group")
          .doesNotContain("kick");
    }
  }

  @Test
  void a_chain_that_was_changed_behind_the_brokers_back_is_found_and_located() {
    TestMember ada = broker.mesh("tampered");
    try (TestSocket a = broker.connect(ada)) {
      for (int i = 0; i < 10; i++) {
        a.ask(json("{'type':'set_state','key':'k" + i + "','value':" + i + "}"));
      }
      JsonNode good = a.ask(object("audit_verify"));
      assertThat(good.path("valid").asBoolean()).as("%s", good).isTrue();
      assertThat(good.path("entries").asInt()).isEqualTo(11);
      assertThat(good.has("brokenAt")).isFalse();

      String here = " where mesh_id = '" + ada.meshId() + "' and seq = ";
      execute("update mesh.audit_log set payload = '{\"key\":\"forged\"}'" + here + "9");
      assertBroken(a, 9);
      execute("update mesh.audit_log set hash = repeat('0', 64)" + here + "7");
      assertBroken(a, 7);
      execute("delete from mesh.audit_log" + here + "5");
      assertBroken(a, 5);
      execute(
          "update mesh.audit_log l set payload = o.payload, hash = o.hash from mesh.audit_log o"
              + " where l.mesh_id = o.mesh_id and l.mesh_id = '"
              + ada.meshId()
              + "' and l.seq + o.seq = 5 and l.seq in (2, 3)");
      assertBroken(a, 2);
    }
  }

  @Test
  void a_tail_that_was_cut_off_or_added_is_found() {
    TestMember ada = broker.mesh("cut");
    try (TestSocket a = broker.connect(ada)) {
      for (int i = 0; i < 5; i++) {
        a.ask(json("{'type':'set_state','key':'k','value':" + i + "}"));
      }
      String mesh = " where mesh_id = '" + ada.meshId() + "'";
      execute(
          "insert into mesh.audit_log select mesh_id, 7, event_type, actor_member_id, actor_name,"
              + " payload, hash, created_at from mesh.audit_log"
              + mesh
              + " and seq = 6");
      assertBroken(a, 7);
      execute("delete from mesh.audit_log" + mesh + " and seq > 4");
      assertBroken(a, 5);
    }
  }

  @Test
  void an_export_goes_through_the_whole_chain_and_can_be_checked_elsewhere() {
    TestMember ada = broker.mesh("export");
    try (TestSocket a = broker.connect(ada)) {
      for (int i = 0; i < 7; i++) {
        a.ask(json("{'type':'set_state','key':'k','value':" + i + "}"));
      }
      List<JsonNode> all = new ArrayList<>();
      String before = "genesis";
      ObjectNode page = a.ask(object("audit_export").put("limit", 3));
      while (true) {
        assertThat(page.path("meshId").asString()).isEqualTo(ada.meshId());
        assertThat(page.path("prevHash").asString()).isEqualTo(before);
        List<JsonNode> entries = entries(page);
        all.addAll(entries);
        if (!page.has("next")) {
          break;
        }
        before = entries.getLast().path("hash").asString();
        page =
            a.ask(object("audit_export").put("limit", 3).put("after", page.path("next").asLong()));
      }
      assertThat(all.stream().map(entry -> entry.path("id").asInt()))
          .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
      assertThat(a.ask(object("audit_export").put("after", 99)).path("code").asString())
          .isEqualTo("not_found");
    }
  }

  @Test
  void nobody_sees_the_audit_of_another_mesh() {
    TestMember ada = broker.mesh("mine");
    TestMember eve = broker.mesh("theirs");
    try (TestSocket a = broker.connect(ada);
        TestSocket e = broker.connect(eve)) {
      a.ask(json("{'type':'set_state','key':'hers','value':'secret'}"));
      assertThat(e.ask(object("audit_query").put("actor", ada.id())).toString())
          .doesNotContain("secret");
      assertThat(e.ask(object("audit_query")).toString()).doesNotContain("hers");
      assertThat(e.ask(object("audit_export")).toString()).doesNotContain("hers");
      assertThat(e.ask(object("audit_query").put("limit", 501)).path("code").asString())
          .isEqualTo("invalid_request");
    }
  }

  @Test
  void a_chain_goes_on_after_a_restart() {
    TestMember ada = broker.mesh("restart");
    try (TestSocket a = broker.connect(ada)) {
      a.ask(json("{'type':'set_state','key':'k','value':1}"));
    }
    broker.restart();
    try (TestSocket a = broker.connect(ada)) {
      a.ask(json("{'type':'set_state','key':'k','value':2}"));
      JsonNode result = a.ask(object("audit_verify"));
      assertThat(result.path("valid").asBoolean()).as("%s", result).isTrue();
      assertThat(result.path("entries").asInt()).isGreaterThanOrEqualTo(3);
    }
  }

  private static void assertBroken(TestSocket socket, long at) {
    JsonNode result = socket.ask(object("audit_verify"));
    assertThat(result.path("valid").asBoolean()).isFalse();
    assertThat(result.path("brokenAt").asLong()).as("%s", result).isEqualTo(at);
    assertThat(result.path("reason").asString()).isNotBlank();
  }

  /// Asks until an entry of a kind is there.
  private static JsonNode awaited(TestSocket socket, String eventType) {
    while (true) {
      List<JsonNode> found = entries(socket.ask(object("audit_query").put("eventType", eventType)));
      if (!found.isEmpty()) {
        return found.getFirst();
      }
    }
  }

  private static List<JsonNode> entries(JsonNode answer) {
    List<JsonNode> entries = new ArrayList<>();
    answer.path("entries").forEach(entries::add);
    return entries;
  }

  private static void execute(String sql) {
    assertThat(broker.database().dsl().execute(sql)).isPositive();
  }
}
