package dev.claudemesh.db;

import java.io.Serial;

/// A trouble with the database that the caller can name to its user. The message says what to do
/// and never holds a password.
public sealed class DatabaseException extends RuntimeException
    permits DatabaseBusyException,
        DatabaseDownException,
        DatabaseMigrationException,
        DatabaseSettingException,
        EmbeddedPostgresException {

  @Serial private static final long serialVersionUID = 1L;

  DatabaseException(String message) {
    super(message);
  }

  DatabaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
