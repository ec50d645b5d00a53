package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Arguments of tools that are written by hand; the others are decoded as a frame is.
record Arguments(String tool, ObjectNode node) {
  private static final int MAX_TARGETS = 50;

  /// @throws Problem `invalid_request` if it is there and not a text
  Optional<String> text(String name) {
    JsonNode value = node.get(name);
    if (value == null || value.isNull() || (value.isString() && value.stringValue().isBlank())) {
      return Optional.empty();
    }
    if (!value.isString()) {
      throw invalid(name, "must be a text");
    }
    return Optional.of(value.stringValue());
  }

  /// @throws Problem `invalid_request` if it is absent or not a text
  String requiredText(String name) {
    return text(name).orElseThrow(() -> invalid(name, "is required"));
  }

  /// One text or a list of texts, each once, in order.
  List<String> texts(String name) {
    JsonNode value = node.get(name);
    if (value == null || !value.isArray()) {
      return List.of(requiredText(name));
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode entry : value) {
      if (!entry.isString() || entry.stringValue().isBlank()) {
        throw invalid(name, "must be a text or a list of texts");
      }
      texts.add(entry.stringValue());
    }
    if (texts.isEmpty() || texts.size() > MAX_TARGETS) {
      throw invalid(name, "must name 1 to " + MAX_TARGETS);
    }
    return List.copyOf(new LinkedHashSet<>(texts));
  }

  /// One of a few words.
  <E extends Enum<E>> Optional<E> word(String name, Class<E> words) {
    return text(name)
        .map(word -> {
          for (E constant : words.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(word)) {
              return constant;
            }
          }
          throw invalid(name, "must be one of " + String.join(", ", names(words)));
        });
  }

  private static <E extends Enum<E>> List<String> names(Class<E> words) {
    return java.util.Arrays.stream(words.getEnumConstants())
        .map(word -> word.name().toLowerCase(java.util.Locale.ROOT))
        .toList();
  }

  private Problem invalid(String name, String expected) {
    return new Problem(ProblemCode.INVALID_REQUEST, tool + ": \"" + name + "\" " + expected);
  }
}
