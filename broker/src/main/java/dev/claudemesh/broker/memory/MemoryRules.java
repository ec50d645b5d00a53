package dev.claudemesh.broker.memory;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.util.List;

/// What may be remembered, and how it is named. Pure.
final class MemoryRules {
  /// Characters of an id that are enough to name it.
  static final int SHORTEST_ID = 8;

  private MemoryRules() {}

  /// @throws Problem `invalid_request` if there is nothing to be read
  static String content(String content) {
    if (content.isBlank()) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST, "remember: \"content\" must not be blank; what is it?");
    }
    return content;
  }

  /// Each once, without blanks around.
  static List<String> tags(List<String> tags) {
    return tags.stream().map(String::strip).filter(tag -> !tag.isEmpty()).distinct().toList();
  }

  /// The id, or the beginning of one.
  ///
  /// @throws Problem `invalid_request` if it is too short to mean one
  static String idOrBeginning(String text) {
    if (text.length() < SHORTEST_ID) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "forget: \"memoryId\" needs at least the first " + SHORTEST_ID + " characters of an id");
    }
    return text;
  }
}
