package dev.claudemesh.broker.memory;

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

class MemoryWireTest {
  private static final int MOST = 40;
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
            limits -> limits.withKnowledge(new Knowledge(MOST, Duration.ofSeconds(20), 3)));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void twoPeers() {
    ada = broker.mesh("memory").withSession();
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
  void what_one_has_remembered_the_other_recalls() {
    ObjectNode stored =
        a.ask(json("{'type':'remember','content':'Staging is deployed by hand','tags':['ops']}"));
    assertThat(stored.path("type").asString()).isEqualTo("memory_stored");

    ObjectNode results = b.ask(json("{'type':'recall','query':'deploy staging'}"));
    assertThat(results.path("type").asString()).isEqualTo("memory_results");
    assertThat(results.path("memories")).hasSize(1);
    JsonNode memory = results.path("memories").get(0);
    assertThat(memory.path("id")).isEqualTo(stored.path("id"));
    assertThat(memory.path("content").asString()).isEqualTo("Staging is deployed by hand");
    assertThat(memory.path("tags").toString()).isEqualTo("[\"ops\"]");
    assertThat(memory.path("rememberedBy").asString()).isEqualTo("owner");
    assertThat(memory.path("rememberedByPubkey").asString()).isEqualTo(ada.pubkey());
    assertThat(memory.path("rememberedAt").asString()).matches("\\d{4}-.*\\.\\d{3}Z");
    assertThat(memory.path("rank").asDouble()).isPositive();
    assertThat(results.has("more")).isFalse();
    assertThat(recalled(b, object("recall").put("query", "ops"))).as("by its tag").hasSize(1);
  }

  @Test
  void what_was_just_remembered_is_there_for_whoever_asks_next() {
    remember(a, "the door is green");

    assertThat(recalled(b, object("recall").put("query", "door"))).hasSize(1);
  }

  @Test
  void who_asks_for_fewer_is_told_that_there_are_more() {
    IntStream.range(0, 5).forEach(i -> remember(a, "engine " + i));

    ObjectNode some = b.ask(object("recall").put("query", "engine").put("limit", 3));
    assertThat(contents(some)).containsExactly("engine 4", "engine 3", "engine 2");
    assertThat(some.path("more").asBoolean()).isTrue();
    ObjectNode all = b.ask(object("recall").put("query", "").put("limit", 5));
    assertThat(contents(all)).hasSize(5);
    assertThat(all.has("more")).isFalse();
  }

  @Test
  void an_answer_is_not_longer_than_one_answer_may_be() {
    IntStream.range(0, 35).forEach(i -> remember(a, "engine " + "x ".repeat(8_000) + i));

    ObjectNode some = b.ask(object("recall").put("query", "engine").put("limit", 35));
    assertThat(some.path("memories")).hasSize(32);
    assertThat(some.path("more").asBoolean()).isTrue();
  }

  @Test
  void the_author_is_named_by_name_or_key_and_an_unknown_one_is_told() {
    remember(a, "of ada");
    remember(b, "of bob");

    assertThat(recalled(a, object("recall").put("query", "").put("by", "BOB")))
        .containsExactly("of bob");
    assertThat(recalled(b, object("recall").put("query", "").put("by", ada.pubkey())))
        .containsExactly("of ada");
    assertThat(code(a.ask(object("recall").put("query", "").put("by", "carl"))))
        .isEqualTo("not_found");
  }

  @Test
  void an_author_or_an_admin_has_it_forgotten_and_nobody_else() {
    String ofAda = remember(a, "of ada");
    String ofBob = remember(b, "of bob");

    assertThat(code(forget(b, ofAda))).isEqualTo("forbidden");
    assertThat(recalled(b, object("recall").put("query", "ada"))).hasSize(1);
    ObjectNode ack = forget(a, ofBob.substring(0, 8));
    assertThat(ack.path("type").asString()).isEqualTo("ack");
    assertThat(ack.path("id").asString()).isEqualTo(ofBob);
    assertThat(ack.path("messageId").asString()).isEqualTo(ofBob);
    assertThat(ack.path("queued").asBoolean()).isFalse();
    assertThat(code(forget(b, ofBob))).isEqualTo("not_found");
    assertThat(recalled(a, object("recall").put("query", "bob"))).isEmpty();
    String another = remember(b, "of bob again");
    assertThat(forget(b, another).path("type").asString()).isEqualTo("ack");
  }

  @Test
  void an_id_that_is_too_short_to_mean_one_is_refused() {
    assertThat(code(forget(a, remember(a, "x y z").substring(0, 7)))).isEqualTo("invalid_request");
  }

  @Test
  void the_mesh_tells_how_many_memories_it_has() {
    remember(a, "one");
    String two = remember(a, "two");
    assertThat(b.ask(object("mesh_info")).path("memoryCount").asInt()).isEqualTo(2);
    forget(a, two);
    assertThat(b.ask(object("mesh_info")).path("memoryCount").asInt()).isEqualTo(1);
  }

  @Test
  void another_mesh_neither_recalls_nor_forgets() {
    String id = remember(a, "secret of this mesh");
    try (TestSocket stranger = broker.connect(broker.mesh("other").withSession())) {
      assertThat(recalled(stranger, object("recall").put("query", "secret"))).isEmpty();
      assertThat(recalled(stranger, object("recall").put("query", ""))).isEmpty();
      assertThat(code(forget(stranger, id))).isEqualTo("not_found");
      assertThat(code(stranger.ask(object("recall").put("query", "").put("by", ada.pubkey()))))
          .isEqualTo("not_found");
    }
    assertThat(recalled(a, object("recall").put("query", "secret"))).hasSize(1);
  }

  @Test
  void what_ada_withholds_from_bob_is_not_there_for_him() {
    String id = remember(a, "not for bob");
    broker
        .database()
        .dsl()
        .query(
            "update mesh.member set peer_grants = jsonb_build_object(?, '[\"dm\"]'::jsonb) where id"
                + " = ?",
            bob.pubkey(),
            ada.id())
        .execute();

    assertThat(recalled(b, object("recall").put("query", "bob"))).isEmpty();
    assertThat(recalled(b, object("recall").put("query", ""))).isEmpty();
    assertThat(code(forget(b, id))).isEqualTo("not_found");
    assertThat(recalled(a, object("recall").put("query", "bob"))).hasSize(1);
  }

  @Test
  void too_much_is_refused_and_says_what_the_limit_is() {
    assertThat(code(a.ask(object("remember").put("content", " \n ")))).isEqualTo("invalid_request");
    assertThat(code(a.ask(object("remember").put("content", "x".repeat(16_385)))))
        .isEqualTo("invalid_request");
    IntStream.range(0, MOST).forEach(i -> remember(a, "one " + i));
    ObjectNode full = a.ask(object("remember").put("content", "one more"));
    assertThat(code(full)).isEqualTo("limit");
    assertThat(full.path("message").asString()).contains("40");
  }

  @Test
  void an_admin_chooses_the_language_and_all_memories_are_found_by_its_words() {
    remember(a, "Die Häuser am See");
    assertThat(recalled(b, object("recall").put("query", "haus"))).isEmpty();
    assertThat(code(b.ask(object("set_mesh_settings").put("language", "german"))))
        .isEqualTo("forbidden");
    ObjectNode unknown = a.ask(object("set_mesh_settings").put("language", "klingon"));
    assertThat(code(unknown)).isEqualTo("invalid_argument");
    assertThat(unknown.path("message").asString()).contains("german").contains("simple");

    assertThat(a.ask(object("set_mesh_settings").put("language", "german")).path("type").asString())
        .isEqualTo("ok");
    broker.sweep();
    assertThat(recalled(b, object("recall").put("query", "haus"))).hasSize(1);
  }

  private static String remember(TestSocket socket, String content) {
    ObjectNode stored = socket.ask(object("remember").put("content", content));
    assertThat(stored.path("type").asString()).isEqualTo("memory_stored");
    return stored.path("id").asString();
  }

  private static ObjectNode forget(TestSocket socket, String id) {
    return socket.ask(object("forget").put("memoryId", id));
  }

  private static List<String> recalled(TestSocket socket, ObjectNode recall) {
    return contents(socket.ask(recall));
  }

  private static List<String> contents(ObjectNode results) {
    assertThat(results.path("type").asString()).isEqualTo("memory_results");
    return results
        .path("memories")
        .valueStream()
        .map(memory -> memory.path("content").asString())
        .toList();
  }

  private static String code(ObjectNode error) {
    return error.path("code").asString();
  }
}
