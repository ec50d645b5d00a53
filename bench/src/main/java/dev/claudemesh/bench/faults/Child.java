package dev.claudemesh.bench.faults;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A Java program of ours as a process of its own, in an environment that says nothing but what it
/// is told.
final class Child {
  private static final List<String> COMMON =
      List.of(
          "-Xshare:auto",
          "-XX:-UsePerfData",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dfile.encoding=UTF-8");

  private final Process process;

  private Child(Process process) {
    this.process = process;
  }

  /// How to start a program.
  ///
  /// @param flags of its JVM
  /// @param home stands for the user's home, so that the real one is left alone
  record Program(
      List<String> flags,
      String main,
      List<String> arguments,
      Map<String, String> environment,
      Path home) {

    List<String> command() {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(flags);
      command.addAll(COMMON);
      command.add("-Duser.home=" + home);
      Optional.ofNullable(System.getProperty("claudemesh.native.dir"))
          .filter(folder -> !folder.isEmpty())
          .ifPresent(folder -> command.add("-Dclaudemesh.native.dir=" + folder));
      // Surefire hides the real class path behind a jar.
      command.addAll(
          List.of(
              "-cp",
              System.getProperty(
                  "surefire.test.class.path", System.getProperty("java.class.path"))));
      command.add(main);
      command.addAll(arguments);
      return command;
    }
  }

  /// @param log what the process says on stderr is appended to it
  /// @param stdout told each line of it, on a thread of its own
  static Child start(Program program, Path log, Consumer<String> stdout) {
    ProcessBuilder builder = new ProcessBuilder(program.command());
    builder.environment().keySet().retainAll(List.of("PATH", "LANG", "LC_ALL", "TMPDIR", "TZ"));
    builder.environment().put("HOME", program.home().toString());
    builder.environment().putAll(program.environment());
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      Child child = new Child(builder.start());
      Thread.ofPlatform().daemon().name("stdout").start(() -> child.read(stdout));
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(Consumer<String> stdout) {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        stdout.accept(line);
      }
    } catch (IOException ended) {
      // with the process
    }
  }

  /// Writes a line to its stdin; one that is gone does not mind.
  void tell(String line) {
    try {
      OutputStream in = process.getOutputStream();
      in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      in.flush();
    } catch (IOException gone) {
      // whoever needs an answer notices
    }
  }

  Process process() {
    return process;
  }

  boolean alive() {
    return process.isAlive();
  }

  /// Ends it at once and waits until it is gone.
  void kill() {
    process.destroyForcibly();
    endedWithin(Duration.ofSeconds(20));
  }

  void pause() {
    signal("STOP", process.pid());
  }

  void resume() {
    signal("CONT", process.pid());
  }

  void terminate() {
    signal("TERM", process.pid());
  }

  boolean endedWithin(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Sends a signal; nothing happens if there is no such process.
  static void signal(String name, long pid) {
    try {
      new ProcessBuilder("sh", "-c", "kill -s \"$1\" \"$2\"", "sh", name, Long.toString(pid))
          .redirectErrorStream(true)
          .redirectOutput(new File("/dev/null"))
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
