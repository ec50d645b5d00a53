package dev.claudemesh.protocol.config;

import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The mesh that a command was last meant for, and what was chosen with it.
public record LastUsed(
    String meshSlug, Optional<String> displayName, Optional<String> role, Instant timestamp) {

  /// `last-used.json`. A convenience: a file that cannot be read counts as none, one that cannot be
  /// written is left.
  public record File(Path path) {
    public Optional<LastUsed> read() {
      try {
        JsonNode json = Wire.mapper().readTree(Files.readString(path));
        return text(json, "meshSlug")
            .map(slug ->
                new LastUsed(
                    slug,
                    text(json, "displayName"),
                    text(json, "role"),
                    Instant.ofEpochMilli(json.path("timestamp").asLong(0))));
      } catch (IOException | JacksonException e) {
        return Optional.empty();
      }
    }

    public void write(LastUsed used) {
      ObjectNode json = Wire.mapper().createObjectNode();
      json.put("meshSlug", used.meshSlug);
      used.displayName.ifPresent(name -> json.put("displayName", name));
      used.role.ifPresent(role -> json.put("role", role));
      json.put("timestamp", used.timestamp.toEpochMilli());
      try {
        PrivateFiles.write(path, json.toPrettyString() + "\n");
      } catch (IOException e) {
        // The next command asks for --mesh instead of guessing.
        return;
      }
    }

    private static Optional<String> text(JsonNode json, String field) {
      return json.path(field).isString()
          ? Optional.of(json.get(field).stringValue())
          : Optional.empty();
    }
  }
}
