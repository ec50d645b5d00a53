package dev.claudemesh.broker;

import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.client.ClientLimits;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.Identity;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.client.RecordingListener;
import dev.claudemesh.protocol.connection.Purpose;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jooq.DSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.ObjectNode;

/// What clients are told while the database is away, and that it is over when it is back.
@Timeout(60)
class TroubleTest {
  @Test
  void while_the_database_is_away_requests_are_busy_and_the_broker_is_not_ready() {
    try (TestDatabase elsewhere = TestDatabase.create();
        TestBroker broker = TestBroker.start();
        HttpClient client = HttpClient.newHttpClient();
        TestSocket socket = broker.connect(broker.mesh("away"))) {
      Outage outage = new Outage(elsewhere, broker);
      outage.begin();

      ObjectNode refused = socket.ask(object("list_members"));
      assertThat(refused.path("code").asString()).isEqualTo("busy");
      assertThat(refused.path("retryable").asBoolean()).isTrue();
      assertThat(await(client, broker, "/health", "\"db\":\"down\"").statusCode()).isEqualTo(200);
      assertThat(await(client, broker, "/health/ready", "\"db\":\"down\"").statusCode())
          .isEqualTo(503);
      assertThat(await(client, broker, "/metrics", "broker_db_healthy 0.0").statusCode())
          .isEqualTo(200);

      outage.end();
      assertThat(await(client, broker, "/health/ready", "\"db\":\"up\"").statusCode())
          .isEqualTo(200);
      assertThat(socket.ask(object("list_members")).path("type").asString()).isEqualTo("members");
    }
  }

  @Test
  void whoever_comes_meanwhile_is_asked_to_come_again_and_gets_in_when_it_is_back() {
    try (TestDatabase elsewhere = TestDatabase.create();
        TestBroker broker = TestBroker.start(Map.of("SEND_RATE_PER_MINUTE", "0"))) {
      TestMember owner = broker.mesh("away");
      TestMember ann = broker.member(owner, "ann").withSession();
      TestMember bob = broker.member(owner, "bob").withSession();
      TestSocket first = broker.connect(ann);
      TestSocket witness = broker.connect(owner);
      Outage outage = new Outage(elsewhere, broker);
      outage.begin();

      TestSocket refused = broker.socket();
      refused.send(refused.helloFrame(bob));
      ObjectNode busy = refused.next();
      assertThat(busy.path("code").asString()).isEqualTo("busy");
      assertThat(busy.path("retryable").asBoolean()).isTrue();
      assertThat(refused.closed().code()).isEqualTo(1013);
      RecordingListener told = new RecordingListener();
      try (MeshClient client = client(broker, bob, told)) {
        assertThat(told.next("disconnected", Problem.class).code()).isEqualTo(ProblemCode.BUSY);
        assertThat(told.next("disconnected", Problem.class).code()).isEqualTo(ProblemCode.BUSY);
        refusesEverything(first, bob);
        first.cut();

        outage.end();

        client.ready(Duration.ofSeconds(30));
        TestSocket again = broker.socket();
        assertThat(again.hello(ann).path("resumed").asBoolean()).isTrue();
        again.send(send(bob, "after"));
        assertThat(again.next("ack").path("queued").asBoolean()).isTrue();
        assertThat(witness.drain().stream().map(news -> news.path("event").asString("")))
            .doesNotContain("peer_left");
      }
    }
  }

  /// More than any queue of the broker holds: none of them is kept.
  private static void refusesEverything(TestSocket from, TestMember to) {
    for (int i = 0; i < 12_000; i++) {
      from.send(send(to, "m" + i));
    }
    for (int i = 0; i < 12_000; i++) {
      ObjectNode refusal = from.next("error");
      assertThat(refusal.path("id").asString()).isEqualTo("m" + i);
      assertThat(refusal.path("code").asString()).isEqualTo("busy");
    }
  }

  private static ObjectNode send(TestMember to, String id) {
    return object("send")
        .put("id", id)
        .put("client_message_id", id)
        .put("targetSpec", to.pubkey())
        .put("priority", "next")
        .put("nonce", "A".repeat(32))
        .put("enc", "box")
        .put("ciphertext", "eA==");
  }

  private static MeshClient client(TestBroker broker, TestMember member, RecordingListener told) {
    Identity who =
        new Identity(broker.wsUrl(), member.meshId(), member.id(), member.key(), member.session());
    return MeshClient.builder(who, HelloDetails.ofThisProcess(Purpose.SESSION))
        .listener(told)
        .limits(ClientLimits.SESSION.withPauses(Duration.ofMillis(20), Duration.ofMillis(200)))
        .clock(broker.clock())
        .start();
  }

  /// A database that nobody can reach for a while.
  private record Outage(TestDatabase elsewhere, TestBroker broker) {
    void begin() {
      DSLContext dsl = elsewhere.database().dsl();
      dsl.execute("alter database " + name() + " allow_connections false");
      dsl.fetch("select pg_terminate_backend(pid) from pg_stat_activity where datname = ?", name());
    }

    void end() {
      elsewhere.database().dsl().execute("alter database " + name() + " allow_connections true");
    }

    private String name() {
      return broker.testDatabase().url().database();
    }
  }

  /// Asks until the answer holds a text; what the broker knows of the database may be a second old.
  private static HttpResponse<String> await(
      HttpClient client, TestBroker broker, String path, String text) {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(20));
    while (true) {
      try {
        HttpResponse<String> response =
            client.send(
                HttpRequest.newBuilder(broker.httpUrl().resolve(path)).build(),
                BodyHandlers.ofString());
        if (response.body().contains(text)) {
          return response;
        }
        if (Instant.now().isAfter(deadline)) {
          throw new AssertionError(path + " never said " + text + " but " + response.body());
        }
      } catch (IOException | InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
