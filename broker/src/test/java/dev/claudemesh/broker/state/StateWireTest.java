package dev.claudemesh.broker.state;

import static dev.claudemesh.broker.TestSocket.json;
import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import dev.claudemesh.broker.kernel.LimitsConfig.Shared;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class StateWireTest {
  private static final int KEYS = 20;
  private static TestBroker broker;

  private TestMember ada;
  private TestMember bob;
  private TestSocket a;
  private TestSocket b;

  @BeforeAll
  static void start() {
    broker =
        TestBroker.start(
            Map.of(), limits -> limits.withShared(new Shared(5, 600, KEYS, 300, 10, 10, 10)));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void twoPeers() {
    ada = broker.mesh("state").withSession();
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
  void what_one_sets_the_other_hears_and_reads() {
    JsonNode stored = a.ask(json("{'type':'set_state','key':'build','value':{'ok':[true,null]}}"));

    assertThat(stored.path("type").asString()).isEqualTo("state_stored");
    ObjectNode heard = b.next("state_change");
    assertThat(heard.path("value").toString()).isEqualTo("{\"ok\":[true,null]}");
    assertThat(heard.path("updatedBy").asString()).isEqualTo("owner");
    assertThat(heard.path("version")).isEqualTo(stored.path("version"));
    ObjectNode read = b.ask(json("{'type':'get_state','key':'build'}"));
    assertThat(read.path("type").asString()).isEqualTo("state_result");
    assertThat(read.path("value")).isEqualTo(heard.path("value"));
    assertThat(read.path("updatedBy").asString()).isEqualTo("owner");
    assertThat(read.path("updatedByPubkey").asString()).isEqualTo(ada.pubkey());
    assertThat(read.path("updatedAt").asString()).matches("\\d{4}-.*\\.\\d{3}Z");
    assertThat(a.drain()).as("the one who set it hears nothing").isEmpty();
  }

  @Test
  void a_key_that_nobody_set_is_null_with_empty_texts_as_old_clients_know_it() {
    ObjectNode read = a.ask(json("{'type':'get_state','key':'none'}"));

    assertThat(read.path("value").isNull()).isTrue();
    assertThat(read.path("updatedBy").asString()).isEmpty();
    assertThat(read.path("updatedAt").asString()).isEmpty();
    assertThat(read.has("version")).isFalse();
  }

  @Test
  void null_is_a_value_like_any_other() {
    a.ask(json("{'type':'set_state','key':'k','value':null}"));

    assertThat(b.next("state_change").path("value").isNull()).isTrue();
    ObjectNode read = b.ask(json("{'type':'get_state','key':'k'}"));
    assertThat(read.path("value").isNull()).isTrue();
    assertThat(read.path("updatedBy").asString()).isEqualTo("owner");
  }

  @Test
  void without_a_req_id_setting_is_silent_and_done_all_the_same() {
    a.send(json("{'type':'set_state','key':'k','value':1}"));

    assertThat(b.next("state_change").path("value").asInt()).isEqualTo(1);
    assertThat(a.ask(json("{'type':'get_state','key':'k'}")).path("value").asInt()).isEqualTo(1);
  }

  @Test
  void who_compares_and_sets_does_not_overwrite_what_they_did_not_see() {
    long first = set(a, "k", 0).path("version").asLong();
    ObjectNode won = set(b, "k", first);
    ObjectNode late = set(a, "k", first);

    assertThat(won.path("type").asString()).isEqualTo("state_stored");
    assertThat(late.path("code").asString()).isEqualTo("stale_version");
    assertThat(late.path("details").path("version")).isEqualTo(won.path("version"));
    assertThat(set(a, "k", 0).path("code").asString()).isEqualTo("stale_version");
    assertThat(set(a, "gone", 7).path("code").asString()).isEqualTo("stale_version");
    assertThat(
            a.ask(object("delete_state").put("key", "k").put("ifVersion", first))
                .path("code")
                .asString())
        .isEqualTo("stale_version");
  }

  @Test
  void a_deleted_key_is_gone_and_others_are_told() {
    set(a, "k", 0);
    b.next("state_change");
    assertThat(a.ask(json("{'type':'delete_state','key':'k'}")).path("type").asString())
        .isEqualTo("state_deleted");

    ObjectNode heard = b.next("state_change");
    assertThat(heard.path("deleted").asBoolean()).isTrue();
    assertThat(heard.path("value").isNull()).isTrue();
    assertThat(a.ask(json("{'type':'delete_state','key':'k'}")).path("code").asString())
        .isEqualTo("not_found");
    assertThat(a.ask(json("{'type':'list_state'}")).path("entries")).isEmpty();
  }

  @Test
  void a_long_list_says_how_to_go_on_and_ends() {
    IntStream.range(0, 12).forEach(i -> set(a, String.format("k%02d", i), 0));
    set(a, "other", 0);

    ObjectNode first = b.ask(json("{'type':'list_state','prefix':'k'}"));
    assertThat(keys(first)).containsExactly("k00", "k01", "k02", "k03", "k04");
    ObjectNode third = b.ask(object("list_state").put("prefix", "k").put("after", "k09"));
    assertThat(keys(third)).containsExactly("k10", "k11");
    assertThat(third.has("next")).isFalse();
    assertThat(first.path("next").asString()).isEqualTo("k04");
  }

  @Test
  void a_list_of_values_that_fill_an_answer_each_is_read_to_its_end() {
    for (String key : new String[] {"a", "b", "c"}) {
      a.ask(object("set_state").put("key", key).put("value", "x".repeat(290)));
    }
    ObjectNode first = b.ask(object("list_state"));
    assertThat(keys(first)).containsExactly("a", "b");
    ObjectNode second = b.ask(object("list_state").put("after", first.path("next").asString()));
    assertThat(keys(second)).containsExactly("c");
    assertThat(second.has("next")).isFalse();
  }

  @Test
  void too_much_is_refused_and_says_what_the_limit_is() {
    ObjectNode large = a.ask(object("set_state").put("key", "k").put("value", "x".repeat(299)));
    assertThat(large.path("code").asString()).isEqualTo("too_large");
    assertThat(large.path("message").asString()).contains("300");
    IntStream.range(0, KEYS).forEach(i -> set(a, "k" + i, 0));
    assertThat(set(a, "one more", 0).path("code").asString()).isEqualTo("limit");
    assertThat(a.ask(object("set_state").put("key", "k0").put("value", 2)).path("type").asString())
        .isEqualTo("state_stored");
  }

  @Test
  void what_its_author_keeps_from_somebody_is_not_there_for_them() {
    set(a, "mine", 0);
    b.next("state_change");
    a.ask(json("{'type':'set_grants','grants':{'" + bob.pubkey() + "':['dm']}}"));

    assertThat(b.ask(json("{'type':'get_state','key':'mine'}")).has("version")).isFalse();
    assertThat(keys(b.ask(json("{'type':'list_state'}")))).isEmpty();
    set(a, "more", 0);
    a.ask(json("{'type':'delete_state','key':'more'}"));
    assertThat(b.drain()).as("no news of it either").isEmpty();
    assertThat(keys(a.ask(json("{'type':'list_state'}")))).containsExactly("mine");

    a.ask(json("{'type':'set_grants','grants':{'" + bob.pubkey() + "':null}}"));
    assertThat(keys(b.ask(json("{'type':'list_state'}")))).containsExactly("mine");
  }

  @Test
  void that_somebody_else_removed_it_is_no_news_for_them_either() {
    TestMember carl = broker.member(ada, "carl").withSession();
    try (TestSocket c = broker.connect(carl)) {
      c.ask(json("{'type':'set_grants','grants':{'" + bob.pubkey() + "':['dm']}}"));
      b.drain();
      set(c, "carls", 0);
      a.next("state_change");
      a.ask(json("{'type':'delete_state','key':'carls'}"));
      assertThat(c.next("state_change").path("deleted").asBoolean()).isTrue();
      assertThat(b.drain()).isEmpty();
    }
  }

  @Test
  void what_is_protected_changes_by_its_owner_by_admins_and_by_whom_the_owner_lets() {
    TestMember carl = broker.member(ada, "carl").withSession();
    try (TestSocket c = broker.connect(carl)) {
      long version =
          b.ask(json("{'type':'set_state','key':'k','value':1,'protected':true}"))
              .path("version")
              .asLong();
      assertThat(c.ask(json("{'type':'get_state','key':'k'}")).path("protectedBy").asString())
          .isEqualTo("bob");
      for (String frame :
          java.util.List.of(
              "{'type':'set_state','key':'k','value':2}",
              "{'type':'set_state','key':'k','value':2,'protected':true}",
              "{'type':'set_state','key':'k','value':2,'protected':false}",
              "{'type':'set_state','key':'k','value':2,'ifVersion':" + version + "}",
              "{'type':'delete_state','key':'k'}",
              "{'type':'delete_state','key':'k','ifVersion':" + version + "}")) {
        ObjectNode answer = c.ask(json(frame));
        assertThat(answer.path("code").asString())
            .as("%s: %s", frame, answer)
            .isEqualTo("forbidden");
        assertThat(answer.path("message").asString()).contains("bob").contains("state-write");
      }
      assertThat(set(c, "k", version + 1_000).path("code").asString()).isEqualTo("stale_version");

      b.ask(json("{'type':'set_grants','grants':{'" + carl.pubkey() + "':['state-write']}}"));
      assertThat(stored(c, "{'type':'set_state','key':'k','value':3}")).isTrue();
      assertThat(stored(c, "{'type':'set_state','key':'k','value':4,'protected':false}")).isFalse();
      assertThat(stored(b, "{'type':'set_state','key':'k','value':5}")).isTrue();
      assertThat(stored(a, "{'type':'set_state','key':'k','value':6}")).as("an admin").isTrue();
      b.ask(json("{'type':'set_grants','grants':{'" + carl.pubkey() + "':null}}"));
      assertThat(stored(c, "{'type':'set_state','key':'k','value':7}")).isFalse();
      assertThat(stored(b, "{'type':'set_state','key':'k','value':8,'protected':false}")).isTrue();
      assertThat(stored(c, "{'type':'set_state','key':'k','value':9}")).isTrue();
    }
  }

  private static boolean stored(TestSocket socket, String frame) {
    return socket.ask(json(frame)).path("type").asString().equals("state_stored");
  }

  @Test
  void another_mesh_neither_reads_nor_changes_nor_hears() {
    set(a, "k", 0);
    b.next("state_change");
    try (TestSocket stranger = broker.connect(broker.mesh("other").withSession())) {
      assertThat(stranger.ask(json("{'type':'get_state','key':'k'}")).has("version")).isFalse();
      assertThat(stranger.ask(json("{'type':'delete_state','key':'k'}")).path("code").asString())
          .isEqualTo("not_found");
      set(stranger, "k", 0);
      assertThat(b.drain()).isEmpty();
      assertThat(a.ask(json("{'type':'get_state','key':'k'}")).path("updatedByPubkey").asString())
          .isEqualTo(ada.pubkey());
    }
  }

  /// Sets a key to 1.
  ///
  /// @param ifVersion 0 if it must be new
  private static ObjectNode set(TestSocket socket, String key, long ifVersion) {
    return socket.ask(
        object("set_state").put("key", key).put("value", 1).put("ifVersion", ifVersion));
  }

  private static java.util.List<String> keys(ObjectNode list) {
    return list.path("entries").valueStream().map(entry -> entry.path("key").asString()).toList();
  }
}
