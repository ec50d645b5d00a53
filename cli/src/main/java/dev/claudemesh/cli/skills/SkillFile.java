package dev.claudemesh.cli.skills;

import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.skills.SkillRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A `SKILL.md` as people write them: YAML front matter, then Markdown. Pure.
final class SkillFile {
  private static final Pattern FORM =
      Pattern.compile(
          "\\A\\uFEFF?---[ \\t]*\\R(.*?)^---[ \\t]*\\R(.*)\\z", Pattern.DOTALL | Pattern.MULTILINE);
  private static final int MAX_YAML = 65_536;

  private SkillFile() {}

  /// Reads a file.
  ///
  /// @param name what it is called where its front matter does not say
  /// @throws CommandFailure `arguments` with what is missing or wrong
  static SkillRequest.Share read(String text, String name) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw wrong("does not begin with front matter: a line ---, fields, and a line ---");
    }
    ObjectNode fields = fields(form.group(1));
    String called = taken(fields, "name").orElse(name);
    String description =
        taken(fields, "description")
            .orElseThrow(() -> wrong("lacks a description in its front matter"));
    Optional<List<String>> tags = Optional.ofNullable(fields.remove("tags")).map(SkillFile::words);
    fields.remove(List.of("author", "version"));
    return new SkillRequest.Share(
        called,
        description,
        form.group(2).strip(),
        tags,
        fields.isEmpty() ? Optional.empty() : Optional.of(fields));
  }

  private static ObjectNode fields(String yaml) {
    try {
      LoadSettings settings =
          LoadSettings.builder()
              .setAllowDuplicateKeys(false)
              .setMaxAliasesForCollections(10)
              .setCodePointLimit(MAX_YAML)
              .build();
      Object loaded = new Load(settings).loadFromString(yaml);
      if (loaded == null) {
        return Wire.mapper().createObjectNode();
      }
      if (!(loaded instanceof Map<?, ?> map)) {
        throw wrong("has front matter that is not fields with values");
      }
      Map<String, Object> named = new LinkedHashMap<>();
      map.forEach((key, value) -> named.put(String.valueOf(key), value));
      return Wire.mapper().valueToTree(named);
    } catch (YamlEngineException e) {
      throw wrong(
          "has front matter that is not YAML: " + e.getMessage().lines().findFirst().orElse(""));
    }
  }

  private static Optional<String> taken(ObjectNode fields, String name) {
    return Optional.ofNullable(fields.remove(name))
        .filter(value -> !value.isNull())
        .map(JsonNode::asString)
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  /// A list, or words with commas between.
  private static List<String> words(JsonNode value) {
    return value.isArray()
        ? value.valueStream().map(JsonNode::asString).toList()
        : List.of(value.asString("").strip().split("\\s*,\\s*"));
  }

  private static CommandFailure wrong(String what) {
    return new CommandFailure(ExitCode.ARGUMENTS, "The skill " + what);
  }
}
