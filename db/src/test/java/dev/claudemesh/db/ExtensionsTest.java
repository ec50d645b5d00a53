package dev.claudemesh.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/// A database of somebody's, whose role may have its tables there and nothing more.
class ExtensionsTest {
  private static final String NAME = "modest_" + ProcessHandle.current().pid();
  private static final String PASSWORD = "modest";

  private TestDatabase server;

  @BeforeEach
  void aDatabaseAndARole() throws SQLException {
    server = TestDatabase.create();
    asAdmin(server.url(), "create role " + NAME + " login password '" + PASSWORD + "'");
    asAdmin(server.url(), "create database " + NAME + " template template0");
    asAdmin(server.url().withDatabase(NAME), "create schema mesh authorization " + NAME);
  }

  @AfterEach
  void drop() throws SQLException {
    asAdmin(server.url(), "drop database " + NAME + " with (force)");
    asAdmin(server.url(), "drop role " + NAME);
    server.close();
  }

  @Test
  void a_role_that_may_not_install_extensions_is_told_what_to_ask_for_and_can_go_on_then()
      throws SQLException {
    assertThatThrownBy(() -> Migrations.apply(modest()))
        .isInstanceOf(DatabaseMigrationException.class)
        .hasMessageContaining("create extension if not exists pg_trgm")
        .hasMessageContaining("create extension if not exists btree_gin")
        .hasMessageContaining("permission denied");

    asAdmin(
        server.url().withDatabase(NAME),
        "create schema extras; create extension pg_trgm with schema extras; create extension"
            + " btree_gin with schema extras; grant usage on schema extras to "
            + NAME);
    Migrations.apply(modest());
    try (Connection connection = modest().getConnection();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery("select * from mesh.words_alike('m', 'word', 1)")) {
      assertThat(rows.next()).isFalse();
    }
  }

  private PGSimpleDataSource modest() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(server.url().withDatabase(NAME).jdbcUrl());
    source.setUser(NAME);
    source.setPassword(PASSWORD);
    return source;
  }

  private static void asAdmin(DatabaseUrl url, String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password().reveal());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
