package dev.claudemesh.broker.skills;

import static dev.claudemesh.broker.TestSocket.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class SkillWireTest {
  private static final String SHARE =
      "{'type':'share_skill','name':'release','description':'How we ship','instructions':'1. Tag',"
          + "'tags':['ops'],'manifest':{'when_to_use':'before a release'}}";
  private static TestBroker broker;

  private TestMember bob;
  private TestSocket a;
  private TestSocket b;

  @BeforeAll
  static void start() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void twoPeers() {
    TestMember ada = broker.mesh("skills").withSession();
    a = broker.connect(broker.member(ada, "ada").withSession());
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
  void what_one_shares_the_other_hears_of_finds_and_reads() {
    ObjectNode ack = a.ask(json(SHARE));
    assertThat(ack.path("type").asString()).isEqualTo("skill_ack");
    assertThat(ack.path("action").asString()).isEqualTo("shared");
    ObjectNode heard = b.next("skill_changed");
    assertThat(heard.path("name").asString()).isEqualTo("release");
    assertThat(heard.path("version").asInt()).isEqualTo(1);
    assertThat(heard.path("by").asString()).isEqualTo("ada");

    JsonNode listed = b.ask(json("{'type':'list_skills','query':'ship'}")).path("skills");
    assertThat(listed).hasSize(1);
    assertThat(listed.path(0).has("instructions")).isFalse();
    JsonNode skill = b.ask(json("{'type':'get_skill','name':'release'}")).path("skill");
    assertThat(skill.path("instructions").asString()).isEqualTo("1. Tag");
    assertThat(skill.path("manifest").toString())
        .isEqualTo("{\"when_to_use\":\"before a release\"}");
    assertThat(skill.path("author").asString()).isEqualTo("ada");
    assertThat(a.drain()).isEmpty();
  }

  @Test
  void sharing_the_same_again_disturbs_nobody() {
    a.ask(json(SHARE));
    b.next("skill_changed");
    assertThat(a.ask(json(SHARE)).path("version").asInt()).isEqualTo(1);
    assertThat(b.drain()).isEmpty();
  }

  @Test
  void a_skill_that_is_not_there_is_null_and_removing_it_says_so_as_old_clients_know_it() {
    ObjectNode none = a.ask(json("{'type':'get_skill','name':'none'}"));
    assertThat(none.has("skill")).isTrue();
    assertThat(none.path("skill").isNull()).isTrue();
    assertThat(a.ask(json("{'type':'remove_skill','name':'none'}")).path("action").asString())
        .isEqualTo("not_found");
  }

  @Test
  void what_its_author_keeps_from_somebody_is_not_there_for_them() {
    a.ask(json("{'type':'set_grants','grants':{'" + bob.pubkey() + "':['dm']}}"));
    a.ask(json(SHARE));
    assertThat(b.ask(json("{'type':'get_skill','name':'release'}")).path("skill").isNull())
        .isTrue();
    assertThat(b.ask(json("{'type':'list_skills'}")).path("skills")).isEmpty();
    assertThat(b.ask(json("{'type':'remove_skill','name':'release'}")).path("action").asString())
        .isEqualTo("not_found");
    a.ask(json("{'type':'remove_skill','name':'release'}"));
    assertThat(b.drain()).as("no news of it either").isEmpty();
  }

  @Test
  void somebody_elses_skill_is_neither_replaced_nor_removed() {
    a.ask(json(SHARE));
    b.next("skill_changed");

    ObjectNode replaced = b.ask(json(SHARE.replace("1. Tag", "rm -rf")));
    assertThat(replaced.path("code").asString()).isEqualTo("exists");
    assertThat(replaced.path("message").asString()).contains("ada");
    assertThat(b.ask(json("{'type':'remove_skill','name':'release'}")).path("code").asString())
        .isEqualTo("forbidden");
    assertThat(a.ask(json("{'type':'remove_skill','name':'release'}")).path("action").asString())
        .isEqualTo("removed");
    assertThat(b.next("skill_changed").path("action").asString()).isEqualTo("removed");
  }

  @Test
  void another_mesh_finds_nothing_and_bad_input_names_its_field() {
    a.ask(json(SHARE));
    try (TestSocket stranger = broker.connect(broker.mesh("other").withSession())) {
      assertThat(stranger.ask(json("{'type':'get_skill','name':'release'}")).path("skill").isNull())
          .isTrue();
      assertThat(
              stranger
                  .ask(json("{'type':'remove_skill','name':'release'}"))
                  .path("action")
                  .asString())
          .isEqualTo("not_found");
    }
    assertThat(
            a.ask(json(SHARE.replace("{'when_to_use':'before a release'}", "[1]")))
                .path("message")
                .asString())
        .contains("manifest");
  }
}
