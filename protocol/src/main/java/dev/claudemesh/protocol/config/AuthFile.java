package dev.claudemesh.protocol.config;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.accounts.AccountToken;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `auth.json`: as whom somebody is signed in, and where. Only its owner may read it; a file or
/// folder that others could reach is narrowed down, and that is told.
///
/// @param warn told what was mended
public record AuthFile(Path path, Consumer<String> warn) {

  /// Somebody signed in.
  ///
  /// @param broker the only one the token is sent to
  public record Entry(AccountToken token, URI broker, String email) {}

  /// Empty if nobody is signed in.
  ///
  /// @throws Problem `invalid` if the file holds anything else
  public Optional<Entry> read() {
    try {
      narrowDown(path.getParent());
      narrowDown(path);
      return Optional.of(parsed(Files.readString(path, StandardCharsets.UTF_8)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | JacksonException | IllegalArgumentException e) {
      throw new Problem(ProblemCode.INVALID, path + " cannot be read; run claudemesh login");
    }
  }

  private static Entry parsed(String text) {
    JsonNode json = Wire.mapper().readTree(text);
    return new Entry(
        AccountToken.of(json.path("token").asString(""))
            .orElseThrow(() -> new IllegalArgumentException("no token")),
        URI.create(json.path("broker").stringValue()),
        json.path("email").asString(""));
  }

  /// @throws Problem `forbidden` if it cannot be written
  public void write(Entry entry) {
    ObjectNode json = Wire.mapper().createObjectNode();
    json.put("token", entry.token().text());
    json.put("broker", entry.broker().toString());
    json.put("email", entry.email());
    try {
      PrivateFiles.write(path, json.toPrettyString() + "\n");
      narrowDown(path.getParent());
    } catch (IOException e) {
      throw new Problem(ProblemCode.FORBIDDEN, path + " cannot be written: " + e.getMessage());
    }
  }

  /// @return whether there was one
  /// @throws Problem `forbidden` if it cannot be removed
  public boolean delete() {
    try {
      return Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new Problem(ProblemCode.FORBIDDEN, path + " cannot be removed: " + e.getMessage());
    }
  }

  private void narrowDown(Path narrowed) throws IOException {
    Optional<String> mode = PrivateFiles.tooWide(narrowed);
    if (mode.isPresent() && PrivateFiles.narrowDown(narrowed)) {
      warn.accept(narrowed + " could be reached by others (" + mode.get() + "); now only you can");
    }
  }
}
