package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Context;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.client.HelloDetails;
import java.util.List;

/// The right to decide what somebody's sessions may do. It is kept on the machine of who gives it,
/// and never at a broker.
public final class Approving {
  static final String WORD = "approve";

  private Approving() {}

  /// What is left for the broker.
  static List<String> without(List<String> words) {
    return words.stream().filter(word -> !word.equals(WORD)).toList();
  }

  /// Only people decide, and name who does: a model is not to allow itself what it asked for. A
  /// fence, as all that holds a process that has its user's files.
  ///
  /// @throws Problem `forbidden` inside a session of Claude Code
  public static void byPersonOnly(Context context) {
    if (context.environment().variable("CLAUDECODE").isPresent()
        || context.environment().variable(HelloDetails.PERMISSIONS).isPresent()) {
      throw new Problem(
          ProblemCode.FORBIDDEN,
          "This is for people: run it in a terminal of your own, outside of Claude Code");
    }
  }
}
