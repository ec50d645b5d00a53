package dev.claudemesh.db;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;
import org.jooq.exception.DataAccessException;
import org.postgresql.PGConnection;

/// What an administrator does for [SqlDatabase]: makes the database, its login, and what each mesh
/// needs in it. Never runs anything that a mesh wrote.
///
/// Safe with two brokers at once: each step is one transaction under an advisory lock, and may be
/// repeated.
///
/// @param admin the database and who administers it
/// @param parent the broker's own database, on whose server `admin`'s is made if it is missing;
///   null where somebody else made it
/// @param embedded whether the server is ours alone
record SqlSetup(DatabaseUrl admin, DatabaseUrl parent, boolean embedded) {

  static final String SETTING = "SQL_DATABASE_URL";

  /// Any number that nobody else uses for a lock in this database.
  private static final long LOCK = 0x636c61756465L;

  private static final int SALT_BYTES = 6;
  private static final int NAME_BYTES = 16;
  private static final Pattern MESH_ID = Pattern.compile("[A-Za-z0-9_.:-]{1,128}");

  /// By whom the broker runs statements.
  ///
  /// @param salt makes the names of this database's roles its own
  record Login(String name, DatabasePassword password, String salt) {

    /// The name of a mesh's schema and of its role.
    String mesh(String meshId) {
      try {
        byte[] hash =
            MessageDigest.getInstance("SHA-256")
                .digest((salt + ":" + meshId).getBytes(StandardCharsets.UTF_8));
        return "meshdb_" + HexFormat.of().formatHex(hash, 0, NAME_BYTES);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /// The same on the server's new port.
  SqlSetup withPort(int port) {
    return new SqlSetup(admin.withPort(port), parent.withPort(port), embedded);
  }

  private interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /// Makes the database if it is missing, and all of it that is no mesh's.
  ///
  /// @throws DatabaseSettingException if the administrator may not, with what to set
  Login prepare() {
    try {
      createDatabase();
      return locked(connection -> {
        refuseBrokersOwn(connection);
        run(
            connection,
            "database.sql",
            Map.of(
                "salt",
                HexFormat.of().formatHex(random(SALT_BYTES)),
                "password",
                Base64.getUrlEncoder().withoutPadding().encodeToString(random(2 * NAME_BYTES))));
        return login(connection);
      });
    } catch (SQLException e) {
      throw named(e);
    }
  }

  /// Makes what a mesh needs.
  void prepare(Login login, String meshId) {
    if (!MESH_ID.matcher(meshId).matches()) {
      throw new IllegalArgumentException("No mesh has this id");
    }
    try {
      locked(connection -> {
        run(
            connection,
            "mesh.sql",
            Map.of("mesh", login.mesh(meshId), "id", meshId, "login", login.name()));
        return null;
      });
    } catch (SQLException e) {
      throw named(e);
    }
  }

  /// Gives the room of rows that are gone back to the disk: of each table that nobody holds, and
  /// does without the others.
  ///
  /// @param rewriting also where other rows stand behind them
  /// @param limit of all tables together
  void vacuum(String mesh, boolean rewriting, Duration limit) {
    try (Connection connection = connect(admin);
        PreparedStatement list =
            connection.prepareStatement(
                "select format('vacuum (truncate true, full %s) %I.%I', ?::int, n.nspname,"
                    + " c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                    + " where n.nspname = ? and c.relkind in ('r', 'm')")) {
      int pid = connection.unwrap(PGConnection.class).getBackendPID();
      SqlDeadline deadline = new SqlDeadline(limit, () -> end(admin.user(), pid));
      try {
        execute(
            connection, "set lock_timeout = '1s'; set statement_timeout = " + limit.toMillis() / 2);
        list.setInt(1, rewriting ? 1 : 0);
        list.setString(2, mesh);
        ResultSet statements = list.executeQuery();
        while (statements.next() && !connection.isClosed()) {
          vacuum(connection, statements.getString(1));
        }
      } finally {
        deadline.met();
      }
    } catch (SQLException withoutIt) {
      // Whoever is refused because there is no room is told so.
    }
  }

  /// A table that is locked, dropped or broken keeps no other from being vacuumed.
  private static void vacuum(Connection connection, String statement) {
    try {
      execute(connection, statement);
    } catch (SQLException withoutIt) {
      // so does one that takes too long
    }
  }

  /// Ends a statement that does not end when it is told to.
  ///
  /// @param user whose it is
  void end(String user, int pid) {
    try (Connection connection = connect(admin);
        PreparedStatement end =
            connection.prepareStatement(
                "select pg_terminate_backend(pid, 1000) from pg_stat_activity where pid = ? and usename ="
                    + " ?")) {
      end.setInt(1, pid);
      end.setString(2, user);
      end.execute();
    } catch (SQLException e) {
      throw named(e);
    }
  }

  private void createDatabase() throws SQLException {
    if (parent == null) {
      return;
    }
    try (Connection connection = connect(parent)) {
      if (!exists(connection, admin.database())) {
        execute(connection, "create database " + quoted(admin.database()) + " template template0");
      }
      if (embedded) {
        // The login is for one database; whoever may enter the others is named.
        for (String other : new String[] {parent.database(), "postgres", "template1"}) {
          execute(connection, "revoke connect on database " + quoted(other) + " from public");
        }
      }
    } catch (SQLException e) {
      if (!"42P04".equals(e.getSQLState()) && !"23505".equals(e.getSQLState())) { // made meanwhile
        throw e;
      }
    }
  }

  private static boolean exists(Connection connection, String database) throws SQLException {
    try (PreparedStatement find =
        connection.prepareStatement("select from pg_database where datname = ?")) {
      find.setString(1, database);
      return find.executeQuery().next();
    }
  }

  private void refuseBrokersOwn(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("select to_regclass('mesh.mesh') is not null")) {
      found.next();
      if (found.getBoolean(1)) {
        throw new DatabaseSettingException(
            SETTING
                + " names the broker's own database "
                + admin
                + ". What meshes write must stand in another one.");
      }
    }
  }

  private static Login login(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select login, password, salt from claudemesh.setup")) {
      row.next();
      return new Login(row.getString(1), new DatabasePassword(row.getString(2)), row.getString(3));
    }
  }

  private <T> T locked(Work<T> work) throws SQLException {
    try (Connection connection = connect(admin)) {
      connection.setAutoCommit(false);
      execute(connection, "select pg_advisory_xact_lock(" + LOCK + ")");
      T result = work.on(connection);
      connection.commit();
      return result;
    }
  }

  private static Connection connect(DatabaseUrl url) throws SQLException {
    return DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password().reveal());
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void run(Connection connection, String script, Map<String, String> names)
      throws SQLException {
    String sql;
    try (InputStream in = SqlSetup.class.getResourceAsStream("/db/sql/" + script)) {
      sql = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Map.Entry<String, String> name : names.entrySet()) {
      sql = sql.replace("${" + name.getKey() + "}", name.getValue());
    }
    execute(connection, sql);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private RuntimeException named(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    return switch (state) {
      case "42501" ->
          new DatabaseSettingException(
              "The database for the SQL of meshes cannot be prepared: "
                  + e.getMessage()
                  + ". Set "
                  + SETTING
                  + " to a database whose owner may create roles.");
      case "28000", "28P01", "3D000" ->
          new DatabaseSettingException(
              "The database for the SQL of meshes, "
                  + admin
                  + ", cannot be entered. Check "
                  + SETTING
                  + ".");
      default ->
          switch (DatabaseFaults.named(new DataAccessException("", e))) {
            case DatabaseBusyException busy -> busy;
            case DatabaseDownException _ ->
                new DatabaseDownException(
                    "The database for the SQL of meshes, "
                        + admin
                        + ", cannot be reached. Try again in a moment.",
                    e);
            default -> new IllegalStateException("The database for the SQL of meshes failed", e);
          };
    };
  }
}
