package dev.claudemesh.cli.account;

import dev.claudemesh.cli.Environment;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Opens a page in the user's browser, where there is one. The link stands in the terminal anyway,
/// so nothing is said where it does not work.
final class Browser {
  private Browser() {}

  /// Only `http` and `https`: a link of a broker starts no other program.
  static void open(Environment environment, String url) {
    if (!url.matches("https?://[!-~]+")) {
      return;
    }
    command(environment)
        .ifPresent(command -> {
          List<String> whole = new java.util.ArrayList<>(command);
          whole.add(url);
          try {
            new ProcessBuilder(whole)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start()
                .getOutputStream()
                .close();
          } catch (IOException e) {
            return; // the link is on the screen
          }
        });
  }

  static Optional<List<String>> command(Environment environment) {
    Optional<String> chosen = environment.variable("BROWSER");
    if (chosen.isPresent()) {
      return chosen.map(List::of);
    }
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (system.contains("mac")) {
      return Optional.of(List.of("open"));
    }
    if (system.contains("windows")) {
      return Optional.of(List.of("rundll32", "url.dll,FileProtocolHandler"));
    }
    return environment
        .variable("WAYLAND_DISPLAY")
        .or(() -> environment.variable("DISPLAY"))
        .map(screen -> List.of("xdg-open"));
  }
}
