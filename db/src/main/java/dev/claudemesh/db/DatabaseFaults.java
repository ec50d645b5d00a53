package dev.claudemesh.db;

import java.io.Serial;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.exception.DataAccessException;

/// Turns the troubles of the world (as opposed to our bugs) into exceptions with a name, for every
/// statement.
///
/// A refused row (unique, foreign key, check) stays what jOOQ makes of it: stores decide what it
/// means.
final class DatabaseFaults implements ExecuteListener {

  @Serial private static final long serialVersionUID = 1L;

  @Override
  public void exception(ExecuteContext context) {
    if (context.exception() instanceof DataAccessException e) {
      context.exception(named(e));
    }
  }

  static RuntimeException named(DataAccessException e) {
    String state = e.sqlState() == null ? "" : e.sqlState();
    return switch (state) {
      case "40001", "40P01" ->
          new DatabaseBusyException("two changes met and this one gave way", e);
      case "55P03" -> new DatabaseBusyException("a row is locked for too long", e);
      case "57014" ->
          new DatabaseBusyException("a statement ran for too long and was cancelled", e);
      case "53300" -> new DatabaseBusyException("the server takes no more connections", e);
      case "57P01", "57P02", "57P03", "57P05", "25P03" -> down(e);
      default -> state.startsWith("08") ? down(e) : e;
    };
  }

  private static DatabaseDownException down(Exception e) {
    return new DatabaseDownException(
        "The connection to the database broke. Try again in a moment.", e);
  }
}
