package dev.claudemesh.bench.faults;

import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.presence.Status;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/// A client process of the fault runner: some peers of the cast, who write to the others.
///
/// Told what to do by lines on stdin: `go`, `drain` (send nothing new, let everything come),
/// `stop`. Says on stdout how it stands, a line each time that changes: `offline`, `busy`, `quiet`.
/// Ends with its input.
final class PeerProgram {
  /// A peer whose outbox is so full waits.
  private static final int WAITING = 40;

  private static final long TICK_MILLIS = 100;

  private enum Phase {
    WAIT,
    GO,
    DRAIN,
    STOP
  }

  private final Cast cast;
  private final List<Player> players;
  private final int pauseMillis;
  private final long seed;
  private volatile Phase phase = Phase.WAIT;

  private PeerProgram(Cast cast, List<Player> players, int pauseMillis, long seed) {
    this.cast = cast;
    this.players = players;
    this.pauseMillis = pauseMillis;
    this.seed = seed;
  }

  /// Arguments: folder of the run, number of this process, address of the broker, mean pause in
  /// milliseconds between two messages of a peer, seed of what they write.
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path run = Path.of(arguments[0]);
    int process = Integer.parseInt(arguments[1]);
    Cast cast = Wire.mapper().readValue(Files.readString(run.resolve("cast.json")), Cast.class);
    Player.Place place = new Player.Place(run, URI.create(arguments[2]));
    List<Player> players =
        cast.inProcess(process).map(peer -> new Player(cast, peer, place)).toList();
    new PeerProgram(cast, players, Integer.parseInt(arguments[3]), Long.parseLong(arguments[4]))
        .run();
    System.exit(0);
  }

  private void run() throws InterruptedException {
    players.forEach(Player::connect);
    Thread.ofPlatform().daemon().name("orders").start(this::listen);
    for (Player player : players) {
      Thread.ofVirtual().start(() -> write(player));
      Thread.ofVirtual().start(() -> live(player));
    }
    String said = "";
    while (phase != Phase.STOP) {
      String now = standing();
      if (!now.equals(said)) {
        System.out.println(now);
        System.out.flush();
        said = now;
      }
      Thread.sleep(TICK_MILLIS);
    }
    players.forEach(Player::close);
  }

  private String standing() {
    if (!players.stream().allMatch(Player::online)) {
      return "offline";
    }
    return players.stream().allMatch(Player::quiet) ? "quiet" : "busy";
  }

  private void listen() {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        phase =
            switch (line) {
              case "go" -> Phase.GO;
              case "drain" -> Phase.DRAIN;
              case "stop" -> Phase.STOP;
              case String other -> throw new IllegalArgumentException(other);
            };
      }
    } catch (IOException e) {
      System.err.println("no more orders: " + e);
    }
    phase = Phase.STOP;
  }

  private void write(Player player) {
    SplittableRandom random = random(player);
    Letters letters = new Letters(cast, player.name(), random);
    while (phase == Phase.WAIT) {
      pause(TICK_MILLIS);
    }
    while (phase == Phase.GO) {
      if (player.waiting() < WAITING) {
        letters.next(player);
      }
      pause(random.nextInt(2 * pauseMillis + 1));
    }
  }

  /// Works, rests, and looks at the mail; in the end rests and looks often.
  private void live(Player player) {
    SplittableRandom random = random(player);
    while (phase != Phase.STOP) {
      boolean calm = phase != Phase.GO;
      player.check();
      player.say(
          calm || random.nextInt(10) < 6
              ? Status.IDLE
              : random.nextBoolean() ? Status.WORKING : Status.DND);
      pause(calm ? 5 * TICK_MILLIS : 500 + random.nextInt(2_000));
    }
  }

  /// Goes on differently after each start, and the same in each run of a seed as far as the times
  /// of kills allow.
  private SplittableRandom random(Player player) {
    return new SplittableRandom(
        seed * 1_000_003 + player.name().hashCode() * 31L + player.sentBefore());
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
