package dev.claudemesh.bench.faults;

import dev.claudemesh.broker.BrokerProgram;
import dev.claudemesh.broker.kernel.BrokerConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;

/// The broker as `claudemesh broker` runs it, by a clock that can be put wrong.
final class BrokerMain {
  private BrokerMain() {}

  /// Arguments: port, data folder, file of the clock. Settings come from the environment.
  public static void main(String[] arguments) throws InterruptedException {
    Thread.ofPlatform().daemon().name("runner").start(BrokerMain::endWithRunner);
    BrokerConfig config =
        BrokerConfig.read(
            System.getenv(), Map.of("BROKER_PORT", arguments[0], "CLAUDEMESH_DATA", arguments[1]));
    BrokerProgram.run(config, new FalseClock(Path.of(arguments[2])), System.out, System.err);
  }

  /// A runner that was killed must not leave a broker behind: its end closes our input.
  private static void endWithRunner() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      System.err.println("the runner cannot be heard: " + e);
    }
    Runtime.getRuntime().halt(1);
  }
}
