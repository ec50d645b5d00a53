package dev.claudemesh.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.claudemesh.db.SqlDatabase.Column;
import dev.claudemesh.db.SqlDatabase.Rows;
import dev.claudemesh.db.SqlDatabase.TableColumn;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a mesh can do with its own database, and where it ends.
class SqlDatabaseTest {

  private static final long QUOTA = 4 << 20;

  private static TestDatabase test;
  private static SqlDatabase sql;
  private static int meshes;

  private final String mesh = "mesh-of-test-" + ++meshes;

  @BeforeAll
  static void open() {
    test = TestDatabase.create();
    sql = open(Duration.ofSeconds(2), 4);
  }

  private static SqlDatabase open(Duration statement, int connections) {
    return SqlDatabase.of(
        test.database(),
        Optional.empty(),
        new SqlDatabase.Limits(statement, Duration.ofSeconds(5), connections, QUOTA, 20));
  }

  @AfterAll
  static void drop() {
    sql.close();
    test.close();
  }

  @Test
  void a_mesh_makes_tables_fills_them_and_reads_them() {
    assertThat(write("create table part (id int primary key, name text, price numeric(10,2))"))
        .isZero();
    assertThat(write("insert into part values (1, 'bolt', 0.10), (2, 'nut', 12345678.90)"))
        .isEqualTo(2);
    assertThat(write("update part set name = upper(name)")).isEqualTo(2);
    assertThat(write("delete from part where id = 3")).isZero();

    Rows rows = read("select * from part order by id");

    assertThat(rows.columns())
        .containsExactly(
            new Column("id", "int4"), new Column("name", "text"), new Column("price", "numeric"));
    assertThat(rows.lines())
        .containsExactly(
            "{\"id\":1,\"name\":\"BOLT\",\"price\":0.10}",
            "{\"id\":2,\"name\":\"NUT\",\"price\":12345678.90}");
    assertThat(rows.truncated()).isFalse();
  }

  @Test
  void a_mesh_has_views_indexes_sequences_types_functions_triggers_and_foreign_keys() {
    write(
        """
        create table team (id int generated always as identity primary key, name text unique);
        create type mood as enum ('good', 'bad');
        create table person (
          id bigserial primary key, team int references team deferrable initially deferred,
          mood mood default 'good', tags text[], born timestamptz, extra jsonb);
        create index on person (team);
        create view happy as select * from person where mood = 'good';
        create function shout(t text) returns text language sql as 'select upper(t)';
        create function on_insert() returns trigger language plpgsql as
          $$ begin new.tags := array_append(new.tags, shout('new')); return new; end $$;
        create trigger on_insert before insert on person for each row execute function on_insert();
        insert into person (team, extra) values (1, '{"a": [1]}');
        insert into team (name) values ('core')
        """);

    Rows rows = read("select * from happy");

    assertThat(rows.columns())
        .map(Column::type)
        .containsExactly("int8", "int4", "mood", "text[]", "timestamptz", "jsonb");
    assertThat(rows.lines())
        .containsExactly(
            "{\"id\":1,\"team\":1,\"mood\":\"good\",\"tags\":[\"NEW\"],\"born\":null,"
                + "\"extra\":{\"a\": [1]}}");
    assertThat(sql.tables(mesh, 100))
        .contains(
            new TableColumn("team", Optional.of("id"), "integer", false),
            new TableColumn("person", Optional.of("mood"), "mood", true),
            new TableColumn("happy", Optional.of("tags"), "text[]", true));
    refused("23503", () -> write("insert into person (team) values (99)"));
  }

  @Test
  void a_result_without_rows_still_names_its_columns_and_repeated_names_stay_apart() {
    assertThat(read("select 1 as a, 'x' as b where false").columns())
        .containsExactly(new Column("a", "int4"), new Column("b", "text"));
    Rows twice = read("select 1 as a, 2 as a");
    assertThat(twice.columns()).map(Column::name).containsExactly("a", "a");
    assertThat(twice.lines()).containsExactly("{\"a\":1,\"a\":2}");
    assertThat(read("select").lines()).containsExactly("{}");
  }

