package dev.claudemesh.broker.net;

import java.io.Serial;

/// The broker cannot listen where it was told to.
public final class PortTakenException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  PortTakenException(String host, int port, Throwable cause) {
    super(
        "Cannot listen on "
            + host
            + ":"
            + port
            + ": "
            + cause.getMessage()
            + ". Another broker may run there already; stop it, or choose another port with --port",
        cause);
  }
}
