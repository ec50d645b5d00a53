package dev.claudemesh.cli;

import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Wire;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// Runs commands in this process as somebody with a home, a config folder and variables of their
/// own.
public final class Shell {
  private final Path home;
  private final Map<String, String> variables = new TreeMap<>();
  private Optional<Path> launcher = Optional.empty();
  private boolean interactive;
  private Supplier<InputStream> input = InputStream::nullInputStream;
  private InstantSource clock = InstantSource.system();

  /// @param home its `.claudemesh` holds the config
  public Shell(Path home, String user) {
    this.home = home;
    variables.put("USER", user);
    variables.put("LANG", "C.UTF-8");
  }

  public Shell broker(URI url) {
    return with("CLAUDEMESH_BROKER_URL", url.toString());
  }

  public Shell with(String variable, String value) {
    variables.put(variable, value);
    return this;
  }

  public Shell launcher(Path path) {
    launcher = Optional.of(path);
    return this;
  }

  /// As if a person sat there, who types this.
  public Shell typing(String text) {
    interactive = true;
    input = () -> bytes(text);
    return this;
  }

  /// As if this came through a pipe.
  public Shell piped(String text) {
    interactive = false;
    input = () -> bytes(text);
    return this;
  }

  /// As if this came through a pipe, bit by bit.
  public Shell piped(PipedOutputStream from) throws IOException {
    interactive = false;
    InputStream other = new PipedInputStream(from);
    input = () -> other;
    return this;
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  public Shell at(InstantSource time) {
    clock = time;
    return this;
  }

  public Path home() {
    return home;
  }

  public Path config() {
    return home.resolve(".claudemesh").resolve("config.json");
  }

  /// What a command printed and how it ended.
  public record Ran(int exit, String out, String err) {
    public JsonNode json() {
      return Wire.mapper().readTree(out);
    }
  }

  /// What a command gets that is only looked at.
  public Context context() {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    Environment environment =
        new Environment(Map.copyOf(variables), home, home, InputStream.nullInputStream(), launcher);
    return new Context(environment, new Terminal(nowhere, nowhere, false, variables), clock);
  }

  public Ran run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
    Environment environment =
        new Environment(Map.copyOf(variables), home, home, input.get(), launcher);
    int exit =
        Cli.run(
            new Context(
                environment, new Terminal(outStream, errStream, interactive, variables), clock),
            arguments);
    return new Ran(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /// The same, and it must have ended well.
  public Ran ok(String... arguments) {
    Ran ran = run(arguments);
    if (ran.exit() != 0) {
      throw new AssertionError(
          String.join(" ", arguments) + " ended with " + ran.exit() + "\n" + ran.out() + ran.err());
    }
    return ran;
  }
}
