package dev.claudemesh.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.BrokerConfig;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.SteadyTime;
import dev.claudemesh.db.DatabaseConfig;
import dev.claudemesh.db.EmbeddedPostgresConfig;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.client.ClientLimits;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.Identity;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.client.Outgoing;
import dev.claudemesh.protocol.client.RecordingListener;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.meshes.MeshReply;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A broker whose private PostgreSQL is killed under it, more than once.
@Timeout(180)
class KilledDatabaseTest {
  private static final int MESSAGES = 300;
  private static final ClientLimits QUICK =
      ClientLimits.SESSION.withPauses(Duration.ofMillis(20), Duration.ofMillis(200));

  @TempDir Path data;

  private final SecretKey owner = Keys.generate();
  private final RecordingListener told = new RecordingListener();

  private Broker start() {
    BrokerConfig config =
        BrokerConfig.read(
            Map.of(
                "CLAUDEMESH_DATA",
                data.toString(),
                "BROKER_PORT",
                "0",
                "SEND_RATE_PER_MINUTE",
                "0"),
            Map.of());
    DatabaseConfig usual = Broker.databaseConfig(config);
    DatabaseConfig database =
        new DatabaseConfig(
            new DatabaseConfig.Place.Embedded(
                EmbeddedPostgresConfig.in(data).withBinaries(TestDatabase.binaries())),
            usual.poolSize(),
            usual.acquireTimeout(),
            usual.statementLimit(),
            usual.startLimit());
    return Broker.start(config, database, InstantSource.system(), new SteadyTime(), line -> {});
  }

  private MeshClient connect(URI url, MeshReply.Created mesh, RecordingListener listener) {
    Identity who =
        new Identity(url, mesh.id(), mesh.memberId(), owner, Optional.of(Keys.generate()));
    MeshClient client =
        MeshClient.builder(who, HelloDetails.ofThisProcess(Purpose.SESSION))
            .listener(listener)
            .limits(QUICK)
            .start();
    client.ready(Duration.ofSeconds(30));
    return client;
  }

  private void killTheDatabase() throws IOException, InterruptedException {
    Path mark = data.resolve("postgres/cluster/postmaster.pid");
    long pid = Long.parseLong(Files.readAllLines(mark).getFirst().strip());
    ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
    new ProcessBuilder("kill", "-9", Long.toString(pid)).start().waitFor();
    server.onExit().join();
  }

  @Test
  void nothing_acknowledged_is_lost_and_the_rest_goes_on_without_a_restart_of_the_broker()
      throws IOException, InterruptedException {
    try (Broker broker = start();
        BrokerHttp http = new BrokerHttp(URI.create(broker.wsUrl()))) {
      MeshReply.Created mesh =
          http.call(
              Team.create("Team", Ids.next(), owner, MeshKey.generate(1)),
              Optional.of(owner),
              Map.of());
      URI url = URI.create(broker.wsUrl());
      MeshClient bob = connect(url, mesh, told);
      MeshClient ann = connect(url, mesh, new RecordingListener());
      List<CompletableFuture<Ack>> sent = new ArrayList<>();
      for (int i = 0; i < MESSAGES; i++) {
        sent.add(ann.send(Outgoing.of(bob.identity().address().hex(), "message " + i)));
        if (i % 100 == 50) {
          sent.get(i - 25).orTimeout(60, TimeUnit.SECONDS).join();
          killTheDatabase();
        }
      }
      for (int i = 0; i < MESSAGES; i++) {
        assertThat(sent.get(i).orTimeout(60, TimeUnit.SECONDS).join().queued()).isTrue();
        assertThat(told.message().text()).isEqualTo("message " + i);
      }
      assertThat(told.count("message")).isZero();
      ann.close();
      bob.close();
    }
  }
}
