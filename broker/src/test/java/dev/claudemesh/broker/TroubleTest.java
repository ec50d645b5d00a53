package dev.claudemesh.broker;

import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.db.TestDatabase;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
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
      DSLContext dsl = elsewhere.database().dsl();
      String database = broker.testDatabase().url().database();
      dsl.execute("alter database " + database + " allow_connections false");
      dsl.fetch(
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = ?", database);

      ObjectNode refused = socket.ask(object("list_members"));
      assertThat(refused.path("code").asString()).isEqualTo("busy");
      assertThat(refused.path("retryable").asBoolean()).isTrue();
      assertThat(await(client, broker, "/health", "\"db\":\"down\"").statusCode()).isEqualTo(200);
      assertThat(await(client, broker, "/health/ready", "\"db\":\"down\"").statusCode())
          .isEqualTo(503);
      assertThat(await(client, broker, "/metrics", "broker_db_healthy 0.0").statusCode())
          .isEqualTo(200);

      dsl.execute("alter database " + database + " allow_connections true");
      assertThat(await(client, broker, "/health/ready", "\"db\":\"up\"").statusCode())
          .isEqualTo(200);
      assertThat(socket.ask(object("list_members")).path("type").asString()).isEqualTo("members");
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
