package dev.claudemesh.broker.messaging;

import java.util.Locale;

/// How a target was meant.
enum Kind {
  DIRECT("dm"),
  GROUP("broadcast"),
  BROADCAST("broadcast");

  private final String capability;

  Kind(String capability) {
    this.capability = capability;
  }

  /// What a recipient must have granted the sender.
  String capability() {
    return capability;
  }

  boolean toMany() {
    return this != DIRECT;
  }

  /// As the table has it.
  String stored() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Kind of(String stored) {
    return valueOf(stored.toUpperCase(Locale.ROOT));
  }
}
