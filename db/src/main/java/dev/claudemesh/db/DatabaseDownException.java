package dev.claudemesh.db;

import java.io.Serial;

/// The database cannot be reached, or a connection broke in the middle of a statement.
///
/// Whether that statement took effect is unknown unless it had not been sent yet; callers repeat
/// only what is safe to repeat.
public final class DatabaseDownException extends DatabaseException {

  @Serial private static final long serialVersionUID = 1L;

  DatabaseDownException(String message, Throwable cause) {
    super(message, cause);
  }
}
