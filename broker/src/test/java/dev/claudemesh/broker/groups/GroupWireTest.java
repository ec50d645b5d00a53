package dev.claudemesh.broker.groups;

import static dev.claudemesh.broker.TestSocket.json;
import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GroupWireTest {
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
  void joined_groups_are_seen_by_others_and_left_ones_are_not() {
    TestMember ada = broker.mesh("groups").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      assertThat(
              b.ask(json("{'type':'join_group','name':'@backend/api','role':'lead'}"))
                  .path("type")
                  .asString())
          .isEqualTo("ack");
      b.ask(json("{'type':'join_group','name':'qa'}"));
      assertThat(groups(a)).containsExactly("backend/api lead", "qa ");
      b.ask(json("{'type':'leave_group','name':'qa'}"));
      assertThat(groups(a)).containsExactly("backend/api lead");
    }
  }

  @Test
  void groups_outlive_the_session_and_a_restart_of_the_broker() {
    try (TestBroker own = TestBroker.start()) {
      TestMember ada = own.mesh("groups").withSession();
      TestSocket a = own.connect(ada);
      a.ask(json("{'type':'join_group','name':'ops'}"));
      own.restart();
      TestSocket b = own.connect(ada);
      assertThat(groups(b)).containsExactly("ops ");
      b.ask(object("goodbye"));
      TestSocket c = own.connect(ada);
      assertThat(c.helloAck().path("restoredGroups").path(0).path("name").asString())
          .isEqualTo("ops");
      assertThat(groups(c)).containsExactly("ops ");
    }
  }

  @Test
  void a_group_that_nobody_could_address_and_one_too_many_are_refused() {
    TestMember ada = broker.mesh("groups").withSession();
    try (TestSocket a = broker.connect(ada)) {
      assertThat(a.ask(json("{'type':'join_group','name':'all'}")).path("code").asString())
          .isEqualTo("invalid_request");
      for (int i = 0; i < 50; i++) {
        a.ask(object("join_group").put("name", "g" + i));
      }
      assertThat(a.ask(json("{'type':'join_group','name':'g50'}")).path("code").asString())
          .isEqualTo("limit");
      assertThat(
              a.ask(json("{'type':'join_group','name':'g49','role':'x'}")).path("type").asString())
          .isEqualTo("ack");
      assertThat(groups(a)).hasSize(50);
    }
  }

  /// Groups of the last peer of the list, each with its role.
  private static List<String> groups(TestSocket socket) {
    return socket
        .ask(object("list_peers"))
        .path("peers")
        .valueStream()
        .reduce((first, last) -> last)
        .orElseThrow()
        .path("groups")
        .valueStream()
        .map(group -> group.path("name").asString() + " " + group.path("role").asString(""))
        .toList();
  }
}
