package dev.claudemesh.protocol.messaging;

import com.fasterxml.jackson.annotation.JsonProperty;

/// How a body was encrypted; absent on messages of clients that never learned to say.
public enum Encryption {
  /// `crypto_box` from the sender's session (else member) key to the key the message is addressed
  /// to.
  @JsonProperty("box")
  BOX,
  /// `crypto_secretbox` under the mesh key of the named epoch.
  @JsonProperty("group")
  GROUP
}
