package dev.claudemesh.cli.policy;

import dev.claudemesh.protocol.Operation.Effect;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Before which commands the user is asked. Each asks for what the one before asks for, too.
public enum AskBefore {
  NOTHING,
  /// What removes something others may rely on: so it is without a policy.
  DESTROY,
  /// What changes something.
  WRITE,
  /// All of them.
  READ;

  /// As it is written.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static List<String> words() {
    return Arrays.stream(values()).map(AskBefore::word).toList();
  }

  public static Optional<AskBefore> of(String word) {
    return Arrays.stream(values()).filter(one -> one.word().equals(word)).findFirst();
  }

  boolean asksFor(Effect effect) {
    AskBefore needed =
        switch (effect) {
          case READ -> READ;
          case REPEATABLE, WRITE -> WRITE;
          case DESTROY -> DESTROY;
        };
    return compareTo(needed) >= 0;
  }
}
