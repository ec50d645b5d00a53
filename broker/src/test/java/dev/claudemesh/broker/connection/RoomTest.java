package dev.claudemesh.broker.connection;

import static dev.claudemesh.db.jooq.Tables.PRESENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.Bus;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.MeshFixture;
import dev.claudemesh.broker.kernel.MeshFixture.Somebody;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.kernel.RecordingConnection;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.connection.ConnectionRequest;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.presence.Status;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/// The room on a real database, with one mesh of two members.
abstract class RoomTest {
  static final Duration GRACE = LimitsConfig.DEFAULTS.timing().presenceGrace();

  static TestDatabase database;

  Instant now = Instant.parse("2026-11-21T10:00:00Z");
  MeshFixture mesh;
  Somebody anna;
  Somebody bert;
  Optional<Status> reported = Optional.empty();
  Runnable duringHello = () -> {};
  Run broker;

  @BeforeAll
  static void createDatabase() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void dropDatabase() {
    database.close();
  }

  @BeforeEach
  void makeMesh() {
    mesh = MeshFixture.create(database.database());
    anna = mesh.member("Anna");
    bert = mesh.member("Bert");
    broker = new Run(LimitsConfig.DEFAULTS, false);
  }

  @AfterEach
  void forgetLeases() {
    database.database().dsl().deleteFrom(PRESENCE).execute();
  }

  /// One run of the broker: what is in memory.
  final class Run {
    final Peers peers = new Peers();
    final Bus bus = new Bus();
    final List<String> heard = new ArrayList<>();
    final ConnectionHandler room;

    Run(LimitsConfig limits, boolean compat) {
      room =
          new ConnectionHandler(
              database.database(),
              peers,
              bus,
              () -> now,
              limits,
              compat,
              (member, known) -> new ConnectionHandler.KeyState(1, "e2e", List.of(), List.of()),
              (client, at) -> {
                duringHello.run();
                return reported;
              });
      bus.subscribe(this::hear);
    }

    private synchronized void hear(Happening happening) {
      switch (happening) {
        case Happening.PeerReady ready ->
            heard.add((ready.resumed() ? "resumed " : "ready ") + ready.peer().displayName());
        case Happening.PeerLost lost -> heard.add("lost " + lost.peer().displayName());
        case Happening.PeerLeft left -> heard.add("left " + left.peer().displayName());
        case Happening other -> {}
      }
    }

    HelloAck ask(RecordingConnection socket, ConnectionRequest<?> request) {
      return (HelloAck) handle(socket, request);
    }

    Object handle(RecordingConnection socket, ConnectionRequest<?> request) {
      Caller caller =
          new Caller(
              socket.peer().map(Peer::member),
              Optional.empty(),
              socket.peer(),
              Optional.of(socket),
              URI.create("http://localhost"),
              InetAddress.getLoopbackAddress());
      return switch (room.handle(request, caller)) {
        case Outcome.Now(var reply) -> reply;
        case Outcome.Aside(var reply) -> reply.join();
        case Outcome.Later later -> {
          later.afterwards().run();
          yield later.reply().join();
        }
      };
    }

    RecordingConnection connect(Newcomer newcomer) {
      RecordingConnection socket = new RecordingConnection();
      ask(socket, newcomer.hello(next()));
      return socket;
    }

    Peer peer(Newcomer newcomer) {
      return peers.session(mesh.id(), new PublicKey(newcomer.address())).orElseThrow();
    }

    String refusal(ConnectionRequest<?> request) {
      RecordingConnection socket = new RecordingConnection();
      Problem problem = Assertions.catchThrowableOfType(Problem.class, () -> ask(socket, request));
      assertThat(problem).as("refused").isNotNull();
      assertThat(socket.peer()).isEmpty();
      return problem.code().wireName();
    }
  }

  /// A moment of its own for each hello, so that no two are signed alike.
  Instant next() {
    now = now.plusMillis(1);
    return now;
  }

  static Newcomer session(Somebody somebody) {
    return Newcomer.of(somebody.meshId(), somebody.id(), somebody.key());
  }
}
