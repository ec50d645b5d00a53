package dev.claudemesh.db;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Runs a short program to its end, with a time limit and a limit on what is kept of its output.
final class Command {

  private static final int MOST_OUTPUT = 64 * 1024;

  private Command() {}

  /// How a program ended, and what it said on both of its outputs.
  record Result(int exitCode, String output) {
    boolean ok() {
      return exitCode == 0;
    }
  }

  /// Makes a child process start as ours do: in `/`, and without our environment, which may hold
  /// secrets.
  static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).directory(Path.of("/").toFile());
    Map<String, String> environment = builder.environment();
    String path = environment.getOrDefault("PATH", "/usr/bin:/bin");
    environment.clear();
    environment.putAll(
        Map.of("PATH", path + ":/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C", "TZ", "UTC"));
    return builder;
  }

  /// Runs to the end. A program that cannot be started counts as failed with exit code 127; one
  /// that takes too long is killed.
  static Result run(List<String> command, Duration limit) {
    Process process;
    try {
      process = builder(command).start();
    } catch (IOException e) {
      return new Result(127, e.getMessage());
    }
    try {
      process.getOutputStream().close();
      CompletableFuture<String> output =
          CompletableFuture.supplyAsync(() -> read(process), Thread::startVirtualThread);
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        return new Result(124, "no end within " + limit.toSeconds() + " s: " + command.getFirst());
      }
      return new Result(process.exitValue(), output.join().strip());
    } catch (IOException e) {
      return new Result(127, e.getMessage());
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return new Result(130, "interrupted");
    }
  }

  private static String read(Process process) {
    try (InputStream in = process.getInputStream()) {
      byte[] head = in.readNBytes(MOST_OUTPUT);
      in.transferTo(OutputStream.nullOutputStream());
      return new String(head, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.getMessage();
    }
  }
}
