package dev.claudemesh.db;

import java.io.Serial;

/// The schema could not be brought to the version of this build; the broker must not start on it.
public final class DatabaseMigrationException extends DatabaseException {

  @Serial private static final long serialVersionUID = 1L;

  DatabaseMigrationException(Throwable cause) {
    super("The database schema could not be brought up to date: " + cause.getMessage(), cause);
  }
}
