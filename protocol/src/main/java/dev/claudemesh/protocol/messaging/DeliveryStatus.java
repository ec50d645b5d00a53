package dev.claudemesh.protocol.messaging;

import com.fasterxml.jackson.annotation.JsonProperty;

/// Where one recipient's copy of a message is.
public enum DeliveryStatus {
  @JsonProperty("queued")
  QUEUED,
  @JsonProperty("in_flight")
  IN_FLIGHT,
  @JsonProperty("delivered")
  DELIVERED,
  @JsonProperty("seen")
  SEEN,
  @JsonProperty("expired")
  EXPIRED,
  @JsonProperty("refused")
  REFUSED
}
