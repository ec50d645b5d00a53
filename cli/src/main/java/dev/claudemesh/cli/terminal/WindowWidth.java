package dev.claudemesh.cli.terminal;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/// How wide the window is, as `stty` says: that costs a few milliseconds, and a library for it many
/// more.
final class WindowWidth {
  private WindowWidth() {}

  /// Empty where there is no window, or no `stty`.
  static OptionalInt measure() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(Redirect.INHERIT)
              .redirectError(Redirect.DISCARD)
              .start();
      String[] size =
          new String(stty.getInputStream().readNBytes(100), StandardCharsets.US_ASCII)
              .strip()
              .split(" ");
      return stty.waitFor(1, TimeUnit.SECONDS)
              && stty.exitValue() == 0
              && size.length == 2
              && size[1].matches("[1-9]\\d{0,4}")
          ? OptionalInt.of(Integer.parseInt(size[1]))
          : OptionalInt.empty();
    } catch (IOException e) {
      return OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }
}
