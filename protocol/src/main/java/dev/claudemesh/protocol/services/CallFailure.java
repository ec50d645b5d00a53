package dev.claudemesh.protocol.services;

import com.fasterxml.jackson.annotation.JsonProperty;

/// Why a call that was forwarded has no result. In each case the tool may have done its work.
public enum CallFailure {
  /// The host answered that it went wrong.
  @JsonProperty("host")
  HOST,
  /// The host did not answer in time.
  @JsonProperty("timeout")
  TIMEOUT,
  /// The caller took the call back.
  @JsonProperty("cancelled")
  CANCELLED,
  /// The connection of the host was lost.
  @JsonProperty("host_gone")
  HOST_GONE
}
