package dev.claudemesh.protocol.client;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// How many letters must be typed differently to turn one name into another (Levenshtein).
public final class EditDistance {
  private static final int MOST = 3;
  private static final int BEGINNING = 3;

  private EditDistance() {}

  /// What somebody may have meant by a word that is none of those that are known, the nearest
  /// first: one letter in three may be wrong, or the end be missing.
  public static List<String> near(String word, Collection<String> known) {
    String lower = word.toLowerCase(Locale.ROOT);
    int tolerated = Math.max(1, lower.length() / 3);
    return known.stream()
        .filter(each ->
            between(lower, each) <= tolerated
                || lower.length() >= BEGINNING && each.startsWith(lower))
        .sorted(
            Comparator.comparingInt((String each) -> between(lower, each))
                .thenComparing(Comparator.naturalOrder()))
        .limit(MOST)
        .toList();
  }

  public static int between(String one, String other) {
    int[] previous = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] row = new int[other.length() + 1];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int replaced = previous[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(previous[j], row[j - 1]));
      }
      previous = row;
    }
    return previous[other.length()];
  }
}
