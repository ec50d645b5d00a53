package dev.claudemesh.bench.rivals;

import com.hivemq.client.mqtt.MqttClientExecutorConfig;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import dev.claudemesh.bench.load.Contender;
import dev.claudemesh.bench.load.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Mosquitto: QoS 1 both ways, sessions that outlive their connection, persistence on.
record Mosquitto(Program program) implements Contender {
  private static final long SESSION_SECONDS = 3_600;
  private static final int UNACKED = 1_024;
  private static final long CLOSE_SECONDS = 5;

  @Override
  public String name() {
    return "mosquitto";
  }

  @Override
  public String title() {
    return "Mosquitto " + program.version("-h");
  }

  @Override
  public String durability() {
    return "MUCH WEAKER: acked from memory, the whole state saved every 60 s; a crash loses what"
        + " came since; QoS 1, each receiver acks each message";
  }

  @Override
  public Line start(Path folder, Workload work) throws Exception {
    int port = Program.freePort();
    Path config =
        Files.writeString(
            folder.resolve("mosquitto.conf"),
            """
            listener %d 127.0.0.1
            allow_anonymous true
            persistence true
            persistence_location %s/
            autosave_interval 60
            max_inflight_messages %d
            max_queued_messages 0
            user root
            """
                .formatted(port, folder, UNACKED));
    Server server = program.start(folder, Map.of(), "-c", config.toString());
    MosquittoLine line = new MosquittoLine(server);
    try {
      server.awaitPort(port);
      line.connect(port, work);
    } catch (Exception e) {
      line.close();
      throw e;
    }
    return line;
  }

  /// The connections of all peers share one event loop.
  private static final class MosquittoLine extends RivalLine {
    private final List<Mqtt5AsyncClient> clients = new ArrayList<>();

    private MosquittoLine(Server server) {
      super(server);
    }

    private void connect(int port, Workload work) throws Exception {
      MqttClientExecutorConfig oneThread =
          MqttClientExecutorConfig.builder().nettyThreads(1).build();
      for (int peer = 0; peer < work.peers(); peer++) {
        Mqtt5AsyncClient client =
            Mqtt5Client.builder()
                .identifier("peer-" + peer)
                .serverHost("127.0.0.1")
                .serverPort(port)
                .executorConfig(oneThread)
                .buildAsync();
        clients.add(client);
        client
            .connectWith()
            .cleanStart(false)
            .sessionExpiryInterval(SESSION_SECONDS)
            .restrictions()
            .receiveMaximum(UNACKED)
            .sendMaximum(UNACKED)
            .applyRestrictions()
            .send()
            .get();
        receive(peer, client);
      }
    }

    private void receive(int peer, Mqtt5AsyncClient client) throws Exception {
      client
          .subscribeWith()
          .topicFilter("peer/" + peer)
          .qos(MqttQos.AT_LEAST_ONCE)
          .callback(message -> driver().arrived(peer, message.getPayloadAsBytes()))
          .send()
          .get();
    }

    @Override
    void publish(int sender, int target, int seq, byte[] body) {
      Driver told = driver();
      CompletableFuture<Mqtt5PublishResult> sent =
          clients
              .get(sender)
              .publishWith()
              .topic("peer/" + target)
              .qos(MqttQos.AT_LEAST_ONCE)
              .payload(body)
              .send();
      sent.whenComplete((result, failure) -> {
        if (failure != null || result.getError().isPresent()) {
          told.refused(String.valueOf(failure == null ? result.getError().get() : failure));
        } else {
          told.acked(sender, seq);
        }
      });
    }

    @Override
    void disconnect() throws Exception {
      CompletableFuture<?>[] gone =
          clients.stream().map(Mqtt5AsyncClient::disconnect).toArray(CompletableFuture[]::new);
      CompletableFuture.allOf(gone).get(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
  }
}
