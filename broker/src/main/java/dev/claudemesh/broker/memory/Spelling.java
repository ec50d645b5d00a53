package dev.claudemesh.broker.memory;

import dev.claudemesh.protocol.client.EditDistance;
import java.util.Comparator;
import java.util.List;

/// Which words may have been meant by one that was typed. Pure.
final class Spelling {
  /// Words that are taken in place of one.
  static final int MOST = 5;

  private static final int SHORTEST = 4;
  private static final int SHORT = 6;
  private static final int LONGEST = 40;

  private Spelling() {}

  /// A word that some memories have.
  ///
  /// @param typed what it may stand for
  /// @param memories how many have it
  /// @param stems what it is found by; several for a compound
  record Written(String typed, String word, int memories, List<String> stems) {
    boolean isTyped() {
      return word.equals(typed);
    }
  }

  /// Whether a slip of the fingers can be told from another word: it is long enough, and no number,
  /// version or key.
  static boolean isCorrectable(String typed) {
    return typed.length() >= SHORTEST
        && typed.length() <= LONGEST
        && typed.codePoints().allMatch(point -> Character.isLetter(point) || point == '-');
  }

  /// The words nearest to what was typed, of those that look like it: one letter off in a short
  /// word, two in a longer one.
  static List<Written> meant(String typed, List<Written> alike) {
    int far = typed.length() < SHORT ? 1 : 2;
    return alike.stream()
        .filter(found -> !found.isTyped() && isCorrectable(found.word()))
        .filter(found -> EditDistance.between(typed, found.word()) <= far)
        .sorted(
            Comparator.<Written>comparingInt(found -> EditDistance.between(typed, found.word()))
                .thenComparing(Comparator.comparingInt(Written::memories).reversed())
                .thenComparing(Written::word))
        .limit(MOST)
        .toList();
  }
}
