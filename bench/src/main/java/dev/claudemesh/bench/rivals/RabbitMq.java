package dev.claudemesh.bench.rivals;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import dev.claudemesh.bench.load.Contender;
import dev.claudemesh.bench.load.Workload;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// RabbitMQ on one node: a durable quorum queue a peer, persistent messages, asynchronous publisher
/// confirms, each delivery acked.
record RabbitMq(Program program) implements Contender {
  private static final int PREFETCH = 1_024;

  @Override
  public String name() {
    return "rabbitmq";
  }

  @Override
  public String title() {
    return "RabbitMQ "
        + Program.find("rabbitmqctl").map(control -> control.version("version")).orElse("?");
  }

  @Override
  public String durability() {
    return "confirmed after the quorum queue's log is on disk (fdatasync, batched), one node; each"
        + " receiver acks each message";
  }

  @Override
  public Line start(Path folder, Workload work) throws Exception {
    int port = Program.freePort();
    int epmd = Program.freePort();
    Path plugins = Files.writeString(folder.resolve("enabled_plugins"), "[].\n");
    Path config = Files.writeString(folder.resolve("rabbitmq.conf"), "loopback_users = none\n");
    Server server =
        program.start(
            folder,
            Map.ofEntries(
                Map.entry("HOME", folder.toString()),
                Map.entry("RABBITMQ_NODENAME", "bench" + port + "@localhost"),
                Map.entry("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"),
                Map.entry("RABBITMQ_NODE_PORT", Integer.toString(port)),
                Map.entry("RABBITMQ_DIST_PORT", Integer.toString(Program.freePort())),
                Map.entry("ERL_EPMD_PORT", Integer.toString(epmd)),
                Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
                Map.entry("RABBITMQ_MNESIA_BASE", folder.resolve("mnesia").toString()),
                Map.entry("RABBITMQ_LOG_BASE", folder.resolve("log").toString()),
                Map.entry("RABBITMQ_PID_FILE", folder.resolve("pid").toString()),
                Map.entry("RABBITMQ_CONFIG_FILE", config.toString()),
                Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", plugins.toString())));
    RabbitLine line = new RabbitLine(server, epmd, port);
    try {
      line.connect(work);
    } catch (Exception e) {
      line.close();
      throw e;
    }
    return line;
  }

  /// The connections of all peers share one event loop and one thread for deliveries.
  private static final class RabbitLine extends RivalLine {
    private final Server server;
    private final int epmd;
    private final int port;
    private final EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ExecutorService deliveries = Executors.newSingleThreadExecutor();
    private final List<Connection> connections = new ArrayList<>();
    private final List<Sender> senders = new ArrayList<>();

    private RabbitLine(Server server, int epmd, int port) {
      super(server);
      this.server = server;
      this.epmd = epmd;
      this.port = port;
    }

    private void connect(Workload work) throws Exception {
      ConnectionFactory factory =
          new ConnectionFactory().netty().eventLoopGroup(loops).connectionFactory();
      factory.setHost("127.0.0.1");
      factory.setPort(port);
      factory.setSharedExecutor(deliveries);
      factory.setAutomaticRecoveryEnabled(false);
      connections.add(server.await(factory::newConnection));
      while (connections.size() < work.peers()) {
        connections.add(factory.newConnection());
      }
      for (int peer = 0; peer < work.peers(); peer++) {
        receive(peer);
        senders.add(new Sender(peer, connections.get(peer).createChannel()));
      }
    }

    private void receive(int peer) throws IOException {
      Channel channel = connections.get(peer).createChannel();
      channel.queueDeclare(queue(peer), true, false, false, Map.of("x-queue-type", "quorum"));
      channel.basicQos(PREFETCH);
      channel.basicConsume(
          queue(peer),
          false,
          new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(
                String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                throws IOException {
              driver().arrived(peer, body);
              channel.basicAck(envelope.getDeliveryTag(), false);
            }
          });
    }

    private static String queue(int peer) {
      return "peer-" + peer;
    }

    /// A channel with confirms, which may come for several messages at once.
    private final class Sender {
      private final int number;
      private final Channel channel;
      private final ConcurrentNavigableMap<Long, Integer> open = new ConcurrentSkipListMap<>();

      private Sender(int number, Channel channel) throws IOException {
        this.number = number;
        this.channel = channel;
        channel.confirmSelect();
        channel.addConfirmListener(this::confirmed, (tag, multiple) -> driver().refused("nack"));
      }

      private void confirmed(long tag, boolean multiple) {
        if (multiple) {
          ConcurrentNavigableMap<Long, Integer> all = open.headMap(tag, true);
          all.values().forEach(seq -> driver().acked(number, seq));
          all.clear();
        } else {
          driver().acked(number, open.remove(tag));
        }
      }

      private void publish(int target, int seq, byte[] body) throws IOException {
        open.put(channel.getNextPublishSeqNo(), seq);
        channel.basicPublish("", queue(target), MessageProperties.PERSISTENT_BASIC, body);
      }
    }

    @Override
    void publish(int sender, int target, int seq, byte[] body) throws IOException {
      senders.get(sender).publish(target, seq, body);
    }

    @Override
    void disconnect() {
      connections.forEach(Connection::abort);
      deliveries.shutdownNow();
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /// The name server of Erlang outlives the node that started it.
    @Override
    public void close() {
      super.close();
      Program.find("epmd")
          .ifPresent(daemon -> daemon.output("-port", Integer.toString(epmd), "-kill"));
    }
  }
}
