package dev.claudemesh.broker.state;

import dev.claudemesh.broker.kernel.Listed;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.state.StateReply.Entry;
import java.util.List;
import java.util.Optional;

/// What may be shared, and how much of it fits into one answer. Pure.
final class StateRules {
  private StateRules() {}

  /// What a refused change is answered with.
  ///
  /// @param now the key's version; empty if it is not there
  static Problem stale(String key, Optional<Long> now) {
    return new Problem(
        ProblemCode.STALE_VERSION,
        now.map(version -> "\"" + key + "\" has version " + version + " by now")
                .orElse("\"" + key + "\" is not there any more")
            + "; nothing was changed. Read it again, then decide",
        Wire.mapper().createObjectNode().put("version", now.orElse(0L)));
  }

  /// What a member is told who may not change a key.
  static Problem held(String key, String owner) {
    return new Problem(
        ProblemCode.FORBIDDEN,
        "\""
            + key
            + "\" is protected by "
            + owner
            + "; ask them to grant you state-write, or an admin to change it");
  }

  /// As many entries as fit into one answer, at least one.
  static List<Entry> fitting(List<Entry> entries, int maxBytes) {
    return Listed.fitting(entries, StateRules::size, maxBytes);
  }

  /// Characters of an entry.
  static int size(Entry entry) {
    return entry.key().length() + entry.value().toString().length();
  }
}
