package dev.claudemesh.db;

import java.io.Serial;
import java.util.Optional;
import org.postgresql.util.ServerErrorMessage;

/// PostgreSQL refused a statement that a mesh wrote, or it failed while it ran. Nothing was
/// changed.
///
/// Not a trouble of the database, but of the statement: the message is PostgreSQL's own, for
/// whoever wrote it. It may repeat what the statement says, so it belongs in no log.
public final class StatementRefusedException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /// Characters of the message, of the hint and of the detail.
  private static final int LONGEST_TEXT = 2_000;

  private final String sqlState;
  private final String detail;
  private final String hint;
  private final int position;
  private final boolean ours;

  StatementRefusedException(ServerErrorMessage error) {
    super(cut(error.getMessage()), null, false, false);
    this.sqlState = error.getSQLState();
    this.detail = cut(error.getDetail());
    this.hint = cut(error.getHint());
    this.position = error.getInternalPosition();
    this.ours = false;
  }

  /// What we refuse, not PostgreSQL.
  StatementRefusedException(String sqlState, String message) {
    super(message, null, false, false);
    this.sqlState = sqlState;
    this.detail = null;
    this.hint = null;
    this.position = 0;
    this.ours = true;
  }

  /// A statement chooses these texts itself, and may make them as long as it likes.
  private static String cut(String text) {
    if (text == null || text.length() <= LONGEST_TEXT) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(LONGEST_TEXT - 1)) ? 1 : 0;
    return text.substring(0, LONGEST_TEXT - end) + "…";
  }

  /// The five characters that name the failure, such as `42P01`.
  public String sqlState() {
    return sqlState;
  }

  /// Whether we have refused it: a statement can raise any code itself.
  boolean isOurs() {
    return ours;
  }

  /// What PostgreSQL adds about the data, such as the key that is there already.
  public Optional<String> detail() {
    return Optional.ofNullable(detail);
  }

  /// What PostgreSQL proposes.
  public Optional<String> hint() {
    return Optional.ofNullable(hint);
  }

  /// At which character of the statement, from 1; empty where it is about no place.
  public Optional<Integer> position() {
    return Optional.of(position).filter(place -> place > 0);
  }
}
