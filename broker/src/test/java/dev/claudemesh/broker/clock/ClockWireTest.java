package dev.claudemesh.broker.clock;

import static dev.claudemesh.broker.TestSocket.json;
import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ClockWireTest {
  private static TestBroker broker;

  private TestMember ada;
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
    ada = broker.mesh("clock").withSession();
    a = broker.connect(ada);
    b = broker.connect(broker.member(ada, "bob").withSession());
    a.next("push"); // bob joined
  }

  @AfterEach
  void leave() {
    goodbye(a);
    goodbye(b);
  }

  @Test
  void without_a_clock_there_is_only_the_real_time() {
    ObjectNode none = a.ask(object("get_clock"));
    assertThat(none.path("type").asString()).isEqualTo("clock_status");
    assertThat(none.path("speed").asDouble()).isZero();
    assertThat(none.path("paused").asBoolean()).isTrue();
    assertThat(none.path("tick").asLong()).isZero();
    assertThat(Instant.parse(none.path("simTime").asString()))
        .isBetween(broker.clock().instant().minusSeconds(5), broker.clock().instant());
    assertThat(code(a.ask(object("pause_clock")))).isEqualTo("no_clock");
    assertThat(code(a.ask(object("resume_clock")))).isEqualTo("no_clock");
  }

  @Test
  void ticks_come_to_everybody_by_themselves_and_each_once() {
    ObjectNode set = a.ask(json("{'type':'set_clock','speed':100}"));
    assertThat(set.path("speed").asDouble()).isEqualTo(100);
    assertThat(set.path("paused").asBoolean()).isFalse();
    Instant started = Instant.parse(set.path("startedAt").asString());

    for (int tick = 1; tick <= 2; tick++) {
      for (TestSocket socket : new TestSocket[] {a, b}) {
        ObjectNode push = socket.next(event("tick"));
        assertThat(push.path("subtype").asString()).isEqualTo("system");
        assertThat(push.path("eventData").path("tick").asLong()).isEqualTo(tick);
        assertThat(push.path("eventData").path("speed").asDouble()).isEqualTo(100);
        assertThat(Instant.parse(push.path("eventData").path("simTime").asString()))
            .isEqualTo(started.plusSeconds(60L * tick));
      }
    }
    assertThat(code(b.ask(object("pause_clock")))).isEqualTo("clock_status");
  }

  @Test
  void a_speed_outside_of_1_to_100_becomes_the_nearer_of_the_two() {
    assertThat(set(a, 0.1).path("speed").asDouble()).isEqualTo(1);
    assertThat(set(a, 1e6).path("speed").asDouble()).isEqualTo(100);
    assertThat(set(a, 2.5).path("speed").asDouble()).isEqualTo(2.5);
    assertThat(code(a.ask(json("{'type':'set_clock','speed':'fast'}"))))
        .isEqualTo("invalid_request");
    assertThat(code(a.ask(object("set_clock")))).isEqualTo("invalid_request");
  }

  @Test
  void late_ticks_are_told_as_one() {
    set(a, 10);
    advance(Duration.ofMinutes(1));
    assertThat(b.next(event("tick")).path("eventData").path("tick").asLong()).isEqualTo(10);
    broker.sweep();
    assertThat(b.drain().stream().filter(event("tick"))).isEmpty();
  }

  @Test
  void a_stopped_clock_stands_still_for_all_and_others_hear_who_stopped_it() {
    set(a, 10);
    advance(Duration.ofMinutes(1));
    ObjectNode stopped = b.ask(object("pause_clock"));
    assertThat(stopped.path("tick").asLong()).isEqualTo(10);
    assertThat(stopped.path("paused").asBoolean()).isTrue();
    assertThat(stopped.path("changedBy").asString()).isEqualTo("bob");
    ObjectNode told =
        a.next(frame ->
            event("clock_changed").test(frame)
                && frame.path("eventData").path("paused").asBoolean());
    assertThat(told.path("eventData").path("changedBy").asString()).isEqualTo("bob");

    a.drain();
    advance(Duration.ofMinutes(2));
    assertThat(a.ask(object("get_clock")).path("tick").asLong()).isEqualTo(10);
    assertThat(a.drain().stream().filter(event("tick"))).isEmpty();
    a.ask(object("resume_clock"));
    advance(Duration.ofSeconds(6));
    assertThat(a.next(event("tick")).path("eventData").path("tick").asLong()).isEqualTo(11);
  }

  @Test
  void a_clock_stops_when_the_last_one_leaves_and_says_so_to_who_comes() {
    set(a, 10);
    advance(Duration.ofMinutes(1));
    goodbye(a);
    goodbye(b);
    broker.sweep();
    broker.clock().advance(Duration.ofMinutes(1));

    try (TestSocket back = broker.connect(ada.withSession())) {
      JsonNode told = back.next(event("clock_changed")).path("eventData");
      assertThat(told.path("paused").asBoolean()).isTrue();
      assertThat(told.path("empty").asBoolean()).isTrue();
      assertThat(told.path("tick").asLong()).isEqualTo(10);
      assertThat(back.ask(object("get_clock")).path("tick").asLong()).isEqualTo(10);
      assertThat(back.ask(object("resume_clock")).path("paused").asBoolean()).isFalse();
      assertThat(back.ask(object("get_clock")).has("empty")).isFalse();
      goodbye(back);
    }
  }

  @Test
  void after_a_restart_it_is_as_late_as_if_there_had_been_none() {
    try (TestBroker own = TestBroker.start()) {
      TestMember olga = own.mesh("restart").withSession();
      TestSocket first = own.connect(olga);
      set(first, 10);
      own.clock().advance(Duration.ofMinutes(1));
      own.sweep();
      own.restart();
      own.clock().advance(Duration.ofMinutes(1));
      try (TestSocket back = own.connect(olga)) {
        ObjectNode status = back.ask(object("get_clock"));
        assertThat(status.path("paused").asBoolean()).isFalse();
        assertThat(status.path("tick").asLong()).isEqualTo(20);
        own.clock().advance(Duration.ofSeconds(6));
        own.sweep();
        assertThat(back.next(event("tick")).path("eventData").path("tick").asLong()).isEqualTo(21);
      }
    }
  }

  @Test
  void after_a_long_restart_it_stands_where_it_was_when_somebody_was_there_last() {
    try (TestBroker own = TestBroker.start()) {
      TestMember olga = own.mesh("restart").withSession();
      TestSocket first = own.connect(olga);
      set(first, 10);
      own.clock().advance(Duration.ofMinutes(1));
      own.sweep();
      own.broker().close();
      own.clock().advance(Duration.ofHours(8));
      own.restart();
      try (TestSocket back = own.connect(olga)) {
        assertThat(back.next(event("clock_changed")).path("eventData").path("empty").asBoolean())
            .isTrue();
        ObjectNode status = back.ask(object("get_clock"));
        assertThat(status.path("paused").asBoolean()).isTrue();
        assertThat(status.path("tick").asLong()).isEqualTo(10);
      }
    }
  }

  @Test
  void two_brokers_tell_the_same_ticks_each_to_its_own() {
    TestBroker second = broker.beside();
    try (TestSocket c = second.connect(broker.member(ada, "carla").withSession())) {
      set(a, 10);
      second.sweep();
      broker.clock().advance(Duration.ofSeconds(6));
      broker.sweep();
      second.sweep();
      assertThat(a.next(event("tick")).path("eventData").path("tick").asLong()).isEqualTo(1);
      assertThat(c.next(event("tick")).path("eventData").path("tick").asLong()).isEqualTo(1);
      c.ask(object("pause_clock"));
      broker.sweep();
      broker.clock().advance(Duration.ofSeconds(60));
      broker.sweep();
      second.sweep();
      assertThat(a.drain().stream().filter(event("tick"))).isEmpty();
      assertThat(c.drain().stream().filter(event("tick"))).isEmpty();
    } finally {
      second.leave();
    }
  }

  @Test
  void another_mesh_has_its_own_time() {
    set(a, 10);
    try (TestSocket stranger = broker.connect(broker.mesh("other").withSession())) {
      assertThat(stranger.ask(object("get_clock")).path("speed").asDouble()).isZero();
      assertThat(code(stranger.ask(object("pause_clock")))).isEqualTo("no_clock");
      advance(Duration.ofMinutes(1));
      a.next(event("tick"));
      assertThat(stranger.drain()).isEmpty();
    }
  }

  private static void advance(Duration span) {
    broker.clock().advance(span);
    broker.sweep();
  }

  private static ObjectNode set(TestSocket socket, double speed) {
    return socket.ask(object("set_clock").put("speed", speed));
  }

  private static Predicate<ObjectNode> event(String name) {
    return frame -> frame.path("event").asString("").equals(name);
  }

  private static void goodbye(TestSocket socket) {
    if (!socket.isClosed()) {
      socket.ask(object("goodbye"));
      socket.close();
    }
  }

  private static String code(ObjectNode answer) {
    return answer.path("code").asString(answer.path("type").asString());
  }
}
