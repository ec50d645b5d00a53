package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which tools a session is offered: each costs some of its context.
///
/// @param words groups, tools, `core` or `all`
record ToolChoice(Set<String> words) {
  static final ToolChoice ALL = new ToolChoice(Set.of("all"));

  /// What a session needs to talk.
  static final Set<String> CORE =
      Set.of("send_message", "check_messages", "message_status", "list_peers", "set_summary");

  /// @param text words with commas between
  static ToolChoice of(String text) {
    return new ToolChoice(
        Arrays.stream(text.split(","))
            .map(String::strip)
            .filter(word -> !word.isEmpty())
            .collect(Collectors.toUnmodifiableSet()));
  }

  /// The tools that were chosen.
  ///
  /// @throws Problem `invalid_argument`, naming the words that fit nothing, and what there is
  List<Tool> from(Collection<Tool> tools) {
    Set<String> groups =
        tools.stream().map(Tool::group).collect(Collectors.toCollection(TreeSet::new));
    List<String> unknown =
        words.stream()
            .filter(Predicate.not(Set.of("all", "core")::contains))
            .filter(Predicate.not(groups::contains))
            .filter(word -> tools.stream().noneMatch(tool -> tool.name().equals(word)))
            .sorted()
            .toList();
    if (words.isEmpty() || !unknown.isEmpty()) {
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT,
          (unknown.isEmpty()
                  ? "No tools were chosen"
                  : "No tools are called " + String.join(", ", unknown))
              + "; there are all, core, the groups "
              + String.join(", ", groups)
              + ", and each tool by its name");
    }
    return tools.stream().filter(this::takes).toList();
  }

  private boolean takes(Tool tool) {
    return words.contains("all")
        || words.contains("core") && CORE.contains(tool.name())
        || Stream.of(tool.group(), tool.name()).anyMatch(words::contains);
  }
}
