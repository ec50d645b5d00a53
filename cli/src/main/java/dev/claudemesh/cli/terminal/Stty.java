package dev.claudemesh.cli.terminal;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/// What `stty` knows of the terminal: that costs a few milliseconds, and a library for it many
/// more. Where there is no terminal, or no `stty`, nothing is known.
public final class Stty {
  private Stty() {}

  /// How wide the window is.
  static OptionalInt width() {
    return run("size")
        .map(size -> size.split(" "))
        .filter(size -> size.length == 2 && size[1].matches("[1-9]\\d{0,4}"))
        .map(size -> OptionalInt.of(Integer.parseInt(size[1])))
        .orElse(OptionalInt.empty());
  }

  /// All that it is set to, for {@link #restore}.
  public static Optional<String> settings() {
    return run("-g").filter(settings -> !settings.isEmpty());
  }

  public static void restore(String settings) {
    run(settings);
  }

  private static Optional<String> run(String argument) {
    try {
      Process stty =
          new ProcessBuilder("stty", argument)
              .redirectInput(Redirect.INHERIT)
              .redirectError(Redirect.DISCARD)
              .start();
      String said =
          new String(stty.getInputStream().readNBytes(1_000), StandardCharsets.US_ASCII).strip();
      return stty.waitFor(1, TimeUnit.SECONDS) && stty.exitValue() == 0
          ? Optional.of(said)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
