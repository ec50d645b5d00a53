package dev.claudemesh.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  /// A query over rows that are given as arrays, one a column, to `unnest`. The frequent single row
  /// is sent as plain values: the arrays would cost more than all the rest.
  ///
  /// @param many for any number of rows
  /// @param one the same for one row
  public record OverRows(String many, String one) {
    private static final Pattern ARRAYS = Pattern.compile("unnest\\(((?:\\s*\\?::\\w+\\[],?)+)\\)");

    /// @param sql with `unnest(?::text[], …)` for the rows, casts and all
    public static OverRows of(String sql) {
      String one =
          ARRAYS
              .matcher(sql)
              .replaceAll(arrays ->
                  Matcher.quoteReplacement("(values (" + arrays.group(1).replace("[]", "") + "))"));
      return new OverRows(sql, one);
    }
  }

  /// Runs a query over rows.
  ///
  /// @param context whose connection is used
  /// @param columns arrays of texts, numbers or booleans
  /// @throws DataAccessException if it is refused
  /// @throws DatabaseException if the database is busy or away
  public static <T> T query(
      DSLContext context, OverRows sql, Reading<T> reading, List<Object[]> columns) {
    boolean single = columns.stream().allMatch(column -> column.length == 1);
    return query(
        context,
        single ? sql.one() : sql.many(),
        reading,
        (connection, statement) -> {
          for (int i = 0; i < columns.size(); i++) {
            if (single) {
              bindOnly(statement, i + 1, columns.get(i));
            } else {
              bind(connection, statement, i + 1, columns.get(i));
            }
          }
        });
  }

  /// Runs a query.
  ///
  /// @param context whose connection is used
  /// @param sql with a `?` for each value
  /// @param binds texts and numbers
  /// @throws DataAccessException if it is refused
  /// @throws DatabaseException if the database is busy or away
  public static <T> T query(DSLContext context, String sql, Reading<T> reading, Object... binds) {
    return query(
        context,
        sql,
        reading,
        (connection, statement) -> {
          for (int i = 0; i < binds.length; i++) {
            statement.setObject(i + 1, binds[i]);
          }
        });
  }

  private interface Binding {
    void bind(Connection connection, PreparedStatement statement) throws SQLException;
  }

  private static <T> T query(DSLContext context, String sql, Reading<T> reading, Binding binding) {
    return context.connectionResult(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        binding.bind(connection, statement);
        try (ResultSet rows = statement.executeQuery()) {
          return reading.read(rows);
        }
      } catch (SQLException e) {
        throw DatabaseFaults.named(new DataAccessException("A statement failed", e));
      }
    });
  }

  private static void bind(
      Connection connection, PreparedStatement statement, int at, Object[] column)
      throws SQLException {
    statement.setArray(at, connection.createArrayOf(type(column), column));
  }

  private static String type(Object[] column) {
    return switch (column) {
      case Integer[] numbers -> "int4";
      case Long[] numbers -> "int8";
      case Boolean[] flags -> "bool";
      default -> "text";
    };
  }

  private static void bindOnly(PreparedStatement statement, int at, Object[] column)
      throws SQLException {
    int type =
        switch (column) {
          case Integer[] numbers -> Types.INTEGER;
          case Long[] numbers -> Types.BIGINT;
          case Boolean[] flags -> Types.BOOLEAN;
          default -> Types.VARCHAR;
        };
    statement.setObject(at, column[0], type);
  }
}
