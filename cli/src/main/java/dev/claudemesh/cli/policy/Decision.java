package dev.claudemesh.cli.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What becomes of a command.
enum Decision {
  /// It is done, and asks nothing by itself either.
  ALLOW,
  ASK,
  /// It is not done, whatever flags are given.
  REFUSE;

  /// As it is written.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> words() {
    return Arrays.stream(values()).map(Decision::word).toList();
  }

  static Optional<Decision> of(String word) {
    return Arrays.stream(values()).filter(one -> one.word().equals(word)).findFirst();
  }
}
