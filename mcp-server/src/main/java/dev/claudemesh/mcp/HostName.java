package dev.claudemesh.mcp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The machine's own name, without asking the network for it.
final class HostName {
  private HostName() {}

  static Optional<String> of(Map<String, String> environment) {
    return Stream.of(environment.get("HOSTNAME"), environment.get("COMPUTERNAME"), fromFile())
        .filter(name -> name != null && !name.isBlank())
        .map(String::strip)
        .findFirst();
  }

  private static String fromFile() {
    try {
      return Files.readString(Path.of("/etc/hostname"));
    } catch (IOException e) {
      return null;
    }
  }
}
