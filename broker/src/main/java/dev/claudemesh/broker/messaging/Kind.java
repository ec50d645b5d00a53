package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Grant;
import java.util.Locale;

/// How a target was meant.
enum Kind {
  DIRECT(Grant.DM),
  GROUP(Grant.BROADCAST),
  BROADCAST(Grant.BROADCAST);

  private final Grant capability;

  Kind(Grant capability) {
    this.capability = capability;
  }

  /// What a recipient must have granted the sender.
  Grant capability() {
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
