package dev.claudemesh.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A database apart from the broker's own, in which each mesh runs SQL of its own.
///
/// PostgreSQL itself keeps meshes apart: a statement runs inside of a function that belongs to the
/// mesh's role, a role that cannot log in and owns nothing but the mesh's schema. The login that
/// calls these functions is a member of nothing. No statement is ever looked at as text.
///
/// Made when it is first used, and so is what each mesh needs in it. Thread-safe; callers block for
/// as long as their statement runs, which is limited. Throws [StatementRefusedException] where the
/// statement is at fault, else a [DatabaseException]: of these, [DatabaseSettingException] says
/// what the operator must set.
public final class SqlDatabase implements AutoCloseable {

  /// Added to the name of the broker's own database.
  static final String SUFFIX = "_sql";

  private static final int LONGEST_NAME = 63;

  /// Three names of 63 bytes, and what stands around them.
  private static final long MOST_BYTES_OF_COLUMN = 400;

  /// [StatementRefusedException#sqlState] when a mesh has reached its quota.
  public static final String FULL = "MQ001";

  /// The same when it has as many tables, indexes, views and sequences as it may.
  public static final String TOO_MANY_RELATIONS = "MQ002";

  /// The same when the room is taken by rows that are gone, and could not be had back.
  public static final String FULL_OF_DEAD_ROWS = "MQ003";

  private final Database database;
  private final Optional<DatabaseUrl> own;
  private final Limits limits;
  private volatile SqlSessions sessions;
  private boolean closed;

  /// @param statement how long one statement may run
  /// @param acquire how long a caller waits for a connection
  /// @param connections statements at once, of all meshes
  /// @param quotaBytes how much a mesh's tables may take on disk
  /// @param relations tables, indexes, views and sequences of a mesh
  public record Limits(
      Duration statement, Duration acquire, int connections, long quotaBytes, int relations) {}

  /// A column of a result.
  ///
  /// @param type as PostgreSQL calls it, such as `int4`, `text[]`
  public record Column(String name, String type) {}

  /// What a query found.
  ///
  /// @param lines one JSON object a row, its fields in the order of the columns; names may repeat
  /// @param truncated whether there are more rows
  public record Rows(List<Column> columns, List<String> lines, boolean truncated) {}

  /// A column of a table or view.
  ///
  /// @param column empty for a table without columns
  public record TableColumn(String table, Optional<String> column, String type, boolean nullable) {}

  private SqlDatabase(Database database, Optional<DatabaseUrl> own, Limits limits) {
    this.database = database;
    this.own = own;
    this.limits = limits;
    database.whenMoved(this::moveTo);
  }

  /// The database that `SQL_DATABASE_URL` names, or one beside the broker's own. Nothing is opened
  /// yet.
  ///
  /// @param own an administrator's address; he must own the database and may create roles
  public static SqlDatabase of(Database database, Optional<DatabaseUrl> own, Limits limits) {
    return new SqlDatabase(database, own, limits);
  }

  /// Why it cannot be used, as far as this is known without trying; empty if nothing speaks against
  /// it.
  public Optional<String> obstacle() {
    if (own.isPresent() || sessions != null) {
      return Optional.empty();
    }
    boolean may =
        database
            .dsl()
            .fetchSingle(
                "select rolsuper or (rolcreatedb and rolcreaterole) from pg_roles where rolname ="
                    + " current_user")
            .get(0, Boolean.class);
    return may
        ? Optional.empty()
        : Optional.of(
            "Meshes have no database for SQL of their own: the user of DATABASE_URL may not create"
                + " databases and roles. Set "
                + SqlSetup.SETTING
                + " to a database for it, whose owner may create roles.");
  }

  /// Runs a query that can change nothing.
  ///
  /// @param mostBytes of all rows as JSON
  public Rows read(String meshId, String statement, int mostRows, long mostBytes) {
    return sessions()
        .run(
            meshId,
            false,
            2 * mostBytes,
            (mesh, connection) -> {
              List<String> lines = new ArrayList<>();
              try (PreparedStatement read =
                  connection.prepareStatement("select claudemesh_run.read_" + mesh + "(?, ?, ?)")) {
                read.setString(1, statement);
                read.setInt(2, mostRows);
                read.setLong(3, mostBytes);
                read.setMaxRows(mostRows + 1);
                read.setQueryTimeout(SqlSessions.cancelSeconds(limits));
                ResultSet rows = read.executeQuery();
                while (rows.next()) {
                  lines.add(rows.getString(1));
                }
              }
              boolean truncated = !lines.isEmpty() && lines.getLast() == null;
              return new Rows(
                  columns(mesh, connection),
                  List.copyOf(truncated ? lines.subList(0, lines.size() - 1) : lines),
                  truncated);
            });
  }

