package dev.claudemesh.mcp;

import dev.claudemesh.protocol.claims.Claim;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Warns before a file is edited that somebody else has claimed: once a claim and file, and without
/// holding the edit up.
final class EditWarning {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  /// Warnings that are remembered; then all are forgotten and may come once more.
  private static final int REMEMBERED = 1_000;

  private final Finder finder;
  private final InstantSource clock;
  private final Set<String> given = new HashSet<>();

  /// Knows who has claimed a file.
  @FunctionalInterface
  interface Finder {
    List<Claim> on(String root, String path, Instant now);
  }

  EditWarning(Finder finder, InstantSource clock) {
    this.finder = finder;
    this.clock = clock;
  }

  /// What to tell before an edit.
  ///
  /// @param input of the hook, with the tool's own input
  Optional<String> before(JsonNode input) {
    JsonNode tool = input.path("tool_input");
    String file = tool.path("file_path").asString(tool.path("notebook_path").asString(""));
    String folder = input.path("cwd").asString("");
    if (file.isBlank()) {
      return Optional.empty();
    }
    try {
      return warning(Path.of(folder).resolve(file), Path.of(folder));
    } catch (InvalidPathException noPath) {
      return Optional.empty();
    }
  }

  private Optional<String> warning(Path file, Path folder) {
    WorkTree tree = WorkTree.around(file).orElseGet(() -> WorkTree.of(folder));
    return tree.path(file)
        .map(path ->
            finder.on(tree.name(), path, clock.instant()).stream()
                .filter(claim -> isNew(claim, path))
                .toList())
        .filter(claims -> !claims.isEmpty())
        .map(claims -> text(file.getFileName().toString(), claims));
  }

  private synchronized boolean isNew(Claim claim, String path) {
    if (given.size() >= REMEMBERED) {
      given.clear();
    }
    return given.add(claim.pubkey() + " " + claim.glob() + " " + path);
  }

  private static String text(String file, List<Claim> claims) {
    StringBuilder text =
        new StringBuilder("claudemesh: " + PeerText.attribute(file) + " is claimed by others");
    for (Claim claim : claims) {
      text.append("\n- \"")
          .append(PeerText.attribute(claim.name()))
          .append("\" of ")
          .append(PeerText.attribute(claim.by()))
          .append(" works on ")
          .append(PeerText.attribute(claim.glob()))
          .append(" until ")
          .append(TIME.format(claim.until()));
      claim.note().ifPresent(note -> text.append(": ").append(PeerText.attribute(note)));
    }
    return text + "\nThis does not stop you; talk to them (send_message) where you would collide.";
  }
}
