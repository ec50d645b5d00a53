package dev.claudemesh.broker.memory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A search as PostgreSQL writes it (`tsquery`): words in quotes, `&`, `|`, `!`, `<->` and brackets
/// between them. Pure.
final class SearchWords {
  private static final char QUOTE = '\'';
  private static final char ESCAPE = '\\';

  private SearchWords() {}

  /// Whether there is nothing to search for: no words, or only such as are in every text.
  static boolean isEmpty(String query) {
    return query.isEmpty();
  }

  /// The words that are looked for, other than those that must not be there.
  static List<String> wanted(String query) {
    List<String> wanted = new ArrayList<>();
    replaced(
        query,
        word -> {
          wanted.add(word);
          return List.of();
        });
    return wanted.stream().distinct().toList();
  }

  /// The search that takes others in place of a word, too. Words that must not be there stay alone.
  static String widened(String query, Function<String, Collection<String>> others) {
    return replaced(query, others);
  }

  private static String replaced(String query, Function<String, Collection<String>> others) {
    StringBuilder out = new StringBuilder();
    Deque<Boolean> outside = new ArrayDeque<>();
    boolean inside = false;
    boolean negated = false;
    for (int i = 0; i < query.length(); i++) {
      char c = query.charAt(i);
      if (c == QUOTE) {
        StringBuilder word = new StringBuilder();
        i = word(query, i + 1, word);
        out.append(
            inside || negated
                ? quoted(word.toString())
                : group(word.toString(), others.apply(word.toString())));
        negated = false;
        continue;
      }
      if (c == '(') {
        outside.push(inside);
        inside = inside || negated;
        negated = false;
      } else if (c == ')') {
        inside = outside.pop();
      } else if (c == '!') {
        negated = true;
      }
      out.append(c);
    }
    return out.toString();
  }

  /// Reads a word; quotes in it are doubled, and so are backslashes.
  ///
  /// @return where its closing quote is
  private static int word(String query, int from, StringBuilder word) {
    int i = from;
    while (true) {
      char c = query.charAt(i);
      boolean doubled =
          (c == QUOTE || c == ESCAPE) && i + 1 < query.length() && query.charAt(i + 1) == c;
      if (c == QUOTE && !doubled) {
        return i;
      }
      word.append(c);
      i += doubled ? 2 : 1;
    }
  }

  private static String group(String word, Collection<String> others) {
    List<String> all = Stream.concat(Stream.of(word), others.stream()).distinct().toList();
    return all.size() == 1
        ? quoted(word)
        : all.stream().map(SearchWords::quoted).collect(Collectors.joining(" | ", "( ", " )"));
  }

  private static String quoted(String word) {
    return QUOTE + word.replace("\\", "\\\\").replace("'", "''") + QUOTE;
  }
}
