package dev.claudemesh.db;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.ds.PGSimpleDataSource;

/// A migrated, empty PostgreSQL database for one test class, dropped at the end.
///
/// All of a JVM are clones of one template on one server: `TEST_DATABASE_URL` (its user must be
/// allowed to create databases), else a private server that does not flush to disk.
public final class TestDatabase implements AutoCloseable {

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final DatabaseUrl url;
  private final Database database;
  private DatabaseUrl operator;

  private TestDatabase(DatabaseUrl url) {
    this.url = url;
    this.database = Database.attach(url, config());
  }

  /// A new database with all tables and no rows.
  public static TestDatabase create() {
    String name = Server.NAME + "_" + COUNT.incrementAndGet();
    Server.execute("create database " + name + " template " + Server.NAME);
    return new TestDatabase(Server.URL.withDatabase(name));
  }

  /// The opened database.
  public Database database() {
    return database;
  }

  /// Settings for a second [Database] on the same data, such as a broker under test opens.
  public DatabaseConfig config() {
    return DatabaseConfig.server(url).withPoolSize(4).withStartLimit(Duration.ZERO);
  }

  public DatabaseUrl url() {
    return url;
  }

  /// The same as a `DATABASE_URL`, for a broker that runs as a program.
  public String urlText() {
    return "postgres://"
        + url.user()
        + ":"
        + url.password().reveal()
        + "@"
        + url.hosts()
        + "/"
        + url.database();
  }

  @Override
  public void close() {
    database.close();
    Server.execute("drop database " + url.database() + " with (force)");
    dropWithRoles(url.withDatabase(url.database() + SqlDatabase.SUFFIX));
    if (operator != null) {
      dropWithRoles(operator);
      Server.execute("drop role " + operator.user());
    }
  }

  /// A database of an operator who may create roles, and is no superuser: what `SQL_DATABASE_URL`
  /// asks for. The same at each call.
  public DatabaseUrl operator() {
    if (operator == null) {
      String name = url.database() + "_operator";
      Server.execute("create role " + name + " login createrole password 'operator'");
      Server.execute("create database " + name + " owner " + name);
      operator = url.withDatabase(name).withLogin(name, new DatabasePassword("operator"));
    }
    return operator;
  }

  /// A database of a [SqlDatabase], if it was used. Its roles belong to the whole server.
  private static void dropWithRoles(DatabaseUrl sql) {
    String roles = null;
    try (Connection connection =
            DriverManager.getConnection(
                sql.jdbcUrl(), Server.URL.user(), Server.URL.password().reveal());
        Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "select string_agg(role, ',') from (select login as role from claudemesh.setup"
                    + " union select nspname from pg_namespace where nspname ~ '^meshdb_') r")) {
      found.next();
      roles = found.getString(1);
    } catch (SQLException notUsed) {
      // there is nothing, or nothing in it
    }
    Server.execute("drop database if exists " + sql.database() + " with (force)");
    if (roles != null) {
      Server.execute("drop role " + roles);
    }
  }

  /// The server programs, unpacked once for all tests of this checkout.
  public static Path binaries() {
    return target().resolve("postgres-binaries");
  }

  private static Path target() {
    return Path.of(
        System.getProperty("claudemesh.root", System.getProperty("java.io.tmpdir")), "target");
  }

  /// Started when the first test needs it; stopped and deleted when the JVM exits.
  private static final class Server {

    static final String NAME = "test_" + ProcessHandle.current().pid();
    static final DatabaseUrl URL = start();

    static {
      execute("drop database if exists " + NAME + " with (force)");
      execute("create database " + NAME);
      PGSimpleDataSource template = new PGSimpleDataSource();
      template.setUrl(URL.withDatabase(NAME).jdbcUrl());
      template.setUser(URL.user());
      template.setPassword(URL.password().reveal());
      Migrations.apply(template);
    }

    private static DatabaseUrl start() {
      String given = System.getenv("TEST_DATABASE_URL");
      if (given != null && !given.isBlank()) {
        DatabaseUrl url = DatabaseUrl.parse(given);
        atExit(() -> execute("drop database if exists " + NAME + " with (force)"));
        return url;
      }
      Path folder =
          target().resolve("test-postgres").resolve(Long.toString(ProcessHandle.current().pid()));
      deleteAbandoned(folder.getParent());
      var config =
          new EmbeddedPostgresConfig(
              folder, Optional.of(binaries()), false, 300, Duration.ofMinutes(2));
      EmbeddedPostgres server = EmbeddedPostgres.start(config, line -> {});
      atExit(() -> {
        server.close();
        delete(folder);
      });
      return server.url();
    }

    private static void deleteAbandoned(Path parent) {
      if (Files.isDirectory(parent)) {
        try (var folders = Files.list(parent)) {
          folders
              .filter(folder ->
                  ProcessHandle.of(Long.parseLong(folder.getFileName().toString())).isEmpty())
              .forEach(Server::delete);
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
    }

    private static void delete(Path folder) {
      try {
        PostgresFolder.deleteTree(folder);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private static void atExit(Runnable task) {
      Runtime.getRuntime().addShutdownHook(new Thread(task, "test-database-end"));
    }

    static void execute(String sql) {
      try (Connection connection =
              DriverManager.getConnection(URL.jdbcUrl(), URL.user(), URL.password().reveal());
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      } catch (SQLException e) {
        throw new AssertionError(sql, e);
      }
    }
  }
}
