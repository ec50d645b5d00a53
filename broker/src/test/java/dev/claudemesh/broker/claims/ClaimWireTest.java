package dev.claudemesh.broker.claims;

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
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ClaimWireTest {
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
  void claims_that_meet_are_reported_to_both_sides_and_nothing_is_blocked() {
    TestMember ada = broker.mesh("claims").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      ObjectNode first =
          a.ask(json("{'type':'claim_paths','globs':['src/**'],'root':'r','note':'routes'}"));
      assertThat(first.path("type").asString()).isEqualTo("paths_claimed");
      assertThat(first.path("conflicts")).isEmpty();

      ObjectNode second =
          b.ask(json("{'type':'claim_paths','globs':['docs/','**/A.java'],'root':'r'}"));
      assertThat(second.path("globs")).hasSize(2);
      assertThat(second.path("conflicts")).hasSize(1);
      JsonNode conflict = second.path("conflicts").path(0);
      assertThat(conflict.path("yours").asString()).isEqualTo("**/A.java");
      assertThat(conflict.path("theirs").asString()).isEqualTo("src/**");
      assertThat(conflict.path("by").asString()).isEqualTo("owner");
      assertThat(conflict.path("note").asString()).isEqualTo("routes");
      assertThat(conflict.path("pubkey").asString()).isEqualTo(ada.address());

      JsonNode told = a.next("claim_conflict");
      assertThat(told.path("root").asString()).isEqualTo("r");
      assertThat(told.path("conflicts").path(0).path("yours").asString()).isEqualTo("src/**");
      assertThat(told.path("conflicts").path(0).path("theirs").asString()).isEqualTo("**/A.java");
      assertThat(told.path("conflicts").path(0).path("by").asString()).isEqualTo("bob");

      // Renewing tells the claimer again, and does not nag the holder.
      assertThat(
              b.ask(json("{'type':'claim_paths','globs':['**/A.java'],'root':'r'}"))
                  .path("conflicts"))
          .hasSize(1);
      assertThat(
              b.ask(json("{'type':'claim_paths','globs':['src/**'],'root':'other'}"))
                  .path("conflicts"))
          .isEmpty();
      assertThat(a.drain())
          .noneMatch(frame -> frame.path("type").asString().equals("claim_conflict"));
    }
  }

  @Test
  void two_sessions_of_one_member_are_two() {
    TestMember ada = broker.mesh("claims");
    try (TestSocket a = broker.connect(ada.withSession());
        TestSocket b = broker.connect(ada.withSession())) {
      a.ask(json("{'type':'claim_paths','globs':['src/A'],'root':'r'}"));
      assertThat(
              b.ask(json("{'type':'claim_paths','globs':['src/*'],'root':'r'}")).path("conflicts"))
          .hasSize(1);
      a.next("claim_conflict");
      assertThat(globs(b, json("{'type':'release_paths'}"))).containsExactly("src/*");
      assertThat(globs(a, json("{'type':'release_paths','globs':['src/B']}"))).isEmpty();
      assertThat(a.ask(object("list_claims")).path("claims")).hasSize(1);
    }
  }

  @Test
  void who_edits_a_file_is_listed_by_its_path() {
    TestMember ada = broker.mesh("claims").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      a.ask(json("{'type':'claim_paths','globs':['src/**','docs/*.md'],'root':'r'}"));
      assertThat(
              b.ask(json("{'type':'list_claims','path':'src/a/B.java','root':'r'}"))
                  .path("claims")
                  .path(0)
                  .path("glob")
                  .asString())
          .isEqualTo("src/**");
      assertThat(
              b.ask(json("{'type':'list_claims','path':'docs/a/b.md','root':'r'}")).path("claims"))
          .isEmpty();
      assertThat(b.ask(object("list_claims")).path("claims")).hasSize(2);
    }
  }

  @Test
  void others_hear_what_a_session_has_claimed_until_its_lease_ends_or_it_leaves() {
    TestMember ada = broker.mesh("claims").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      a.ask(json("{'type':'claim_paths','globs':['src/**'],'root':'r','ttlSeconds':60}"));
      JsonNode claimed = b.next("claims_changed");
      assertThat(claimed.path("pubkey").asString()).isEqualTo(ada.address());
      assertThat(claimed.path("claims").path(0).path("glob").asString()).isEqualTo("src/**");

      broker.clock().advance(Duration.ofSeconds(61));
      broker.sweep();
      assertThat(b.next("claims_changed").path("claims")).isEmpty();
      assertThat(b.ask(object("list_claims")).path("claims")).isEmpty();

      a.ask(json("{'type':'claim_paths','globs':['x','y'],'root':'r'}"));
      assertThat(b.next("claims_changed").path("claims")).hasSize(2);
      a.ask(json("{'type':'release_paths','globs':['x'],'root':'r'}"));
      assertThat(b.next("claims_changed").path("claims")).hasSize(1);
      a.ask(object("goodbye"));
      assertThat(b.next("claims_changed").path("claims")).isEmpty();
      assertThat(b.ask(object("list_claims")).path("claims")).isEmpty();
    }
  }

  @Test
  void claims_outlive_a_lost_connection_within_the_grace_and_a_restart() {
    try (TestBroker own = TestBroker.start()) {
      TestMember ada = own.mesh("claims").withSession();
      TestMember bob = own.member(ada, "bob").withSession();
      TestSocket a = own.connect(ada);
      a.ask(json("{'type':'claim_paths','globs':['src/**'],'root':'r','ttlSeconds':600}"));
      own.restart();
      try (TestSocket b = own.connect(bob)) {
        assertThat(b.ask(object("list_claims")).path("claims")).hasSize(1);
        own.clock().advance(Duration.ofSeconds(91));
        own.sweep();
        assertThat(b.ask(object("list_claims")).path("claims")).isEmpty();
      }
    }
  }

  @Test
  void what_a_member_hides_of_what_they_do_is_not_told() {
    TestMember ada = broker.mesh("claims").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      ObjectNode grants = object("set_grants");
      grants.putObject("grants").putArray(bob.pubkey()).add("dm");
      a.ask(grants);
      a.ask(json("{'type':'claim_paths','globs':['src/**'],'root':'r'}"));
      assertThat(b.ask(object("list_claims")).path("claims")).isEmpty();
      assertThat(
              b.ask(json("{'type':'claim_paths','globs':['src/a'],'root':'r'}")).path("conflicts"))
          .isEmpty();
      a.ask(object("list_peers"));
      assertThat(b.drain()).noneMatch(frame -> frame.path("type").asString().startsWith("claim"));
    }
  }

  @Test
  void bad_globs_are_named_too_many_are_refused_and_who_may_not_write_only_looks() {
    TestMember ada = broker.mesh("claims").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      ObjectNode bad = a.ask(json("{'type':'claim_paths','globs':['ok','../x']}"));
      assertThat(bad.path("code").asString()).isEqualTo("invalid_request");
      assertThat(bad.path("message").asString()).contains("../x");
      for (String frame :
          List.of(
              "{'type':'claim_paths','globs':[]}",
              "{'type':'claim_paths'}",
              "{'type':'claim_paths','globs':['a'],'ttlSeconds':5}")) {
        assertThat(a.ask(json(frame)).path("code").asString()).isEqualTo("invalid_request");
      }
      assertThat(a.ask(object("list_claims")).path("claims")).isEmpty();
      for (int i = 0; i < 200; i++) {
        ObjectNode claim = object("claim_paths");
        claim.putArray("globs").add("f" + i);
        a.ask(claim);
      }
      assertThat(a.ask(json("{'type':'claim_paths','globs':['one-more']}")).path("code").asString())
          .isEqualTo("limit");
      assertThat(a.ask(object("list_claims")).path("claims")).hasSize(200);

      ObjectNode change = object("set_permissions").put("member_id", bob.id());
      change.putObject("permissions").put("canWriteState", false);
      a.ask(change);
      assertThat(b.ask(json("{'type':'claim_paths','globs':['x']}")).path("code").asString())
          .isEqualTo("forbidden");
      assertThat(b.ask(object("list_claims")).path("claims")).hasSize(200);
    }
  }

  @Test
  void another_mesh_is_another_world() {
    TestMember ada = broker.mesh("claims").withSession();
    TestMember eve = broker.mesh("others").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket e = broker.connect(eve)) {
      a.ask(json("{'type':'claim_paths','globs':['src/**'],'root':'r'}"));
      assertThat(
              e.ask(json("{'type':'claim_paths','globs':['src/**'],'root':'r'}")).path("conflicts"))
          .isEmpty();
      assertThat(globs(e, json("{'type':'release_paths'}"))).containsExactly("src/**");
      assertThat(a.ask(object("list_claims")).path("claims")).hasSize(1);
    }
  }

  private static List<String> globs(TestSocket socket, ObjectNode frame) {
    return socket.ask(frame).path("globs").valueStream().map(JsonNode::asString).toList();
  }
}
