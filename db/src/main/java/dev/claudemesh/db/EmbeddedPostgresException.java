package dev.claudemesh.db;

import java.io.Serial;

/// The private PostgreSQL could not be set up, started or stopped. The message tells why and what
/// to do about it.
public final class EmbeddedPostgresException extends DatabaseException {

  @Serial private static final long serialVersionUID = 1L;

  EmbeddedPostgresException(String message) {
    super(message);
  }

  EmbeddedPostgresException(String message, Throwable cause) {
    super(message, cause);
  }
}
