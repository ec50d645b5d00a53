package dev.claudemesh.protocol.approvals;

import com.fasterxml.jackson.annotation.JsonProperty;

/// How a request ended.
public enum ApprovalOutcome {
  /// Somebody allowed it.
  @JsonProperty("allowed")
  ALLOWED,
  /// Somebody denied it.
  @JsonProperty("denied")
  DENIED,
  /// Nobody answered in time.
  @JsonProperty("expired")
  EXPIRED,
  /// The asker is gone, or it was decided where it was asked.
  @JsonProperty("withdrawn")
  WITHDRAWN
}
