package dev.claudemesh.broker.streams;

import static dev.claudemesh.broker.TestSocket.json;
import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class StreamWireTest {
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
  void twoMembers() {
    ada = broker.mesh("streams").withSession();
    bob = broker.member(ada, "bob").withSession();
  }

  @Test
  void who_listens_hears_what_others_publish_and_nobody_else_does() {
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob);
        TestSocket c = broker.connect(broker.member(ada, "cem").withSession())) {
      assertThat(subscribe(b, "builds").path("type").asString()).isEqualTo("subscribed");
      subscribe(a, "builds");
      ObjectNode published =
          a.ask(json("{'type':'publish','stream':'builds','data':{'ok':[null,true]}}"));

      assertThat(published.path("type").asString()).isEqualTo("stream_published");
      assertThat(published.path("receivers").asInt()).isEqualTo(1);
      ObjectNode heard = b.next("stream_data");
      assertThat(heard.path("stream").asString()).isEqualTo("builds");
      assertThat(heard.path("data").toString()).isEqualTo("{\"ok\":[null,true]}");
      assertThat(heard.path("publishedBy").asString()).isEqualTo("owner");
      assertThat(heard.path("publishedByPubkey").asString()).isEqualTo(ada.pubkey());
      assertThat(heard.has("missed")).isFalse();
      assertThat(a.drain()).noneMatch(StreamWireTest::isData);
      assertThat(c.drain()).noneMatch(StreamWireTest::isData);
    }
  }

  @Test
  void whom_the_publisher_withholds_shared_data_from_hears_nothing_of_it() {
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      subscribe(b, "builds");
      a.ask(json("{'type':'set_grants','grants':{'" + bob.pubkey() + "':['dm']}}"));
      ObjectNode published = a.ask(json("{'type':'publish','stream':'builds','data':1}"));
      assertThat(published.path("receivers").asInt()).isZero();
      assertThat(b.drain()).noneMatch(StreamWireTest::isData);

      a.ask(json("{'type':'set_grants','grants':{'" + bob.pubkey() + "':null}}"));
      a.ask(json("{'type':'publish','stream':'builds','data':2}"));
      ObjectNode heard = b.next("stream_data");
      assertThat(heard.path("data").asInt()).isEqualTo(2);
      assertThat(heard.has("missed")).isFalse();
    }
  }

  @Test
  void what_is_published_comes_in_order_and_silently_without_a_req_id() {
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      subscribe(b, "n");
      IntStream.range(0, 100)
          .forEach(i -> a.send(object("publish").put("stream", "n").put("data", i)));
      IntStream.range(0, 100)
          .forEach(i -> assertThat(b.next("stream_data").path("data").asInt()).isEqualTo(i));
      assertThat(a.drain()).noneMatch(frame -> frame.path("type").asString().startsWith("stream"));
    }
  }

  @Test
  void who_unsubscribed_hears_no_more() {
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      subscribe(b, "s");
      b.ask(json("{'type':'unsubscribe','stream':'s'}"));
      assertThat(publish(a, "s", 1).path("receivers").asInt()).isZero();
      assertThat(b.drain()).noneMatch(StreamWireTest::isData);
    }
  }

  @Test
  void a_subscription_outlives_a_lost_connection_and_tells_how_much_was_missed() {
    try (TestSocket a = broker.connect(ada)) {
      TestSocket b = broker.connect(bob);
      subscribe(b, "s");
      b.cut();
      ObjectNode missed = publishUntilMissed(a);
      assertThat(missed.path("receivers").asInt()).isZero();
      try (TestSocket again = broker.connect(bob)) {
        assertThat(publish(a, "s", 2).path("receivers").asInt()).isEqualTo(1);
        ObjectNode heard = again.next("stream_data");
        assertThat(heard.path("data").asInt()).isEqualTo(2);
        assertThat(heard.path("missed").asInt()).isEqualTo(1);
      }
    }
  }

  /// The broker may learn of a cut a moment after us.
  private static ObjectNode publishUntilMissed(TestSocket from) {
    ObjectNode published = publish(from, "s", 1);
    while (published.path("missed").asInt() == 0) {
      published = publish(from, "s", 1);
    }
    return published;
  }

  @Test
  void subscriptions_survive_a_restart_of_the_broker_and_a_session_that_is_resumed_days_later() {
    try (TestBroker own = TestBroker.start()) {
      TestMember anna = own.mesh("streams").withSession();
      TestMember bert = own.member(anna, "bert").withSession();
      TestSocket b = own.connect(bert);
      subscribe(b, "s");
      own.restart();
      try (TestSocket a = own.connect(anna);
          TestSocket resumed = own.connect(bert)) {
        assertThat(publish(a, "s", 1).path("receivers").asInt()).isEqualTo(1);
        assertThat(resumed.next("stream_data").path("data").asInt()).isEqualTo(1);
        resumed.ask(object("goodbye"));
      }
      own.clock().advance(StreamHandler.KEPT.minusHours(1));
      own.sweep();
      try (TestSocket a = own.connect(anna);
          TestSocket late = own.connect(bert)) {
        assertThat(publish(a, "s", 2).path("receivers").asInt()).isEqualTo(1);
        assertThat(late.next("stream_data").path("data").asInt()).isEqualTo(2);
      }
    }
  }

  @Test
  void a_session_that_stayed_away_too_long_listens_no_more_and_one_that_is_here_does() {
    try (TestBroker own = TestBroker.start()) {
      TestMember anna = own.mesh("streams").withSession();
      TestMember bert = own.member(anna, "bert").withSession();
      try (TestSocket a = own.connect(anna);
          TestSocket b = own.connect(bert)) {
        subscribe(a, "s");
        subscribe(b, "s");
        b.ask(object("goodbye"));
        own.clock().advance(StreamHandler.KEPT.plus(Duration.ofMinutes(1)));
        own.sweep();
        a.ask(json("{'type':'create_stream','name':'s'}"));
        JsonNode stream = a.ask(object("list_streams")).path("streams").path(0);
        assertThat(stream.path("subscriberCount").asInt()).isEqualTo(1);
      }
    }
  }

  @Test
  void the_list_shows_announced_streams_and_who_listens() {
    try (TestSocket a = broker.connect(ada);
        TestSocket b = broker.connect(bob)) {
      String id = a.ask(json("{'type':'create_stream','name':'builds'}")).path("id").asString();
      assertThat(b.ask(json("{'type':'create_stream','name':'builds'}")).path("id").asString())
          .isEqualTo(id);
      subscribe(b, "builds");
      subscribe(b, "never announced");

      JsonNode streams = a.ask(object("list_streams")).path("streams");
      assertThat(streams).hasSize(1);
      a.ask(json("{'type':'set_state','key':'k','value':1}"));
      JsonNode info = b.ask(object("mesh_info"));
      assertThat(info.path("streams").toString()).isEqualTo("[\"builds\"]");
      assertThat(info.path("stateKeys").asInt()).isEqualTo(1);
      assertThat(streams.path(0).path("createdBy").asString()).isEqualTo("owner");
      assertThat(streams.path(0).path("subscriberCount").asInt()).isEqualTo(1);
      assertThat(streams.path(0).path("subscribers").toString()).isEqualTo("[\"bob\"]");
      assertThat(b.ask(json("{'type':'delete_stream','name':'builds'}")).path("code").asString())
          .isEqualTo("forbidden");
      assertThat(a.ask(json("{'type':'delete_stream','name':'builds'}")).path("type").asString())
          .isEqualTo("stream_deleted");
      assertThat(a.ask(json("{'type':'delete_stream','name':'builds'}")).path("code").asString())
          .isEqualTo("not_found");
    }
  }

  @Test
  void a_session_listens_to_so_many_streams_and_no_more() {
    try (TestSocket a = broker.connect(ada)) {
      IntStream.range(0, 100).forEach(i -> subscribe(a, "s" + i));
      assertThat(subscribe(a, "s100").path("code").asString()).isEqualTo("limit");
      assertThat(subscribe(a, "s99").path("type").asString()).isEqualTo("subscribed");
    }
  }

  @Test
  void another_mesh_and_a_removed_member_hear_nothing() {
    try (TestSocket a = broker.connect(ada);
        TestSocket stranger = broker.connect(broker.mesh("other").withSession())) {
      TestSocket b = broker.connect(bob);
      subscribe(stranger, "s");
      subscribe(b, "s");
      a.ask(object("ban").put("target", bob.pubkey()));
      assertThat(publish(a, "s", 1).path("missed").asInt()).isZero();
      assertThat(stranger.drain()).noneMatch(StreamWireTest::isData);
    }
  }

  private static ObjectNode subscribe(TestSocket socket, String stream) {
    return socket.ask(object("subscribe").put("stream", stream));
  }

  private static ObjectNode publish(TestSocket socket, String stream, int data) {
    return socket.ask(object("publish").put("stream", stream).put("data", data));
  }

  private static boolean isData(ObjectNode frame) {
    return frame.path("type").asString().equals("stream_data");
  }
}
