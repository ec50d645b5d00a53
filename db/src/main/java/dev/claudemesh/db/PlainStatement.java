package dev.claudemesh.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/// A statement that is sent as it stands, for the few that run for each message: rendering one anew
/// each time costs more than the database takes to carry it out.
public final class PlainStatement {
  private PlainStatement() {}

  /// Reads what came back.
  public interface Reading<T> {
    T read(ResultSet rows) throws SQLException;
  }

  /// Runs a query.
  ///
  /// @param transaction whose connection is used
  /// @param sql with a `?` for each value
  /// @param binds texts, numbers, and arrays of texts, numbers and booleans
  /// @throws DataAccessException if it is refused
  /// @throws DatabaseException if the database is busy or away
  public static <T> T query(
      DSLContext transaction, String sql, Reading<T> reading, Object... binds) {
    return transaction.connectionResult(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        for (int i = 0; i < binds.length; i++) {
          bind(connection, statement, i + 1, binds[i]);
        }
        try (ResultSet rows = statement.executeQuery()) {
          return reading.read(rows);
        }
      } catch (SQLException e) {
        throw DatabaseFaults.named(new DataAccessException("A statement failed", e));
      }
    });
  }

  private static void bind(Connection connection, PreparedStatement statement, int at, Object value)
      throws SQLException {
    switch (value) {
      case String[] texts -> statement.setArray(at, connection.createArrayOf("text", texts));
      case Integer[] numbers -> statement.setArray(at, connection.createArrayOf("int4", numbers));
      case Long[] numbers -> statement.setArray(at, connection.createArrayOf("int8", numbers));
      case Boolean[] flags -> statement.setArray(at, connection.createArrayOf("bool", flags));
      default -> statement.setObject(at, value);
    }
  }
}
