package dev.claudemesh.broker.contexts;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.contexts.ContextReply.Context;
import dev.claudemesh.protocol.state.StateEvent;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.JsonNodeFactory;

/// What may be told, and how others hear of it. Pure.
final class ContextRules {
  private static final String KEY = "_context:";

  private ContextRules() {}

  /// @throws Problem `invalid_request` if there is nothing to be read
  static String summary(String summary) {
    if (summary.isBlank()) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "share_context: \"summary\" must not be blank; what are you doing?");
    }
    return summary;
  }

  /// Each once, without blanks around.
  static List<String> texts(Optional<List<String>> texts) {
    return texts.orElse(List.of()).stream()
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .distinct()
        .toList();
  }

  /// What the others hear. No shared value has this key: it is news, not state.
  static StateEvent.Change news(String memberName, String summary) {
    return new StateEvent.Change(
        KEY + memberName,
        JsonNodeFactory.instance.stringNode(summary),
        memberName,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// Characters of a context.
  static int size(Context context) {
    return context.summary().length()
        + Stream.of(context.filesRead(), context.keyFindings(), context.tags())
            .flatMap(List::stream)
            .mapToInt(String::length)
            .sum();
  }
}
