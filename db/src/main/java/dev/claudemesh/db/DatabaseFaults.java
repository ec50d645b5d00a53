package dev.claudemesh.db;

import java.io.Serial;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.exception.DataAccessException;

/// Turns the troubles of the world (as opposed to our bugs) into exceptions with a name, for every
/// statement.
///
/// Busy, because nothing was changed and it passes, if need be when somebody has made room: a full
/// disk or memory (class 53), a disk that fails (58030), a server that takes no changes, as a
/// standby does (25006). Down, because nobody knows whether it was changed: whatever ends a
/// connection (08, 57P0x). Damaged data (XX001, XX002) is neither: it does not pass, and repeating
/// must not hide it.
///
/// A refused row (unique, foreign key, check) stays what jOOQ makes of it: stores decide what it
/// means.
final class DatabaseFaults implements ExecuteListener {

  @Serial private static final long serialVersionUID = 1L;

  private final transient Runnable broken;

  /// @param broken told of each connection that broke: others may have, too
  DatabaseFaults(Runnable broken) {
    this.broken = broken;
  }

  @Override
  public void exception(ExecuteContext context) {
    if (context.exception() instanceof DataAccessException e) {
      context.exception(noted(named(e)));
    }
  }

  /// The same exception, after others were told if a connection broke.
  RuntimeException noted(RuntimeException e) {
    if (e instanceof DatabaseDownException) {
      broken.run();
    }
    return e;
  }

  static RuntimeException named(DataAccessException e) {
    String state = e.sqlState() == null ? "" : e.sqlState();
    return switch (state) {
      case "40001", "40P01" ->
          new DatabaseBusyException("two changes met and this one gave way", e);
      case "55P03" -> new DatabaseBusyException("a row is locked for too long", e);
      case "57014" ->
          new DatabaseBusyException("a statement ran for too long and was cancelled", e);
      case "25P04" -> new DatabaseBusyException("a transaction ran for too long", e);
      case "53100" -> new DatabaseBusyException("the server's disk is full", e);
      case "53200" -> new DatabaseBusyException("the server is out of memory", e);
      case "53300" -> new DatabaseBusyException("the server takes no more connections", e);
      case "53000", "53400" -> new DatabaseBusyException("the server lacks what it needs", e);
      case "58030" -> new DatabaseBusyException("the server's disk fails", e);
      case "25006" -> new DatabaseBusyException("the server takes no changes", e);
      case "57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "40003" -> down(e);
      default -> state.startsWith("08") ? down(e) : e;
    };
  }

  private static DatabaseDownException down(Exception e) {
    return new DatabaseDownException(
        "The connection to the database broke. Try again in a moment.", e);
  }
}
