package dev.claudemesh.broker.connection;

import static dev.claudemesh.db.jooq.Tables.PRESENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.MeshFixture.Somebody;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.RecordingConnection;
import dev.claudemesh.protocol.connection.ConnectionRequest.Goodbye;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Long random lives of several sessions against a model that knows only who came, who was cut off
/// when, and who left.
class LeaseHistoryTest extends RoomTest {
  private static final int STEPS = 400;
  private static final int SESSIONS = 6;

  private final List<Newcomer> sessions = new ArrayList<>();
  private final Map<Newcomer, RecordingConnection> sockets = new LinkedHashMap<>();
  private final Model model = new Model();
  private RecordingConnection watcher = new RecordingConnection();
  private Newcomer watching;

  /// Who is here, and since when they are without a socket.
  private final class Model {
    final Map<String, Instant> lostAt = new LinkedHashMap<>();
    final List<String> here = new ArrayList<>();
    final List<String> news = new ArrayList<>();

    void connect(String name) {
      lostAt.remove(name);
      if (!here.contains(name)) {
        here.add(name);
        news.add("came " + name);
      }
    }

    void leave(String name) {
      lostAt.remove(name);
      if (here.remove(name)) {
        news.add("left " + name);
      }
    }

    void sweep() {
      List.copyOf(lostAt.keySet()).stream()
          .filter(name -> !lostAt.get(name).plus(GRACE).isAfter(now))
          .sorted((a, b) -> Integer.compare(here.indexOf(a), here.indexOf(b)))
          .forEach(this::leave);
    }
  }

  @Test
  void a_long_random_history_of_sockets_shows_others_exactly_who_came_and_who_left() {
    String given = System.getProperty("seed", "");
    long seed = given.matches("-?\\d+") ? Long.parseLong(given) : System.nanoTime();
    System.out.println("LeaseHistoryTest: -Dseed=" + seed);
    Random random = new Random(seed);
    begin();
    for (int step = 0; step < STEPS; step++) {
      String what = act(random);
      String where = "seed " + seed + ", step " + step + ": " + what;
      assertThat(broker.peers.sessions(mesh.id()))
          .map(Peer::displayName)
          .as(where)
          .containsExactlyInAnyOrderElementsOf(model.here);
      assertThat(heard()).as(where).containsExactlyInAnyOrderElementsOf(model.news);
      assertThat(openLeases()).as(where).containsExactlyInAnyOrderElementsOf(model.here);
      assertThat(connected()).as(where).containsExactlyInAnyOrderElementsOf(expectedConnected());
      model.news.clear();
      watcher.forget();
    }
  }

  private void begin() {
    watching = session(anna).withName("watcher");
    watcher = broker.connect(watching);
    model.connect("watcher");
    model.news.clear();
    for (int i = 0; i < SESSIONS; i++) {
      Somebody somebody = i % 2 == 0 ? anna : bert;
      sessions.add(session(somebody).withName("s" + i));
    }
  }

  private String act(Random random) {
    Newcomer one = sessions.get(random.nextInt(SESSIONS));
    String name = one.name().orElseThrow();
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5, 6 -> {
        sockets.put(one, broker.connect(one));
        model.connect(name);
        yield "connect " + name;
      }
      case 7, 8, 9, 10, 11 -> {
        RecordingConnection socket = sockets.get(one);
        if (socket != null && socket.open()) {
          socket.lose();
          model.lostAt.put(name, now);
        }
        yield "lose " + name;
      }
      case 12, 13 -> {
        RecordingConnection socket = sockets.get(one);
        if (socket != null && socket.open()) {
          broker.handle(socket, new Goodbye());
          model.leave(name);
        }
        yield "goodbye " + name;
      }
      case 14 -> {
        restart();
        yield "kill and restart";
      }
      default -> {
        now = now.plusSeconds(random.nextInt(40));
        broker.room.sweep(now);
        model.sweep();
        yield "sweep at " + now;
      }
    };
  }

  /// The broker is killed: no socket is told, all leases get a fresh grace, and the watcher is back
  /// at once.
  private void restart() {
    sockets.clear();
    broker = new Run(LimitsConfig.DEFAULTS, false);
    broker.room.restore();
    for (String name : model.here) {
      model.lostAt.put(name, now);
    }
    watcher = broker.connect(watching);
    model.connect("watcher");
  }

  private List<String> heard() {
    return watcher.news().stream()
        .map(line ->
            line.replace("peer_joined", "came")
                .replace("peer_returned", "came")
                .replace("peer_left", "left"))
        .toList();
  }

  private List<String> connected() {
    return broker.peers.sessions(mesh.id()).stream()
        .filter(Peer::connected)
        .map(Peer::displayName)
        .toList();
  }

  private List<String> expectedConnected() {
    return model.here.stream().filter(name -> !model.lostAt.containsKey(name)).toList();
  }

  private List<String> openLeases() {
    return database
        .database()
        .dsl()
        .select(PRESENCE.DISPLAY_NAME)
        .from(PRESENCE)
        .where(PRESENCE.MESH_ID.eq(mesh.id()))
        .and(PRESENCE.DISCONNECTED_AT.isNull())
        .fetch(PRESENCE.DISPLAY_NAME);
  }
}
