package dev.claudemesh.protocol.tasks;

import com.fasterxml.jackson.annotation.JsonProperty;

/// How much a task presses. Told to people; the broker treats all alike.
public enum TaskPriority {
  @JsonProperty("low")
  LOW,
  @JsonProperty("normal")
  NORMAL,
  @JsonProperty("high")
  HIGH,
  @JsonProperty("urgent")
  URGENT
}
