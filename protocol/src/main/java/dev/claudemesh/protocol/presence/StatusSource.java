package dev.claudemesh.protocol.presence;

import com.fasterxml.jackson.annotation.JsonProperty;

/// Who said what a peer is doing, strongest first.
public enum StatusSource {
  /// A hook of Claude Code itself.
  @JsonProperty("hook")
  HOOK,
  /// The peer, by command or tool.
  @JsonProperty("manual")
  MANUAL,
  /// Inferred, from the session's own files or from silence.
  @JsonProperty("jsonl")
  JSONL
}
