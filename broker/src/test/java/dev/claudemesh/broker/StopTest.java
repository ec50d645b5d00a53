package dev.claudemesh.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.TestSocket.Closing;
import dev.claudemesh.broker.kernel.BrokerConfig;
import dev.claudemesh.broker.net.PortTakenException;
import dev.claudemesh.db.DatabaseDownException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StopTest {
  @TempDir Path data;

  @Test
  void a_stop_closes_every_socket_with_1001_and_may_be_asked_for_twice() {
    try (TestBroker broker = TestBroker.start()) {
      TestMember owner = broker.mesh("stop");
      try (TestSocket one = broker.connect(owner);
          TestSocket unproven = broker.socket()) {
        broker.broker().close();
        broker.broker().close();
        assertThat(one.closed()).isEqualTo(new Closing(1001, "shutting down"));
        assertThat(unproven.closed()).isEqualTo(new Closing(1001, "shutting down"));
      }
    }
  }

  @Test
  void a_stop_answers_what_was_asked_before() {
    try (TestBroker broker = TestBroker.start()) {
      try (TestSocket socket = broker.connect(broker.mesh("busy"))) {
        socket.send(TestSocket.object("list_peers"));
        socket.awaitPong();
        broker.broker().close();
        assertThat(socket.next("peers_list").path("peers")).hasSize(1);
      }
    }
  }

  @Test
  void a_restarted_broker_knows_everybody() {
    try (TestBroker broker = TestBroker.start()) {
      TestMember owner = broker.mesh("again").withSession();
      broker.connect(owner).close();
      broker.restart();
      try (TestSocket socket = broker.connect(owner)) {
        assertThat(socket.helloAck().path("presenceId").asString()).isNotEmpty();
      }
    }
  }

  @Test
  void a_port_that_is_taken_is_told_and_nothing_keeps_running() {
    try (TestBroker broker = TestBroker.start()) {
      BrokerConfig same =
          BrokerConfig.read(
              Map.of(
                  "CLAUDEMESH_DATA",
                  data.toString(),
                  "BROKER_PORT",
                  Integer.toString(broker.broker().port())),
              Map.of());
      assertThatThrownBy(() ->
              Broker.start(
                  same,
                  broker.testDatabase().config(),
                  InstantSource.system(),
                  InstantSource.system(),
                  line -> {}))
          .isInstanceOf(PortTakenException.class)
          .hasMessageContaining("--port");
    }
  }

  @Test
  void a_database_that_is_not_there_is_told() {
    BrokerConfig config =
        BrokerConfig.read(
            Map.of(
                "CLAUDEMESH_DATA",
                data.toString(),
                "BROKER_PORT",
                "0",
                "DATABASE_URL",
                "postgres://x:y@127.0.0.1:1/mesh"),
            Map.of());
    assertThatThrownBy(() ->
            Broker.start(
                config,
                Broker.databaseConfig(config).withStartLimit(Duration.ZERO),
                InstantSource.system(),
                InstantSource.system(),
                line -> {}))
        .isInstanceOf(DatabaseDownException.class)
        .hasMessageContaining("DATABASE_URL");
  }
}
