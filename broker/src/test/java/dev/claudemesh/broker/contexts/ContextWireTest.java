package dev.claudemesh.broker.contexts;

import static dev.claudemesh.broker.TestSocket.json;
import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import dev.claudemesh.broker.kernel.LimitsConfig.Knowledge;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ContextWireTest {
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
            limits -> limits.withKnowledge(new Knowledge(10, Duration.ofSeconds(20), 25)));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void twoPeers() {
    ada = broker.mesh("contexts").withSession();
    a = broker.connect(ada);
    bob = broker.member(ada, "bob").withSession();
    b = broker.connect(bob);
    a.next("push"); // bob joined
  }

  @AfterEach
  void leave() {
    a.close();
    b.close();
  }

  @Test
  void what_one_works_on_the_other_hears_and_finds() {
    ObjectNode shared =
        a.ask(
            json(
                "{'type':'share_context','summary':'Repairing the engine','filesRead':['E.java'],"
                    + "'keyFindings':['It leaks'],'tags':['ops']}"));

    assertThat(shared.path("type").asString()).isEqualTo("context_shared");
    assertThat(shared.path("id").asString()).isNotEmpty();
    ObjectNode heard = b.next("state_change");
    assertThat(heard.path("key").asString()).isEqualTo("_context:owner");
    assertThat(heard.path("value").asString()).isEqualTo("Repairing the engine");
    assertThat(heard.path("updatedBy").asString()).isEqualTo("owner");
    assertThat(a.drain()).as("the one who told it hears nothing").isEmpty();
    ObjectNode found = b.ask(object("get_context").put("query", "leaks"));
    assertThat(found.path("type").asString()).isEqualTo("context_results");
    JsonNode context = found.path("contexts").get(0);
    assertThat(context.path("peerName").asString()).isEqualTo("owner");
    assertThat(context.path("summary").asString()).isEqualTo("Repairing the engine");
    assertThat(context.path("filesRead").toString()).isEqualTo("[\"E.java\"]");
    assertThat(context.path("keyFindings").toString()).isEqualTo("[\"It leaks\"]");
    assertThat(context.path("tags").toString()).isEqualTo("[\"ops\"]");
    assertThat(context.path("updatedAt").asString()).matches("\\d{4}-.*\\.\\d{3}Z");
    assertThat(context.path("memberPubkey").asString()).isEqualTo(ada.pubkey());
    JsonNode listed = b.ask(object("list_contexts")).path("contexts").get(0);
    assertThat(listed.path("peerName").asString()).isEqualTo("owner");
    assertThat(listed.has("filesRead")).isFalse();
  }

  @Test
  void a_session_has_one_context_and_another_session_of_the_member_has_its_own() {
    String first = share(a, "one");
    try (TestSocket second = broker.connect(ada.withSession())) {
      assertThat(share(second, "two")).isNotEqualTo(first);
      assertThat(share(a, "three")).isEqualTo(first);
    }
    assertThat(summaries(b.ask(object("list_contexts")))).containsExactlyInAnyOrder("three", "two");
  }

  @Test
  void no_shared_value_is_left_behind() {
    share(a, "one");

    assertThat(b.ask(object("list_state")).path("entries")).isEmpty();
  }

  @Test
  void twenty_are_found_at_most_and_it_says_that_there_are_more() {
    for (int i = 0; i < 21; i++) {
      try (TestSocket session = broker.connect(ada.withSession())) {
        share(session, "work " + i);
      }
      broker.clock().advance(Duration.ofSeconds(1));
    }

    ObjectNode found = b.ask(object("get_context").put("query", "work"));
    assertThat(summaries(found)).hasSize(20).startsWith("work 20", "work 19");
    assertThat(found.path("more").asBoolean()).isTrue();
    assertThat(b.ask(object("list_contexts")).path("contexts")).hasSize(21);
  }

  @Test
  void what_ada_withholds_from_bob_he_neither_hears_nor_finds() {
    ObjectNode grants = object("set_grants");
    grants.putObject("grants").putArray(bob.pubkey()).add("dm");
    assertThat(a.ask(grants).path("ok").asBoolean()).isTrue();
    share(a, "not for bob");

    assertThat(b.drain()).isEmpty();
    assertThat(summaries(b.ask(object("get_context").put("query", "bob")))).isEmpty();
    assertThat(summaries(b.ask(object("list_contexts")))).isEmpty();
    assertThat(summaries(a.ask(object("list_contexts")))).containsExactly("not for bob");
  }

  @Test
  void another_mesh_neither_hears_nor_finds() {
    try (TestSocket stranger = broker.connect(broker.mesh("other").withSession())) {
      share(a, "only here");
      assertThat(stranger.drain()).isEmpty();
      assertThat(summaries(stranger.ask(object("get_context").put("query", "")))).isEmpty();
      assertThat(summaries(stranger.ask(object("list_contexts")))).isEmpty();
    }
  }

  @Test
  void what_cannot_be_a_context_is_refused() {
    for (ObjectNode bad :
        List.of(
            object("share_context").put("summary", " "),
            object("share_context"),
            object("share_context").put("summary", "x".repeat(4_001)),
            object("get_context").put("query", "x".repeat(501)))) {
      assertThat(a.ask(bad).path("code").asString()).isEqualTo("invalid_request");
    }
    ObjectNode many = object("share_context").put("summary", "x");
    IntStream.range(0, 21).forEach(i -> many.withArray("tags").add("t" + i));
    assertThat(a.ask(many).path("message").asString()).contains("20");
  }

  private static String share(TestSocket socket, String summary) {
    ObjectNode shared = socket.ask(object("share_context").put("summary", summary));
    assertThat(shared.path("type").asString()).isEqualTo("context_shared");
    return shared.path("id").asString();
  }

  private static List<String> summaries(ObjectNode contexts) {
    return contexts
        .path("contexts")
        .valueStream()
        .map(context -> context.path("summary").asString())
        .toList();
  }
}
