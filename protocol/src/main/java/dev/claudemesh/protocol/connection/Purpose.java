package dev.claudemesh.protocol.connection;

import com.fasterxml.jackson.annotation.JsonProperty;

/// Why a client connects. It decides whether others see it and whether messages are pushed to it.
public enum Purpose {
  /// A peer: listed, announced, receives what is meant for its session or its member.
  @JsonProperty("session")
  SESSION,
  /// One command of the CLI: not listed, not announced, receives no messages.
  @JsonProperty("command")
  COMMAND,
  /// A reader of the member's inbox: not listed, not announced, receives what is meant for the
  /// member and no session holds.
  @JsonProperty("inbox")
  INBOX,
  /// Lends tools to the mesh: not listed, not announced, receives no messages; kept for the grace
  /// when its connection is lost, as a session is.
  @JsonProperty("host")
  HOST
}
