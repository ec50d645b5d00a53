package dev.claudemesh.protocol.tasks;

import com.fasterxml.jackson.annotation.JsonProperty;

/// Where a task stands. Drawn in `docs/states.md`.
public enum TaskStatus {
  /// Waits for somebody to claim it.
  @JsonProperty("open")
  OPEN,
  /// Somebody works on it.
  @JsonProperty("claimed")
  CLAIMED,
  /// Finished.
  @JsonProperty("done")
  DONE,
  /// Will not be done.
  @JsonProperty("cancelled")
  CANCELLED
}
