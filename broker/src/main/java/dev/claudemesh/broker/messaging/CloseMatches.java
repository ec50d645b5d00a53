package dev.claudemesh.broker.messaging;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Names that somebody may have meant.
final class CloseMatches {
  private static final int MOST = 5;
  private static final int LONGEST = 60;

  private CloseMatches() {}

  /// The names nearest to a text: those that begin with it or hold it, then those a few letters
  /// away.
  static List<String> of(String text, Collection<String> names) {
    String wanted = lower(text);
    if (wanted.length() > LONGEST) {
      return List.of();
    }
    int far = Math.max(1, (wanted.length() + 1) / 3);
    return names.stream()
        .distinct()
        .filter(name -> name.length() <= LONGEST && distance(wanted, lower(name)) <= far)
        .sorted(
            Comparator.<String>comparingInt(name -> distance(wanted, lower(name)))
                .thenComparing(Comparator.naturalOrder()))
        .limit(MOST)
        .toList();
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static int distance(String wanted, String name) {
    return wanted.length() >= 3 && name.contains(wanted) ? 0 : edits(wanted, name);
  }

  /// Letters to insert, drop or replace (Levenshtein).
  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