  /// Describes the cursor that the function left open; runs nothing of it.
  private static List<Column> columns(String mesh, Connection connection) throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (PreparedStatement described =
        connection.prepareStatement("fetch 0 from claudemesh_rows")) {
      ResultSetMetaData meta = described.getMetaData();
      for (int i = 1; i <= meta.getColumnCount(); i++) {
        columns.add(new Column(meta.getColumnLabel(i), type(mesh, meta.getColumnTypeName(i))));
      }
    }
    return List.copyOf(columns);
  }

  /// The driver says `_text` for an array and `serial` for a number that counts by itself.
  private static String type(String mesh, String name) {
    String own = name.replace("\"" + mesh + "\".", "");
    return switch (own) {
      case "smallserial" -> "int2";
      case "serial" -> "int4";
      case "bigserial" -> "int8";
      default -> own.startsWith("_") ? own.substring(1) + "[]" : own.replace("\"", "");
    };
  }

  /// Carries a statement out, or several that stand and fall together.
  ///
  /// @return how many rows the last one changed or found
  public long write(String meshId, String statement) {
    try {
      return sessions()
          .run(meshId, true, 0, (mesh, connection) -> write(mesh, connection, statement));
    } catch (StatementRefusedException e) {
      if (e.sqlState().equals(FULL)) {
        sessions().vacuum(meshId, false);
      }
      if (!e.sqlState().equals(FULL_OF_DEAD_ROWS)) {
        throw e;
      }
    }
    sessions().vacuum(meshId, true);
    return sessions()
        .run(meshId, true, 0, (mesh, connection) -> write(mesh, connection, statement));
  }

  private long write(String mesh, Connection connection, String statement) throws SQLException {
    try (PreparedStatement write =
        connection.prepareStatement("select claudemesh_run.write_" + mesh + "(?, ?, ?)")) {
      write.setString(1, statement);
      write.setLong(2, limits.quotaBytes());
      write.setInt(3, limits.relations());
      write.setQueryTimeout(SqlSessions.cancelSeconds(limits));
      ResultSet changed = write.executeQuery();
      changed.next();
      return changed.getLong(1);
    }
  }

  /// Tables and views of a mesh, by name, each with its columns in their order.
  ///
  /// @param most columns of all
  public List<TableColumn> tables(String meshId, int most) {
    return sessions()
        .run(
            meshId,
            false,
            most * MOST_BYTES_OF_COLUMN,
            (mesh, connection) -> {
              List<TableColumn> columns = new ArrayList<>();
              try (PreparedStatement list =
                  connection.prepareStatement(
                      "select * from claudemesh_guard.columns_of(?) limit ?")) {
                list.setString(1, mesh);
                list.setInt(2, most);
                ResultSet rows = list.executeQuery();
                while (rows.next()) {
                  columns.add(
                      new TableColumn(
                          rows.getString(1),
                          Optional.ofNullable(rows.getString(2)),
                          rows.getString(3),
                          rows.getBoolean(4)));
                }
              }
              return List.copyOf(columns);
            });
  }

  private SqlSessions sessions() {
    SqlSessions known = sessions;
    return known == null ? open() : known;
  }

  private synchronized SqlSessions open() {
    if (closed) {
      throw new DatabaseDownException("The database is closed: the broker is stopping.", null);
    }
    if (sessions == null) {
      obstacle()
          .ifPresent(obstacle -> {
            throw new DatabaseSettingException(obstacle);
          });
      sessions =
          new SqlSessions(
              own.map(url -> new SqlSetup(url, null, false))
                  .orElseGet(() ->
                      new SqlSetup(beside(database.url()), database.url(), database.embedded())),
              limits);
    }
    return sessions;
  }

  private static DatabaseUrl beside(DatabaseUrl url) {
    String name = url.database();
    int most = LONGEST_NAME - SUFFIX.length();
    return url.withDatabase(name.substring(0, Math.min(name.length(), most)) + SUFFIX);
  }

  private synchronized void moveTo(int port) {
    if (sessions != null && own.isEmpty()) {
      sessions.moveTo(port);
    }
  }

  /// Closes the connections. May be called twice.
  @Override
  public synchronized void close() {
    closed = true;
    if (sessions != null) {
      sessions.close();
    }
  }
}
