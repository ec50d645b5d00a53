package dev.claudemesh.bench.faults;

import dev.claudemesh.broker.BrokerProgram;
import dev.claudemesh.broker.kernel.BrokerConfig;
import java.nio.file.Path;
import java.util.Map;

/// The broker as `claudemesh broker` runs it, by a clock that can be put wrong.
final class BrokerMain {
  private BrokerMain() {}

  /// Arguments: port, data folder, file of the clock. Settings come from the environment.
  public static void main(String[] arguments) throws InterruptedException {
    BrokerConfig config =
        BrokerConfig.read(
            System.getenv(), Map.of("BROKER_PORT", arguments[0], "CLAUDEMESH_DATA", arguments[1]));
    BrokerProgram.run(config, new FalseClock(Path.of(arguments[2])), System.out, System.err);
  }
}
