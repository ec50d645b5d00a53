package dev.claudemesh.bench.rivals;

import dev.claudemesh.bench.load.Contender;
import dev.claudemesh.bench.load.Workload;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamOptions;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// NATS with JetStream: one stream in files, a durable consumer a peer, asynchronous publish acks,
/// each delivery acked. Each message is synced where the version can.
record NatsJetStream(Program program) implements Contender {
  private static final String STREAM = "BENCH";
  private static final int MOST_UNACKED = 1_024;

  /// The library would give up on an ack after seconds, and a queue of a blast is longer.
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Override
  public String name() {
    return "nats";
  }

  @Override
  public String title() {
    return "NATS JetStream " + program.version("--version");
  }

  @Override
  public String durability() {
    return (syncs()
            ? "acked after each message is on disk (sync_interval always)"
            : "WEAKER: acked when written to the file, synced every two minutes only: this version"
                + " has no sync_interval")
        + "; each receiver acks each message";
  }

  /// Since 2.10. An older server refuses the setting, which its check of a file tells.
  private boolean syncs() {
    try {
      Path file = Files.createTempFile("nats", ".conf");
      try {
        Files.writeString(file, config(0, Path.of("unused"), true));
        return program.output("-t", "-c", file.toString()).exit() == 0;
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      return false;
    }
  }

  private static String config(int port, Path store, boolean sync) {
    return """
    host: "127.0.0.1"
    port: %d
    jetstream {
      store_dir: "%s"
      max_file_store: 20GB
      %s
    }
    """
        .formatted(port, store, sync ? "sync_interval: always" : "");
  }

  @Override
  public Line start(Path folder, Workload work) throws Exception {
    int port = Program.freePort();
    Path config =
        Files.writeString(
            folder.resolve("nats.conf"), config(port, folder.resolve("jetstream"), syncs()));
    Server server = program.start(folder, Map.of(), "-c", config.toString());
    NatsLine line = new NatsLine(server);
    try {
      server.awaitPort(port);
      line.connect("nats://127.0.0.1:" + port, work);
    } catch (Exception e) {
      line.close();
      throw e;
    }
    return line;
  }

  private static final class NatsLine extends RivalLine {
    private final List<Connection> connections = new ArrayList<>();
    private final List<JetStream> streams = new ArrayList<>();

    private NatsLine(Server server) {
      super(server);
    }

    private void connect(String url, Workload work) throws Exception {
      for (int peer = 0; peer < work.peers(); peer++) {
        Options options =
            Options.builder()
                .server(url)
                .noReconnect()
                .maxMessagesInOutgoingQueue(0)
                .requestCleanupInterval(PATIENCE)
                .build();
        Connection connection = Nats.connect(options);
        connections.add(connection);
        if (peer == 0) {
          connection
              .jetStreamManagement()
              .addStream(
                  StreamConfiguration.builder()
                      .name(STREAM)
                      .subjects("peer.*")
                      .storageType(StorageType.File)
                      .build());
        }
        streams.add(
            connection.jetStream(JetStreamOptions.builder().requestTimeout(PATIENCE).build()));
        receive(peer, connection);
      }
    }

    private void receive(int peer, Connection connection) throws Exception {
      ConsumerConfiguration consumer =
          ConsumerConfiguration.builder()
              .durable("peer-" + peer)
              .ackPolicy(AckPolicy.Explicit)
              .maxAckPending(MOST_UNACKED)
              .build();
      connection
          .jetStream()
          .subscribe(
              "peer." + peer,
              connection.createDispatcher(),
              message -> {
                driver().arrived(peer, message.getData());
                message.ack();
              },
              false,
              PushSubscribeOptions.builder().stream(STREAM).configuration(consumer).build());
    }

    @Override
    void publish(int sender, int target, int seq, byte[] body) {
      Driver told = driver();
      streams
          .get(sender)
          .publishAsync("peer." + target, body)
          .whenComplete((_, failure) -> {
            if (failure == null) {
              told.acked(sender, seq);
            } else {
              told.refused(failure.toString());
            }
          });
    }

    @Override
    void disconnect() throws InterruptedException {
      for (Connection connection : connections) {
        connection.close();
      }
    }
  }
}
