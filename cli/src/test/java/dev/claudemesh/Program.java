package dev.claudemesh;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// The packaged program in a folder of its own, with a home of its own, run through its launcher as
/// a person runs it.
public final class Program {
  private static final Duration PATIENCE = Duration.ofSeconds(180);

  private final Path folder;
  private final Map<String, String> environment = new TreeMap<>();

  /// What a finished process said.
  public record Ended(int exit, String out, String err) {}

  private Program(Path folder) {
    this.folder = folder;
  }

  /// Lays the program out: the launcher and its jars.
  public static Program install(Path folder) throws IOException {
    Program program = empty(folder);
    Files.copy(Sources.root().resolve("claudemesh"), folder.resolve("claudemesh"));
    Files.createSymbolicLink(
        folder.resolve("lib"), Sources.root().resolve("cli/target/dist/lib").toRealPath());
    Files.createSymbolicLink(folder.resolve("docs"), Sources.root().resolve("docs"));
    program.environment.put(
        "PATH", Path.of(System.getProperty("java.home"), "bin") + ":" + System.getenv("PATH"));
    program.environment.put("CLAUDEMESH_JAVA", System.getProperty("java.home"));
    program.environment.put("CLAUDEMESH_AOT", "off");
    return program;
  }

  /// A folder with an empty home, a free port for a broker, and no Java.
  public static Program empty(Path folder) throws IOException {
    Program program = new Program(folder);
    Path home = Files.createDirectory(folder.resolve("home"));
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    program.environment.put("HOME", home.toString());
    program.environment.put("PATH", "/usr/bin:/bin");
    program.environment.put("BROKER_PORT", Integer.toString(port));
    program.environment.put("CLAUDEMESH_BROKER_URL", "ws://127.0.0.1:" + port + "/ws");
    return program;
  }

  /// The same program for somebody with a home of their own.
  public Program as(String who) throws IOException {
    Program own = new Program(folder);
    own.environment.putAll(environment);
    own.environment.put("HOME", Files.createDirectory(folder.resolve(who)).toString());
    return own;
  }

  public Path home() {
    return Path.of(environment.get("HOME"));
  }

  /// Runs a shell script in the program's folder to its end.
  ///
  /// @throws AssertionError if it does not end in time
  public Ended run(String script) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    Process process =
        builder(script).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    process.getOutputStream().close();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError("still running: " + script + "\n" + Files.readString(err));
    }
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /// Starts a shell script that does not end, and waits for a line it prints.
  ///
  /// @throws AssertionError if it ends before it printed that
  public Process start(String script, String until) throws IOException {
    Path err = Files.createTempFile(folder, "err", ".txt");
    Process process = builder(script).redirectError(err.toFile()).start();
    StringBuilder said = new StringBuilder();
    for (int next = process.getInputStream().read();
        next >= 0;
        next = process.getInputStream().read()) {
      said.append((char) next);
      if (next == '\n' && said.indexOf(until) >= 0) {
        return process;
      }
    }
    throw new AssertionError("it ended: " + said + Files.readString(err, StandardCharsets.UTF_8));
  }

  private ProcessBuilder builder(String script) {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", script).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder;
  }

  /// Ends a process and all it started.
  public static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
