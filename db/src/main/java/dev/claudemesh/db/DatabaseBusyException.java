package dev.claudemesh.db;

import java.io.Serial;

/// The database has too much to do just now. Nothing was changed: trying again in a moment is safe.
public final class DatabaseBusyException extends DatabaseException {

  @Serial private static final long serialVersionUID = 1L;

  DatabaseBusyException(String why, Throwable cause) {
    super("The database is busy: " + why + ". Try again in a moment.", cause);
  }
}
