package dev.claudemesh.cli.claude;

import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Environment;
import dev.claudemesh.cli.ExitCode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Claude Code on this machine: where it is, and which.
public final class ClaudeBinary {
  /// The first version whose sessions have an inbox of their own, so that no development channel is
  /// needed.
  public static final Number3 WITH_INBOX = new Number3(2, 1, 224);

  private static final Duration VERSION_WAIT = Duration.ofSeconds(10);
  private static final Pattern VERSION = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})");

  private ClaudeBinary() {}

  /// A version.
  public record Number3(int major, int minor, int patch) implements Comparable<Number3> {
    @Override
    public int compareTo(Number3 other) {
      int first = Integer.compare(major, other.major);
      int second = Integer.compare(minor, other.minor);
      return first != 0 ? first : second != 0 ? second : Integer.compare(patch, other.patch);
    }

    @Override
    public String toString() {
      return major + "." + minor + "." + patch;
    }
  }

  /// Where it is (PROTOCOL 13.5): `CLAUDE_BIN`, its usual folders, else the PATH.
  public static Optional<Path> find(Environment environment) {
    List<Path> places = new ArrayList<>();
    environment.variable("CLAUDE_BIN").map(Path::of).ifPresent(places::add);
    if (places.isEmpty()) {
      places.add(environment.home().resolve(".local/bin/claude"));
      places.add(Path.of("/usr/local/bin/claude"));
      places.add(environment.home().resolve(".claude/bin/claude"));
      for (String folder : environment.variable("PATH").orElse("").split(File.pathSeparator)) {
        if (!folder.isBlank()) {
          places.add(Path.of(folder, "claude"));
        }
      }
    }
    return places.stream().filter(Files::isRegularFile).filter(Files::isExecutable).findFirst();
  }

  /// @throws CommandFailure `claude_missing` saying how to install it
  public static Path require(Environment environment) {
    return find(environment)
        .orElseThrow(() ->
            new CommandFailure(
                ExitCode.CLAUDE_MISSING,
                environment
                        .variable("CLAUDE_BIN")
                        .map(named -> "CLAUDE_BIN=" + named + " is not a program. ")
                        .orElse("Claude Code is not on this machine. ")
                    + howToInstall()));
  }

  public static String howToInstall() {
    return "Install it with: curl -fsSL https://claude.ai/install.sh | bash   (or: npm install -g"
        + " @anthropic-ai/claude-code)";
  }

  /// Which version it is; empty if it does not say so in time.
  public static Optional<Number3> version(Path binary) {
    try {
      Process process =
          new ProcessBuilder(binary.toString(), "--version")
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(devNull()))
              .start();
      if (!process.waitFor(VERSION_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      Matcher version =
          VERSION.matcher(
              new String(process.getInputStream().readNBytes(1_000), StandardCharsets.UTF_8));
      return version.find()
          ? Optional.of(
              new Number3(
                  Integer.parseInt(version.group(1)),
                  Integer.parseInt(version.group(2)),
                  Integer.parseInt(version.group(3))))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static File devNull() {
    return new File(File.separatorChar == '\\' ? "NUL" : "/dev/null");
  }
}
