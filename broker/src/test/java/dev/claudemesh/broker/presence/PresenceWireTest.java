package dev.claudemesh.broker.presence;

import static dev.claudemesh.broker.TestSocket.json;
import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class PresenceWireTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static TestBroker broker;

  private record Answer(int status, JsonNode body) {}

  @BeforeAll
  static void start() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
    HTTP.close();
  }

  @Test
  void peers_are_listed_the_longest_here_first_with_what_they_say_of_themselves() {
    TestMember ada = broker.mesh("list").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      b.ask(json("{'type':'set_summary','summary':'  reviewing\\n the PR '}"));
      b.ask(json("{'type':'set_profile','title':'reviewer','capabilities':['java']}"));
      b.ask(json("{'type':'set_profile','avatar':'cat'}"));
      b.ask(json("{'type':'set_stats','stats':{'messagesIn':3}}"));
      b.ask(json("{'type':'set_status','status':'working'}"));
      List<JsonNode> peers = peers(a);
      assertThat(peers)
          .map(peer -> peer.path("displayName").asString())
          .containsExactly("owner", "bob");
      assertThat(peers.getFirst().path("summary").isNull()).isTrue();
      JsonNode row = peers.getLast();
      assertThat(row.path("summary").asString()).isEqualTo("reviewing the PR");
      assertThat(row.path("profile"))
          .isEqualTo(json("{'avatar':'cat','title':'reviewer','capabilities':['java']}"));
      assertThat(row.path("stats").path("messagesIn").asInt()).isEqualTo(3);
      assertThat(row.path("status").asString()).isEqualTo("working");
      assertThat(row.path("statusSource").asString()).isEqualTo("manual");
      assertThat(row.path("memberPubkey").asString()).isEqualTo(bob.pubkey());
      assertThat(row.path("connected").asBoolean()).isTrue();
      b.ask(json("{'type':'set_summary','summary':''}"));
      assertThat(peers(a).getLast().path("summary").isNull()).isTrue();
    }
  }

  @Test
  void who_is_not_to_read_of_a_member_sees_where_messages_go_and_no_more() {
    TestMember ada = broker.mesh("read").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      b.ask(json("{'type':'set_summary','summary':'secret plans'}"));
      b.ask(json("{'type':'set_grants','grants':{'" + ada.pubkey() + "':['dm']}}"));
      JsonNode row = peers(a).getLast();
      assertThat(row.path("pubkey").asString()).isEqualTo(bob.address());
      assertThat(row.path("displayName").asString()).isEqualTo("bob");
      assertThat(row.path("status").asString()).isEqualTo("idle");
      assertThat(row.toString()).doesNotContain("secret", "/home");
      assertThat(peers(b).getLast().path("summary").asString()).isEqualTo("secret plans");
      b.ask(json("{'type':'set_grants','grants':{'" + ada.pubkey() + "':null}}"));
      assertThat(peers(a).getLast().path("summary").asString()).isEqualTo("secret plans");
    }
  }

  @Test
  void a_bad_enum_value_is_told_and_not_met_with_silence() {
    TestMember ada = broker.mesh("enum").withSession();
    try (TestSocket a = broker.connect(ada)) {
      ObjectNode error = a.ask(json("{'type':'set_status','status':'asleep'}"));
      assertThat(error.path("code").asString()).isEqualTo("invalid_request");
      assertThat(error.path("message").asString())
          .contains("status")
          .contains("idle, working, dnd");
      assertThat(a.ask(json("{'type':'set_stats','stats':{'a b':1}}")).path("code").asString())
          .isEqualTo("invalid_request");
    }
  }

  @Test
  void a_hidden_peer_is_seen_by_its_own_member_only() {
    TestMember ada = broker.mesh("hidden").withSession();
    TestMember bob = broker.member(ada, "bob").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob);
        TestSocket again = broker.connect(bob.withSession())) {
      ObjectNode ack = b.ask(json("{'type':'set_visible','visible':false}"));
      assertThat(ack.path("type").asString()).isEqualTo("ack");
      assertThat(ack.path("queued").asBoolean()).isFalse();
      b.ask(json("{'type':'set_visible','visible':false}"));
      assertThat(peers(a)).hasSize(2);
      assertThat(peers(again)).hasSize(3);
      assertThat(peers(b)).hasSize(3);
      b.ask(json("{'type':'set_visible','visible':true}"));
      assertThat(peers(a)).hasSize(3);
      assertThat(a.drain().stream().map(frame -> frame.path("event").asString("")).toList())
          .containsExactly("peer_joined", "peer_joined", "peer_hidden", "peer_visible");
    }
  }

  @Test
  void one_hook_post_never_updates_a_strangers_peer_with_the_same_cwd() throws Exception {
    TestMember ada = broker.mesh("hook").withSession();
    TestMember bob = broker.member(ada, "ada").withSession();
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      String mine = peers(a).getFirst().path("sessionId").asString();
      Answer byId =
          hook("{'session_id':'" + mine + "','cwd':'/home/owner','status':'working','pid':1}");
      assertThat(byId.status()).isEqualTo(200);
      assertThat(byId.body().path("presence_id")).isEqualTo(a.helloAck().path("presenceId"));
      assertThat(statuses(a)).containsExactly("working", "idle");
      Answer byFolder = hook("{'cwd':'/home/ada','status':'working','pid':4711}");
      assertThat(byFolder.body()).isEqualTo(json("{'ok':true,'pending':true}"));
      assertThat(statuses(a)).containsExactly("working", "idle");
      Answer byToken =
          hook(
              "{'hook_token':'"
                  + b.helloAck().path("hookToken").asString()
                  + "','status':'working'}");
      assertThat(byToken.body().path("presence_id")).isEqualTo(b.helloAck().path("presenceId"));
      assertThat(statuses(a)).containsExactly("working", "working");
      assertThat(hook("{'cwd':'/x'}").body())
          .isEqualTo(json("{'ok':false,'error':'cwd and status required'}"));
    }
  }

  @Test
  void a_session_that_crashed_while_working_is_idle_after_a_minute() {
    TestMember ada = broker.mesh("stuck").withSession();
    try (TestSocket a = broker.connect(ada)) {
      a.ask(json("{'type':'set_status','status':'working','source':'hook'}"));
      broker.clock().advance(Duration.ofSeconds(61));
      broker.sweep();
      assertThat(statuses(a)).containsExactly("idle");
    }
  }

  @Test
  void status_summary_profile_and_visibility_survive_a_restart_of_the_broker() {
    try (TestBroker own = TestBroker.start()) {
      TestMember ada = own.mesh("survive").withSession();
      TestSocket a = own.connect(ada);
      a.ask(json("{'type':'set_status','status':'dnd'}"));
      a.ask(json("{'type':'set_summary','summary':'X'}"));
      a.ask(json("{'type':'set_visible','visible':false}"));
      a.ask(json("{'type':'set_profile','title':'T'}"));
      a.ask(json("{'type':'set_stats','stats':{'errors':1}}"));
      JsonNode before = peers(a).getFirst();
      own.restart();
      TestSocket again = own.connect(ada);
      assertThat(again.helloAck().path("resumed").asBoolean()).isTrue();
      assertThat(peers(again).getFirst()).isEqualTo(before);
    }
  }

  private static List<String> statuses(TestSocket socket) {
    return peers(socket).stream().map(peer -> peer.path("status").asString()).toList();
  }

  private static List<JsonNode> peers(TestSocket socket) {
    return socket.ask(object("list_peers")).path("peers").valueStream().toList();
  }

  private static Answer hook(String body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(broker.httpUrl().resolve("/hook/set-status"))
            .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
            .build();
    HttpResponse<byte[]> response = HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(response.statusCode(), Wire.parse(response.body()));
  }
}
