package dev.claudemesh.broker;

import static dev.claudemesh.broker.TestSocket.json;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BrokerTest {
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
  void two_members_of_a_mesh_see_each_other() {
    TestMember ada = broker.mesh("team").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      assertThat(a.ask(json("{'type':'list_peers'}")).path("peers"))
          .extracting(peer -> peer.path("pubkey").asString())
          .containsExactly(ada.address(), bob.address());
      assertThat(b.helloAck().path("memberDisplayName").asString()).isEqualTo("bob");
    }
  }
}
