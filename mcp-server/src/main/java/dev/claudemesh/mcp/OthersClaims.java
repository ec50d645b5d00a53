package dev.claudemesh.mcp;

import dev.claudemesh.protocol.claims.Claim;
import dev.claudemesh.protocol.claims.ClaimEvent.ClaimsChanged;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// What others on one mesh are editing: asked for when a hook first wants to know and after each
/// lost connection, and kept by what the broker tells in between. Thread-safe.
final class OthersClaims {
  private final Map<String, List<Claim>> byHolder = new HashMap<>();
  private final Set<String> told = new HashSet<>();
  private boolean known;

  /// The connection is gone, and with it what is told meanwhile.
  synchronized void lost() {
    known = false;
    byHolder.clear();
    told.clear();
  }

  synchronized void changed(ClaimsChanged change) {
    told.add(change.pubkey());
    byHolder.put(change.pubkey(), change.claims());
  }

  /// Asks for all claims unless they are known. What is told while the answer comes is newer than
  /// the answer.
  ///
  /// @throws dev.claudemesh.protocol.Problem if they cannot be had
  void ensure(Supplier<List<Claim>> ask) {
    synchronized (this) {
      if (known) {
        return;
      }
      told.clear();
    }
    Map<String, List<Claim>> all = ask.get().stream().collect(Collectors.groupingBy(Claim::pubkey));
    synchronized (this) {
      all.keySet().removeAll(told);
      byHolder.putAll(all);
      known = true;
    }
  }

  /// Claims that a file belongs to.
  ///
  /// @param self key of this session, whose own do not count
  synchronized List<Claim> on(String root, String path, String self, Instant now) {
    return byHolder.values().stream()
        .flatMap(List::stream)
        .filter(claim -> !claim.pubkey().equals(self) && claim.until().isAfter(now))
        .filter(claim -> claim.covers(root, path))
        .toList();
  }
}
