package dev.claudemesh.cli.install;

import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.config.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What an installation inserted into which file, so that taking it out leaves the file as it was,
/// to the byte. Without it we still find what is ours.
record Receipt(Map<Path, Entry> files) {
  /// One file.
  ///
  /// @param created whether there was no file before
  record Entry(boolean created, List<TextEdit> edits) {
    static final Entry NOTHING = new Entry(false, List.of());
  }

  /// Reads a receipt; one that is not there, or cannot be read, counts as empty.
  static Receipt read(Path file) {
    Map<Path, Entry> files = new TreeMap<>();
    try {
      JsonNode json = Wire.mapper().readTree(Files.readString(file)).path("files");
      json.properties()
          .forEach(entry -> files.put(Path.of(entry.getKey()), entry(entry.getValue())));
    } catch (IOException | JacksonException e) {
      return new Receipt(new TreeMap<>());
    }
    return new Receipt(files);
  }

  private static Entry entry(JsonNode json) {
    List<TextEdit> edits = new ArrayList<>();
    json.path("edits")
        .forEach(edit ->
            edits.add(
                new TextEdit(
                    0, edit.path("removed").asString(""), edit.path("inserted").asString(""))));
    return new Entry(json.path("created").asBoolean(false), edits);
  }

  Entry of(Path file) {
    return files.getOrDefault(file, Entry.NOTHING);
  }

  /// With more inserted into a file.
  Receipt with(Path file, boolean created, List<TextEdit> more) {
    Entry before = of(file);
    List<TextEdit> edits = new ArrayList<>(before.edits());
    edits.addAll(more);
    Map<Path, Entry> all = new TreeMap<>(files);
    all.put(file, new Entry(before.created() || created, edits));
    return new Receipt(all);
  }

  Receipt without(Path file) {
    Map<Path, Entry> all = new TreeMap<>(files);
    all.remove(file);
    return new Receipt(all);
  }

  void write(Path file) throws IOException {
    if (files.isEmpty()) {
      Files.deleteIfExists(file);
      return;
    }
    ObjectNode json = Wire.mapper().createObjectNode();
    json.put("version", 1);
    ObjectNode all = json.putObject("files");
    files.forEach((path, entry) -> {
      ObjectNode one = all.putObject(path.toString());
      one.put("created", entry.created());
      ArrayNode edits = one.putArray("edits");
      entry
          .edits()
          .forEach(edit ->
              edits.addObject().put("removed", edit.removed()).put("inserted", edit.inserted()));
    });
    PrivateFiles.write(file, json.toPrettyString() + "\n");
  }
}
