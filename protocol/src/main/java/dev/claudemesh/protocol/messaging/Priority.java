package dev.claudemesh.protocol.messaging;

import com.fasterxml.jackson.annotation.JsonProperty;

/// How much a message may disturb its receiver.
public enum Priority {
  /// Delivered at once, also to a peer that works or does not want to be disturbed.
  @JsonProperty("now")
  NOW,
  /// Delivered when the receiver is idle.
  @JsonProperty("next")
  NEXT,
  /// Delivered when the receiver is idle, and never put into a running conversation: it waits for
  /// `check_messages`.
  @JsonProperty("low")
  LOW
}