  @Test
  void tables_can_be_listed_before_there_are_any_and_when_they_have_no_columns() {
    assertThat(sql.tables(mesh, 100)).isEmpty();
    write("create table nothing ()");
    assertThat(sql.tables(mesh, 100)).map(TableColumn::column).containsExactly(Optional.empty());
  }

  @Test
  void a_query_changes_nothing_by_whatever_way() {
    write("create table kept (i int); insert into kept values (1); create sequence s");
    write(
        "create function sneak() returns int language sql as 'insert into kept values (2) returning"
            + " i'");
    refused("42P11", () -> read("insert into kept values (2)"));
    refused("25006", () -> read("with w as (delete from kept returning *) select * from w"));
    refused("25006", () -> read("select sneak()"));
    refused("25006", () -> read("select nextval('s')"));
    refused(
        "25001", () -> read("select set_config('transaction_read_only', 'off', false), sneak()"));
    refused("42P11", () -> read("select 1; delete from kept"));
    refused("42P11", () -> read("commit; delete from kept"));
    refused("25006", () -> read("explain analyze delete from kept"));
    refused("25006", () -> read("select * from kept for update"));
    assertThat(read("select * from kept").lines()).containsExactly("{\"i\":1}");
  }

  @Test
  void several_statements_stand_and_fall_together_and_the_last_one_is_counted() {
    assertThat(write("create table t (i int); insert into t values (1), (2)")).isEqualTo(2);
    refused("22012", () -> write("insert into t values (3); select 1 / 0"));
    assertThat(read("select count(*) from t").lines()).containsExactly("{\"count\":2}");
  }

  @Test
  void long_results_end_at_the_limit_of_rows_or_of_bytes_and_say_so() {
    Rows some = sql.read(mesh, "select g from generate_series(1, 11) g", 10, 1_000_000);
    assertThat(some.lines()).hasSize(10);
    assertThat(some.truncated()).isTrue();
    Rows all = sql.read(mesh, "select g from generate_series(1, 10) g", 10, 1_000_000);
    assertThat(all.lines()).hasSize(10);
    assertThat(all.truncated()).isFalse();
    Rows wide = sql.read(mesh, "select repeat('x', 1000) from generate_series(1, 10)", 10, 5_000);
    assertThat(wide.lines()).hasSize(4);
    assertThat(wide.truncated()).isTrue();
  }

  @Test
  void the_limits_hold_when_a_mesh_puts_its_own_operators_and_functions_before_the_servers() {
    write(
        """
        create function never(int, int) returns boolean language sql as 'select false';
        create function never(bigint, bigint) returns boolean language sql as 'select false';
        create operator > (leftarg = int, rightarg = int, function = never);
        create operator > (leftarg = bigint, rightarg = bigint, function = never);
        create function octet_length(text) returns int language sql as 'select 0';
        create function mine() returns text language plpgsql as $$ begin
          perform set_config('search_path', current_schema() || ', pg_catalog', false);
          return repeat('x', 1000); end $$
        """);
    assertThat(sql.read(mesh, "select mine() from generate_series(1, 100)", 10, 1 << 20).lines())
        .hasSize(10);
    assertThat(sql.read(mesh, "select mine() from generate_series(1, 100)", 50, 5_000).lines())
        .hasSize(4);
    assertThat(sql.tables(mesh, 10)).isEmpty();
  }

  @Test
  void a_statement_that_runs_too_long_is_ended_even_if_it_will_not_hear_of_it() {
    refused("57014", () -> read("select pg_sleep(60)"));
    refused("57014", () -> write("select pg_sleep(60)"));
    String deaf =
        "do $$ begin loop begin perform pg_sleep(60); exception when query_canceled then null; end;"
            + " end loop; end $$";
    assertThatThrownBy(() -> write(deaf)).isInstanceOf(DatabaseDownException.class);
    assertThat(running()).isEmpty();
    assertThat(read("select 1").lines()).hasSize(1);
  }

