package dev.claudemesh.cli.launch;

import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.config.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/// `launches.json`: how sessions were started, so that one that is resumed comes back as what it
/// was. A convenience: a file that cannot be read counts as none, one that cannot be written is
/// left. Holds no secret.
record SavedLaunches(Path path) {
  /// Older ones are forgotten.
  static final int MOST = 200;

  /// One session.
  record Saved(
      String session,
      String mesh,
      String name,
      Optional<String> role,
      Optional<String> groups,
      Optional<String> messageMode,
      Instant at) {
    private boolean isWhole() {
      return session != null && mesh != null && name != null;
    }
  }

  Optional<Saved> of(String session) {
    return all().stream().filter(saved -> saved.session().equals(session)).findFirst();
  }

  private List<Saved> all() {
    try {
      Saved[] read = Wire.mapper().readValue(Files.readString(path), Saved[].class);
      return read == null
          ? List.of()
          : Stream.of(read).filter(Objects::nonNull).filter(Saved::isWhole).toList();
    } catch (IOException | JacksonException e) {
      return List.of();
    }
  }

  void add(Saved saved) {
    List<Saved> all = new ArrayList<>();
    all.add(saved);
    all().stream()
        .filter(other -> !other.session().equals(saved.session()))
        .limit(MOST - 1)
        .forEach(all::add);
    try {
      PrivateFiles.write(
          path, Wire.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
    } catch (IOException e) {
      // A resumed session is asked about again.
      return;
    }
  }
}
