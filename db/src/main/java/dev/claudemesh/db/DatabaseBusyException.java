package dev.claudemesh.db;

import java.io.Serial;
import java.time.Duration;

/// All connections of the pool were in use for as long as the caller may wait. Nothing was done:
/// trying again later is safe.
public final class DatabaseBusyException extends DatabaseException {

  @Serial private static final long serialVersionUID = 1L;

  DatabaseBusyException(Duration waited, Throwable cause) {
    super(
        "The database is busy: no connection became free within "
            + waited.toMillis()
            + " ms. Try again in a moment.",
        cause);
  }
}