  @Test
  void a_statement_that_talks_on_and_on_is_ended_at_its_deadline_all_the_same() {
    String talking =
        "do $$ begin loop begin perform pg_sleep(0.5); raise info 'x'; exception when query_canceled"
            + " then null; end; end loop; end $$";
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> assertThatThrownBy(() -> write(talking)).isInstanceOf(DatabaseDownException.class));
    assertThat(running()).isEmpty();
    assertThat(read("select 1").lines()).hasSize(1);
  }

  @Test
  void what_a_statement_says_beside_its_rows_does_not_fill_the_memory() {
    refused(
        "54000",
        () -> write("do $$ begin loop raise info '%', repeat('x', 1000000); end loop; end $$"));
    refused("54000", () -> write("do $$ begin loop raise info 'x'; end loop; end $$"));
    refused(
        "54000", () -> write("do $$ begin raise exception '%', repeat('x', 100000000); end $$"));
    assertThat(running()).isEmpty();
    assertThatThrownBy(() ->
            write(
                "do $$ begin raise exception '%', repeat('x', 100000) using hint ="
                    + " repeat('y', 100000), detail = repeat('z', 100000); end $$"))
        .isInstanceOfSatisfying(
            StatementRefusedException.class,
            refused -> {
              assertThat(refused.getMessage()).hasSizeLessThan(2_100);
              assertThat(refused.hint().orElseThrow()).hasSizeLessThan(2_100);
              assertThat(refused.detail().orElseThrow()).hasSizeLessThan(2_100);
            });
    assertThat(write("do $$ begin raise notice 'a word'; end $$")).isZero();
  }

  @Test
  void a_setting_that_the_driver_needs_is_refused_by_its_name() {
    refused("55P02", () -> write("set datestyle = german"));
    refused("55P02", () -> read("select set_config('client_encoding', 'latin1', false)"));
    assertThat(read("select 1").lines()).hasSize(1);
  }

  @Test
  void an_error_that_a_statement_raises_is_its_own_whatever_it_calls_it() {
    for (String code : List.of("53100", "57P01", "40003", "08006")) {
      refused(
          code, () -> write("do $$ begin raise exception using errcode = '" + code + "'; end $$"));
    }
  }

  @Test
  void random_numbers_of_one_mesh_are_not_chosen_by_another() {
    read("select setseed(0.5)");
    List<String> first = read("select random() as r").lines();
    read("select setseed(0.5)");
    assertThat(read("select random() as r").lines()).isNotEqualTo(first);
  }

  @Test
  void a_limit_of_time_that_a_statement_lifts_for_itself_is_back_for_the_next_one() {
    write("select set_config('statement_timeout', '0', false)");
    assertThat(read("select current_setting('statement_timeout') as t").lines())
        .containsExactly("{\"t\":\"2s\"}");
  }

  @Test
  void a_full_database_takes_deletions_but_no_more_rows() {
    write("create table kept (t text)");
    write("insert into kept select md5(g::text) from generate_series(1, 40000) g");
    String more = "insert into kept select md5(g::text) from generate_series(1, 40000) g";
    refused(SqlDatabase.FULL, () -> write(more));
    assertThat(read("select count(*) from kept").lines()).containsExactly("{\"count\":40000}");
    assertThat(write("delete from kept where t < '8'")).isPositive();
    assertThat(write("drop table kept")).isZero();
  }

  @Test
  void room_that_was_taken_by_rows_that_were_refused_comes_back() {
    write("create table t (v text) with (autovacuum_enabled = false, vacuum_truncate = false)");
    String fill = "insert into t select repeat(md5(g::text), 50) from generate_series(1, 7000) g";
    refused(SqlDatabase.FULL, () -> write(fill));
    refused(SqlDatabase.FULL, () -> write(fill));
    assertThat(write("insert into t values ('fits')")).isEqualTo(1);
    refused(SqlDatabase.FULL, () -> write("insert into t values ('a'); " + fill));
    assertThat(write("truncate t")).isZero();
  }

  @Test
  void a_mesh_has_so_many_tables_and_no_more() {
    refused(
        "MQ002",
        () ->
            write(
                "do $$ begin for i in 1 .. 21 loop execute 'create table t' || i || ' ()'; end loop;"
                    + " end $$"));
    assertThat(sql.tables(mesh, 100)).isEmpty();
  }

  @Test
  void an_error_says_what_postgresql_says_and_where() {
    assertThatThrownBy(() -> read("select nothing from nowhere"))
        .isInstanceOfSatisfying(
            StatementRefusedException.class,
            refused -> {
              assertThat(refused).hasMessage("relation \"nowhere\" does not exist");
              assertThat(refused.sqlState()).isEqualTo("42P01");
              assertThat(refused.position()).contains(21);
            });
  }

  @Test
  void meshes_whose_ids_differ_only_in_case_or_signs_do_not_share_a_schema() {
    sql.write("Mesh-of_a-team", "create table own (i int)");
    assertThat(sql.tables("mesh_of_a_team", 10)).isEmpty();
    assertThat(sql.tables("mesh-of_a-team", 10)).isEmpty();
    assertThat(sql.tables("Mesh-of_a-team", 10)).hasSize(1);
  }

  @Test
  void two_brokers_that_begin_at_once_make_one_database_and_each_mesh_once() throws Exception {
    try (TestDatabase fresh = TestDatabase.create();
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<SqlDatabase> brokers =
          IntStream.range(0, 2)
              .mapToObj(i ->
                  SqlDatabase.of(
                      fresh.database(),
                      Optional.empty(),
                      new SqlDatabase.Limits(
                          Duration.ofSeconds(5), Duration.ofSeconds(10), 4, QUOTA, 20)))
              .toList();
      List<Callable<Long>> calls =
          IntStream.range(0, 8)
              .<Callable<Long>>mapToObj(i ->
                  () ->
                      brokers.get(i % 2).write("shared-by-both", "create table t" + i + " (i int)"))
              .toList();
      for (Future<Long> call : threads.invokeAll(calls)) {
        call.get();
      }
      assertThat(brokers.getFirst().tables("shared-by-both", 100)).hasSize(8);
      brokers.forEach(SqlDatabase::close);
    }
  }

  @Test
  void what_was_written_is_there_after_a_restart() {
    write("create table kept (i int); insert into kept values (7)");
    try (SqlDatabase again = open(Duration.ofSeconds(2), 1)) {
      assertThat(again.read(mesh, "select i from kept", 10, 1_000).lines())
          .containsExactly("{\"i\":7}");
    }
  }

  @Test
  void the_private_server_makes_it_by_itself_and_lets_its_login_into_no_other_database(
      @TempDir Path folder) throws SQLException {
    EmbeddedPostgresConfig place =
        EmbeddedPostgresConfig.in(folder).withBinaries(TestDatabase.binaries()).forgettingOnCrash();
    DatabaseConfig config =
        new DatabaseConfig(
            new DatabaseConfig.Place.Embedded(place),
            2,
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30));
    try (Database database = Database.open(config, line -> {});
        SqlDatabase own =
            SqlDatabase.of(
                database,
                Optional.empty(),
                new SqlDatabase.Limits(
                    Duration.ofSeconds(5), Duration.ofSeconds(5), 1, QUOTA, 20))) {
      own.write("A", "create table t as select 1 as i");

      DatabaseUrl url = database.url();
      String login = one(url.withDatabase("claudemesh_sql"), "select login from claudemesh.setup");
      String password =
          one(url.withDatabase("claudemesh_sql"), "select password from claudemesh.setup");
      for (String other : List.of("claudemesh", "postgres", "template1")) {
        DatabaseUrl entrance =
            url.withDatabase(other).withLogin(login, new DatabasePassword(password));
        assertThatThrownBy(() -> one(entrance, "select 1"))
            .isInstanceOfSatisfying(
                SQLException.class,
                refused -> assertThat(refused.getSQLState()).isEqualTo("42501"));
      }
      assertThat(own.read("A", "table t", 1, 100).lines()).containsExactly("{\"i\":1}");
    }
  }

  private static String one(DatabaseUrl url, String query) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password().reveal());
        ResultSet row = connection.createStatement().executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  /// What the server still works on in the database of the meshes.
  private static List<String> running() {
    return test.database()
        .dsl()
        .fetch(
            "select query from pg_stat_activity where state = 'active' and datname = ? and usename <>"
                + " current_user",
            test.url().database() + SqlDatabase.SUFFIX)
        .map(row -> row.get(0, String.class));
  }

  private Rows read(String statement) {
    return sql.read(mesh, statement, 1_000, 1 << 20);
  }

  private long write(String statement) {
    return sql.write(mesh, statement);
  }

  private static void refused(String sqlState, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatementRefusedException.class,
            refused -> assertThat(refused.sqlState()).as(refused.getMessage()).isEqualTo(sqlState));
  }
}
