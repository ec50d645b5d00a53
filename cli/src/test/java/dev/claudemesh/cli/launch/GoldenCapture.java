package dev.claudemesh.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Screens as they should look, one file each. `-Dupdate=true` writes them anew.
final class GoldenCapture {
  private GoldenCapture() {}

  /// Compares a screen with its file; ports and ids differ from run to run.
  static void check(String name, String screen) throws IOException {
    Path file =
        Path.of(
            System.getProperty("claudemesh.root"),
            "cli/src/test/resources/golden/screens",
            name + ".txt");
    String found =
        screen
            .replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:PORT")
            .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "SESSION")
            .replaceAll(" in \\d+ s", " in N s");
    if (Boolean.getBoolean("update")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, found);
    }
    assertThat(found)
        .as(name + " (run with -Dupdate=true if this is as it should be)")
        .isEqualTo(Files.readString(file));
  }
}
