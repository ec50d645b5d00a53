package dev.claudemesh.cli.policy;

import dev.claudemesh.protocol.Operation.Effect;
import java.util.Map;
import java.util.Optional;

/// Which commands are done, asked about, and refused. Pure.
///
/// @param ask before which commands the user is asked, where nothing else is said of them
/// @param commands what is said of single commands, by their words; a first word alone is said of
///   all that begin with it
record Policy(AskBefore ask, Map<String, Decision> commands) {
  static final Policy USUAL = new Policy(AskBefore.DESTROY, Map.of());

  /// With another answer to the first question, as `--approval-mode` gives it. What is said of
  /// single commands stands.
  Policy with(Optional<AskBefore> mode) {
    return mode.map(other -> new Policy(other, commands)).orElse(this);
  }

  /// @param words the command, such as `task create`
  Decision decide(String words, Effect effect) {
    Decision said = commands.get(words);
    if (said == null && words.contains(" ")) {
      said = commands.get(words.substring(0, words.indexOf(' ')));
    }
    if (said != null) {
      return said;
    }
    return ask.asksFor(effect) ? Decision.ASK : Decision.ALLOW;
  }
}
