package dev.claudemesh.db;

import java.io.Serial;

/// `DATABASE_URL`, or another database setting, cannot be used as it is written. The message never
/// repeats a password.
public final class DatabaseSettingException extends DatabaseException {

  @Serial private static final long serialVersionUID = 1L;

  DatabaseSettingException(String message) {
    super(message);
  }
}
