package dev.claudemesh.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
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

  /// The same when all meshes together take what they may.
  public static final String ALL_FULL = "MQ004";

  /// The same when its functions, views, comments and the like take what they may: a sixteenth of
  /// the quota, and no less than a megabyte.
  public static final String TOO_LONG_DEFINITIONS = "MQ005";

  /// How often it is looked at how much all meshes take, which reads each file's size.
  private static final long ALL_LOOKED_AT_NANOS = 1_000_000_000L;

  private final Database database;
  private final Optional<DatabaseUrl> own;
  private final Limits limits;
  private volatile SqlSessions sessions;
  private volatile long allLookedAt = System.nanoTime() - ALL_LOOKED_AT_NANOS;
  private boolean closed;

  /// @param statement how long one statement may run
  /// @param acquire how long a caller waits for a connection
  /// @param connections statements at once, of all meshes
  /// @param quotaBytes how much a mesh's tables may take on disk
  /// @param totalBytes how much all of it may take on disk, rows and definitions that are gone
  ///   included
  /// @param relations tables, indexes, views and sequences of a mesh
  public record Limits(
      Duration statement,
      Duration acquire,
      int connections,
      long quotaBytes,
      long totalBytes,
      int relations) {}

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
            2 * mostBytes + repeated(statement),
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
      return writeOnce(meshId, statement);
    } catch (StatementRefusedException e) {
      boolean deadRows = e.isOurs() && e.sqlState().equals(FULL_OF_DEAD_ROWS);
      if (deadRows || e.isOurs() && e.sqlState().equals(FULL)) {
        sessions().vacuum(meshId, deadRows);
      }
      if (!deadRows) {
        throw e;
      }
    }
    return writeOnce(meshId, statement);
  }

  private long writeOnce(String meshId, String statement) {
    return sessions()
        .run(
            meshId,
            true,
            repeated(statement),
            (mesh, connection) -> write(mesh, connection, statement));
  }

  /// Bytes of what an error says of the statement: its text, and again where it happened.
  private static long repeated(String statement) {
    return 8L * statement.length();
  }

  private long write(String mesh, Connection connection, String statement) throws SQLException {
    try (PreparedStatement write =
        connection.prepareStatement("select claudemesh_run.write_" + mesh + "(?, ?, ?, ?)")) {
      long now = System.nanoTime();
      boolean look = now - allLookedAt >= ALL_LOOKED_AT_NANOS;
      write.setString(1, statement);
      write.setLong(2, limits.quotaBytes());
      write.setInt(3, limits.relations());
      write.setObject(4, look ? limits.totalBytes() : null, Types.BIGINT);
      write.setQueryTimeout(SqlSessions.cancelSeconds(limits));
      ResultSet result = write.executeQuery();
      result.next();
      long changed = result.getLong(1);
      if (changed < 0) {
        throw refusal((int) changed);
      }
      if (look) {
        allLookedAt = now;
      }
      return changed;
    }
  }

  /// Why a change is taken back, by what the function returns that has run it.
  private static StatementRefusedException refusal(int code) {
    return switch (code) {
      case -1 -> new StatementRefusedException(FULL, "the database of the mesh is full");
      case -2 -> new StatementRefusedException(TOO_MANY_RELATIONS, "the mesh has too many tables");
      case -3 ->
          new StatementRefusedException(
              FULL_OF_DEAD_ROWS, "the database of the mesh is full of rows that are gone");
      case -4 -> new StatementRefusedException(ALL_FULL, "the databases of all meshes are full");
      case -5 ->
          new StatementRefusedException(
              TOO_LONG_DEFINITIONS, "the functions, views and columns of the mesh are too many");
      default -> throw new IllegalStateException("The guard of a mesh answers " + code);
    };
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
