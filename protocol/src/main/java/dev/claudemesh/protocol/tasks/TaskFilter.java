package dev.claudemesh.protocol.tasks;

import com.fasterxml.jackson.annotation.JsonProperty;

/// Which tasks to list. Tools of the first protocol say `completed` where the wire says `done`.
public enum TaskFilter {
  @JsonProperty("open")
  OPEN(TaskStatus.OPEN),
  @JsonProperty("claimed")
  CLAIMED(TaskStatus.CLAIMED),
  @JsonProperty("done")
  DONE(TaskStatus.DONE),
  @JsonProperty("completed")
  COMPLETED(TaskStatus.DONE),
  @JsonProperty("cancelled")
  CANCELLED(TaskStatus.CANCELLED);

  private final TaskStatus status;

  TaskFilter(TaskStatus status) {
    this.status = status;
  }

  public TaskStatus status() {
    return status;
  }
}
