package dev.claudemesh.cli.install;

import java.util.ArrayList;
import java.util.List;

/// The difference of two texts, as `diff -u` shows it. Made for small changes: one region, from the
/// first line that differs to the last.
final class UnifiedDiff {
  private static final int CONTEXT = 3;
  private static final long LARGEST_TABLE = 4_000_000;

  private UnifiedDiff() {}

  /// The lines of the difference; none if the texts are equal.
  static List<String> of(String name, String before, String after) {
    if (before.equals(after)) {
      return List.of();
    }
    List<String> a = lines(before);
    List<String> b = lines(after);
    int head = 0;
    while (head < a.size() && head < b.size() && a.get(head).equals(b.get(head))) {
      head++;
    }
    int tail = 0;
    while (tail < a.size() - head
        && tail < b.size() - head
        && a.get(a.size() - 1 - tail).equals(b.get(b.size() - 1 - tail))) {
      tail++;
    }
    int from = Math.max(0, head - CONTEXT);
    int until = Math.min(a.size(), a.size() - tail + CONTEXT);
    int added = b.size() - a.size();
    List<String> diff = new ArrayList<>();
    diff.add("--- " + name);
    diff.add("+++ " + name);
    diff.add(
        "@@ -"
            + (from + 1)
            + ","
            + (until - from)
            + " +"
            + (from + 1)
            + ","
            + (until - from + added)
            + " @@");
    a.subList(from, head).forEach(line -> diff.add(" " + line));
    diff.addAll(middle(a.subList(head, a.size() - tail), b.subList(head, b.size() - tail)));
    a.subList(a.size() - tail, until).forEach(line -> diff.add(" " + line));
    return diff;
  }

  private static List<String> lines(String text) {
    return List.of(text.split("\\R", -1));
  }

  /// By the longest common subsequence, or everything out and in where that would be a large table.
  private static List<String> middle(List<String> a, List<String> b) {
    List<String> diff = new ArrayList<>();
    if ((long) a.size() * b.size() > LARGEST_TABLE) {
      a.forEach(line -> diff.add("-" + line));
      b.forEach(line -> diff.add("+" + line));
      return diff;
    }
    int[][] common = table(a, b);
    int i = 0;
    int j = 0;
    while (i < a.size() || j < b.size()) {
      if (i < a.size() && j < b.size() && a.get(i).equals(b.get(j))) {
        diff.add(" " + a.get(i++));
        j++;
      } else if (j >= b.size() || i < a.size() && common[i + 1][j] >= common[i][j + 1]) {
        diff.add("-" + a.get(i++));
      } else {
        diff.add("+" + b.get(j++));
      }
    }
    return diff;
  }

  private static int[][] table(List<String> a, List<String> b) {
    int[][] common = new int[a.size() + 1][b.size() + 1];
    for (int i = a.size() - 1; i >= 0; i--) {
      for (int j = b.size() - 1; j >= 0; j--) {
        common[i][j] =
            a.get(i).equals(b.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }
}
