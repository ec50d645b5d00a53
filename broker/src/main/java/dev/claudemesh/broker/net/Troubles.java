package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.db.DatabaseException;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns whatever a handler threw into a {@link Problem}: the only place where a failure gets its
/// code.
///
/// The world's troubles are calm; anything else is a bug and gets one stack trace under an incident
/// id, which the caller is told.
final class Troubles {
  private static final Logger log = LoggerFactory.getLogger(Troubles.class);
  private static final int INCIDENT = 8;

  private Troubles() {}

  /// @param what the operation's name, for the log
  static Problem of(Throwable thrown, String what) {
    return switch (thrown) {
      case CompletionException wrapped when wrapped.getCause() != null ->
          of(wrapped.getCause(), what);
      case Problem problem -> noted(problem, what);
      case DatabaseException database -> busy(database, what);
      case Throwable bug -> incident(bug, what);
    };
  }

  private static Problem busy(DatabaseException database, String what) {
    log.warn("{} refused: the database did not answer: {}", what, database.getMessage());
    return new Problem(
        ProblemCode.BUSY,
        "The broker's database is busy or down; nothing was done. Try again in a moment");
  }

  private static Problem incident(Throwable bug, String what) {
    String incident = Ids.next().substring(0, INCIDENT);
    log.error("Incident {} in {}", incident, what, bug);
    return new Problem(
        ProblemCode.INTERNAL,
        "Something went wrong in the broker (incident "
            + incident
            + "). Its log tells what; please report it");
  }

  private static Problem noted(Problem problem, String what) {
    switch (problem.code().category().loudness()) {
      case DEBUG -> log.debug("{} refused: {}", what, problem.code().wireName());
      case INFO -> log.info("{} refused: {}", what, problem.code().wireName());
      case WARN, ERROR -> log.warn("{} refused: {}", what, problem.code().wireName());
    }
    return problem;
  }
}
