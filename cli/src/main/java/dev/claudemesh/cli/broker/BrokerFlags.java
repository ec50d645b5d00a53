package dev.claudemesh.cli.broker;

import dev.claudemesh.broker.kernel.BrokerConfig;
import dev.claudemesh.broker.kernel.ConfigException;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Environment;
import dev.claudemesh.cli.ExitCode;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/// The settings that have a flag; all others come from the environment or the file in the data
/// folder.
final class BrokerFlags {
  @Option(
      names = "--host",
      paramLabel = "<address>",
      description = "Where to listen; BROKER_HOST, else 127.0.0.1.")
  private Optional<String> host = Optional.empty();

  @Option(
      names = "--port",
      paramLabel = "<port>",
      description = "Which port, 0 for a free one; BROKER_PORT, else 7900.")
  private Optional<String> port = Optional.empty();

  @Option(
      names = "--data",
      paramLabel = "<folder>",
      description = "Where it keeps everything; CLAUDEMESH_DATA, else ~/.claudemesh/broker.")
  private Optional<String> data = Optional.empty();

  /// @throws CommandFailure `arguments` listing every mistake
  BrokerConfig read(Environment environment) {
    Map<String, String> flags = new TreeMap<>();
    host.ifPresent(value -> flags.put("BROKER_HOST", value));
    port.ifPresent(value -> flags.put("BROKER_PORT", value));
    data.ifPresent(value -> flags.put("CLAUDEMESH_DATA", value));
    try {
      return BrokerConfig.read(environment.variables(), flags);
    } catch (ConfigException e) {
      throw new CommandFailure(ExitCode.ARGUMENTS, e.getMessage());
    }
  }
}
