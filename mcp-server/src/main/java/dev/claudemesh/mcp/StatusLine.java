package dev.claudemesh.mcp;

import dev.claudemesh.protocol.config.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the status line of Claude Code shows of this session: one line in a file, behind the second
/// at which it was true. A script prints it, so that no program is started each time the line is
/// drawn; one that is older than two minutes is nobody's any more.
///
/// Thread-safe.
public final class StatusLine implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StatusLine.class);
  private static final Duration WRITE_ANYWAY = Duration.ofSeconds(60);
  private static final Duration STALE = Duration.ofSeconds(120);
  private static final String SIGN = "◇ ";

  /// Shown where no process of ours looks after the session.
  public static final String NOT_CONNECTED = SIGN + "not connected";

  private final Path configFolder;
  private Path file;
  private String written = "";
  private Instant writtenAt = Instant.EPOCH;

  StatusLine(Path configFolder, String sessionId) {
    this.configFolder = configFolder;
    this.file = file(configFolder, sessionId);
  }

  private static Path file(Path configFolder, String sessionId) {
    return configFolder.resolve("run").resolve(sessionId + ".status");
  }

  /// What a session's process wrote down, if it still stands.
  public static Optional<String> read(Path configFolder, String sessionId, Instant now) {
    try {
      String[] parts = Files.readString(file(configFolder, sessionId)).strip().split(" ", 2);
      Instant at = Instant.ofEpochSecond(Long.parseLong(parts[0]));
      return now.isAfter(at.plus(STALE)) || parts.length < 2
          ? Optional.empty()
          : Optional.of(parts[1]);
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /// One mesh as the line tells of it.
  ///
  /// @param heads who is here; empty while that is not known
  record Mesh(String slug, boolean connected, Optional<Heads> heads) {}

  /// How many members are here, of how many.
  record Heads(int online, int members) {}

  /// The line. Pure.
  ///
  /// @param unread messages that the session has not been shown
  static String text(List<Mesh> meshes, int unread) {
    if (meshes.isEmpty()) {
      return SIGN + "no mesh";
    }
    String name = meshes.size() == 1 ? meshes.getFirst().slug() : meshes.size() + " meshes";
    boolean away = meshes.stream().noneMatch(Mesh::connected);
    List<Heads> heads =
        meshes.stream().filter(Mesh::connected).flatMap(mesh -> mesh.heads().stream()).toList();
    String who =
        heads.isEmpty()
            ? ""
            : " · "
                + heads.stream().mapToInt(Heads::online).sum()
                + "/"
                + heads.stream().mapToInt(Heads::members).sum()
                + " online";
    return SIGN
        + name
        + (away ? " · offline" : who)
        + (unread == 0 ? "" : " · " + unread + " unread");
  }

  /// Writes the line where it changed, and now and then anyway, as a sign of life.
  synchronized void show(List<Mesh> meshes, int unread, Instant now) {
    String text = text(meshes, unread);
    if (text.equals(written) && now.isBefore(writtenAt.plus(WRITE_ANYWAY))) {
      return;
    }
    written = text;
    writtenAt = now;
    try {
      PrivateFiles.write(file, now.getEpochSecond() + " " + text + "\n");
    } catch (IOException e) {
      log.debug("the status line could not be written: {}", e.toString());
    }
  }

  /// The session goes on under another id.
  synchronized void moveTo(String sessionId) {
    close();
    file = file(configFolder, sessionId);
    writtenAt = Instant.EPOCH;
  }

  @Override
  public synchronized void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.debug("the status line could not be removed: {}", e.toString());
    }
  }
}
