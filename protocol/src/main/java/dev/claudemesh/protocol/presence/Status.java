package dev.claudemesh.protocol.presence;

import com.fasterxml.jackson.annotation.JsonProperty;

/// What a peer is doing, as far as delivery cares.
public enum Status {
  /// Waits for its user: everything is delivered.
  @JsonProperty("idle")
  IDLE,
  /// In the middle of a turn: only `now` is delivered.
  @JsonProperty("working")
  WORKING,
  /// Does not want to be disturbed: only `now` is delivered. Never ends by itself.
  @JsonProperty("dnd")
  DND
}
