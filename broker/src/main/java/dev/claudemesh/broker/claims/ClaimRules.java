package dev.claudemesh.broker.claims;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.claims.Claim;
import dev.claudemesh.protocol.claims.Conflict;
import dev.claudemesh.protocol.claims.PathGlob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which claims meet. Pure.
final class ClaimRules {
  /// Steps of one answer. What lies beyond is told as if it met: a warning too many is better than
  /// one too few, and than a lane that hangs.
  static final long MOST_STEPS = 20_000_000;

  /// Conflicts with one holder that are told; more say nothing new to either side.
  static final int PER_HOLDER = 50;

  /// Entries of one answer; it says how many more there are.
  static final int TOLD = 500;

  private ClaimRules() {}

  /// Reads globs, each once, as they are kept.
  ///
  /// @throws Problem `invalid_request` naming the one that is none
  static List<String> globs(List<String> written) {
    return written.stream()
        .map(glob ->
            PathGlob.parse(glob)
                .map(PathGlob::toString)
                .orElseThrow(() ->
                    new Problem(
                        ProblemCode.INVALID_REQUEST,
                        "\"globs\": \"" + glob + "\" is no glob; write " + PathGlob.FORM)))
        .distinct()
        .toList();
  }

  /// Pairs of globs that some path belongs to both of, seen from the first side; so many of each
  /// holder at most.
  static List<Conflict> conflicts(List<String> mine, List<Claim> others, long mostSteps) {
    Steps steps = new Steps(mostSteps);
    List<PathGlob> own = mine.stream().map(ClaimRules::parsed).toList();
    List<Conflict> found = new ArrayList<>();
    Map<String, Integer> ofHolder = new HashMap<>();
    for (Claim other : others) {
      PathGlob theirs = parsed(other.glob());
      for (PathGlob glob : own) {
        if (ofHolder.getOrDefault(other.pubkey(), 0) < PER_HOLDER && steps.meet(glob, theirs)) {
          found.add(Conflict.between(glob.toString(), other));
          ofHolder.merge(other.pubkey(), 1, Integer::sum);
        }
      }
    }
    return found;
  }

  /// Claims that a path belongs to.
  static List<Claim> on(String path, List<Claim> claims, long mostSteps) {
    Steps steps = new Steps(mostSteps);
    PathGlob exactly = PathGlob.exactly(path);
    return claims.stream().filter(claim -> steps.meet(parsed(claim.glob()), exactly)).toList();
  }

  /// How many entries are left out of an answer.
  static Optional<Integer> more(List<?> entries) {
    return Optional.of(entries.size() - TOLD).filter(left -> left > 0);
  }

  /// What is in the table was read before it came there.
  private static PathGlob parsed(String glob) {
    Optional<PathGlob> parsed = PathGlob.parse(glob);
    return parsed.orElseGet(() -> PathGlob.exactly(glob));
  }

  /// Counts what comparing costs.
  private static final class Steps {
    private long left;

    Steps(long most) {
      left = most;
    }

    boolean meet(PathGlob one, PathGlob two) {
      if (left > 0) {
        left -= one.cost(two);
      }
      return left <= 0 || one.meets(two);
    }
  }
}
