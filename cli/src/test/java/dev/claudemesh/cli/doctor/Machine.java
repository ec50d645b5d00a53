package dev.claudemesh.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.cli.Cli;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.Environment;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Somebody's home and variables; commands run in this process.
final class Machine {
  private final Path home;
  private final Map<String, String> variables = new TreeMap<>();
  private Optional<Path> launcher = Optional.empty();
  private InstantSource clock;

  record Ran(int exit, String out, String err) {
    JsonNode json() {
      return Wire.mapper().readTree(out);
    }
  }

  Machine(TestBroker broker, Path home, String user) {
    this.home = home;
    this.clock = broker.clock();
    with("USER", user).with("LANG", "C.UTF-8");
    with("CLAUDEMESH_BROKER_URL", broker.wsUrl().toString());
  }

  Machine with(String variable, String value) {
    variables.put(variable, value);
    return this;
  }

  Machine launcher(Path path) {
    launcher = Optional.of(path);
    return this;
  }

  void at(InstantSource time) {
    clock = time;
  }

  Path config() {
    return home.resolve(".claudemesh/config.json");
  }

  Ran run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            variables);
    Environment environment =
        new Environment(Map.copyOf(variables), home, home, InputStream.nullInputStream(), launcher);
    int exit = Cli.run(new Context(environment, terminal, clock), arguments);
    return new Ran(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  Ran ok(String... arguments) {
    Ran ran = run(arguments);
    assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
    return ran;
  }

  /// The one entry of the config.
  ObjectNode mesh() throws IOException {
    return (ObjectNode) Wire.mapper().readTree(Files.readString(config())).path("meshes").get(0);
  }

  void change(String field, String value) throws IOException {
    ObjectNode mesh = mesh();
    mesh.put(field, value);
    write(mesh);
  }

  void write(ObjectNode mesh) throws IOException {
    ObjectNode config = Wire.mapper().createObjectNode();
    config.put("version", 1).putArray("meshes").add(mesh);
    Files.writeString(config(), config.toString());
  }
}
