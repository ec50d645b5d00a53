package dev.claudemesh.bench.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A process of some peers, behind a network of its own.
final class ClientProcess {
  private static final Duration STOP = Duration.ofSeconds(30);

  private final Path run;
  private final int number;
  private final int pauseMillis;
  private final long seed;
  private final Proxy network;
  private Child child;
  private String order = "";
  private volatile String standing = "offline";

  ClientProcess(Path run, int number, int pauseMillis, long seed, Proxy network) {
    this.run = run;
    this.number = number;
    this.pauseMillis = pauseMillis;
    this.seed = seed;
    this.network = network;
  }

  Proxy network() {
    return network;
  }

  /// File of its clock.
  Path clock() {
    return Player.Place.clock(run, number);
  }

  /// Starts it, and tells it what the others were told already.
  synchronized void start() {
    standing = "offline";
    Child.Program program =
        new Child.Program(
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms8m", "-Xmx160m"),
            PeerProgram.class.getName(),
            List.of(
                run.toString(),
                Integer.toString(number),
                "ws://127.0.0.1:" + network.port() + "/ws",
                Integer.toString(pauseMillis),
                Long.toString(seed)),
            Map.of(),
            run);
    child = Child.start(program, run.resolve("client-" + number + ".log"), this::says);
    if (!order.isEmpty()) {
      child.tell(order);
    }
  }

  private void says(String line) {
    standing = line;
  }

  /// `offline`, `busy` or `quiet`.
  String standing() {
    return standing;
  }

  synchronized void tell(String what) {
    order = what;
    child.tell(what);
  }

  synchronized boolean alive() {
    return child.alive();
  }

  synchronized void kill() {
    child.kill();
  }

  synchronized void pause() {
    child.pause();
  }

  synchronized void resume() {
    child.resume();
  }

  /// Tells it to stop.
  ///
  /// @return whether it ended well and in time
  synchronized boolean stop() {
    child.tell("stop");
    boolean ended = child.endedWithin(STOP) && child.process().exitValue() == 0;
    child.kill();
    return ended;
  }
}
