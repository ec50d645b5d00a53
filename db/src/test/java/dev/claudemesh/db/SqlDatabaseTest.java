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
import java.util.concurrent.ExecutionException;
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
  private static final long TOTAL = 1L << 30;

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
        new SqlDatabase.Limits(statement, Duration.ofSeconds(5), connections, QUOTA, TOTAL, 20));
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
    refused("42P01", () -> write("insert into nowhere values ('" + "x".repeat(1 << 20) + "')"));
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
  void a_table_that_is_held_is_not_vacuumed_and_whoever_finds_no_room_is_told_that()
      throws SQLException {
    write("create table t (v text) with (autovacuum_enabled = false, vacuum_truncate = false)");
    String fill = "insert into t select repeat(md5(g::text), 50) from generate_series(1, 7000) g";
    try (Connection admin = admin()) {
      admin.setAutoCommit(false);
      admin.createStatement().execute("lock table " + schema() + ".t in access share mode");
      refused(SqlDatabase.FULL, () -> write(fill));
      refused(SqlDatabase.FULL_OF_DEAD_ROWS, () -> write("insert into t values ('fits')"));
    }
    assertThat(write("insert into t values ('fits')")).isEqualTo(1);
  }

  @Test
  void no_statement_has_a_table_rewritten_by_raising_the_code_for_that() throws SQLException {
    write("create table t as select 1 as i");
    String file = one("select pg_relation_filenode('" + schema() + ".t')");
    for (String code : List.of(SqlDatabase.FULL_OF_DEAD_ROWS, SqlDatabase.FULL)) {
      refused(
          code, () -> write("do $$ begin raise exception using errcode = '" + code + "'; end $$"));
    }
    assertThat(one("select pg_relation_filenode('" + schema() + ".t')")).isEqualTo(file);
  }

  @Test
  void nothing_of_a_mesh_runs_when_the_server_vacuums_and_analyzes() {
    write(
        """
        create table t (i int, v text);
        create function mine(int) returns int language sql immutable as 'select $1';
        create function length_of(int, int) returns float8 language sql immutable as 'select 1.0';
        create function mine(int, int) returns int language sql immutable as 'select $1';
        create operator ### (leftarg = int, rightarg = int, function = mine);
        create domain small as int check (mine(value) < 10)
        """);
    for (String statement :
        List.of(
            "create index on t (mine(i))",
            "create index on t (i) where mine(i) > 0",
            "create unique index on t ((i + mine(i)))",
            "create index on t ((i ### 1))",
            "create index on t ((i::small))",
            "create statistics s on (mine(i)), v from t",
            "create table u (i int, exclude (mine(i) with =))",
            "create type span as range (subtype = int, subtype_diff = length_of)")) {
      refused("0A000", () -> write(statement));
    }
    write(
        """
        create index on t (lower(v)) where i > 0;
        create statistics s on (lower(v)), i from t;
        create type span as range (subtype = int, subtype_diff = int4range_subdiff);
        create index on t (span(i, null));
        alter table t add column g int generated always as (mine(i)) stored;
        create index on t (g);
        insert into t (i, v) values (7, 'x');
        analyze t
        """);
    assertThat(read("select g from t where g = 7").lines()).hasSize(1);
  }

  @Test
  void what_stands_in_the_catalogs_has_an_end_too() {
    String longText = "(select string_agg(md5(g::text), '') from generate_series(1, 80000) g)";
    for (String statement :
        List.of(
            "create function f() returns text language sql as $f$ select %L $f$",
            "create function f() returns text return %L",
            "comment on table t is %L",
            "comment on column t.i is %L",
            "alter table t alter v set default %L",
            "create view w as select %L as v",
            "alter table t add check (v <> %L)",
            "create policy p on t using (v = %L)",
            "create domain d as text default %L")) {
      write("create table if not exists t (i int, v text)");
      refused(
          SqlDatabase.TOO_LONG_DEFINITIONS,
          () -> write("do $$ begin execute format('" + statement + "', " + longText + "); end $$"));
    }
    refused(
        SqlDatabase.TOO_LONG_DEFINITIONS,
        () ->
            write(
                "do $$ begin for i in 1 .. 10 loop execute 'create table wide' || i || ' (' ||"
                    + " (select string_agg('c' || g || ' int', ',') from generate_series(1, 1500) g)"
                    + " || ')'; end loop; end $$"));
    refused(
        SqlDatabase.TOO_LONG_DEFINITIONS,
        () ->
            write(
                "do $$ begin execute 'create type many as enum (' || (select string_agg(quote_literal('e' || g),"
                    + " ',') from generate_series(1, 12000) g) || ')'; end $$"));
    assertThat(write("drop table t")).isZero();
  }

  @Test
  void all_meshes_together_take_no_more_than_the_operator_says() {
    try (SqlDatabase small =
        SqlDatabase.of(
            test.database(),
            Optional.empty(),
            new SqlDatabase.Limits(
                Duration.ofSeconds(2), Duration.ofSeconds(5), 1, QUOTA, 1 << 20, 20))) {
      for (int i = 0; i < 3; i++) {
        refused(SqlDatabase.ALL_FULL, () -> small.write(mesh, "create table t (i int)"));
      }
      assertThat(small.read(mesh, "select 1", 1, 100).lines()).hasSize(1);
    }
  }

  @Test
  void meshes_that_begin_all_at_once_take_one_connection_and_are_told_to_come_again()
      throws Exception {
    read("select 1");
    try (SqlDatabase hasty =
            SqlDatabase.of(
                test.database(),
                Optional.empty(),
                new SqlDatabase.Limits(
                    Duration.ofSeconds(2), Duration.ofMillis(500), 4, QUOTA, TOTAL, 20));
        Connection admin = admin();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      hasty.read("first", "select 1", 1, 100);
      admin.setAutoCommit(false);
      admin.createStatement().execute("select pg_advisory_xact_lock(" + 0x636c61756465L + ")");
      List<Future<Rows>> calls =
          IntStream.range(0, 20)
              .mapToObj(i -> threads.submit(() -> hasty.read("many-" + i, "select 1", 1, 100)))
              .toList();
      while (calls.stream().filter(Future::isDone).count() < 19) {
        Thread.onSpinWait();
      }
      assertThat(one("select count(*) from pg_locks where locktype = 'advisory' and not granted"))
          .isEqualTo("1");
      admin.rollback();
      long busy = 0;
      for (Future<Rows> call : calls) {
        try {
          call.get();
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(DatabaseBusyException.class);
          busy++;
        }
      }
      assertThat(busy).isEqualTo(19);
    }
  }

  @Test
  void what_an_older_version_made_is_brought_up_to_date() throws SQLException {
    write("create table kept as select 7 as i");
    String name = schema();
    try (Connection admin = admin()) {
      admin
          .createStatement()
          .execute(
              """
              create function claudemesh_guard.begin_write(mesh text, quota bigint) returns bigint
                language sql as 'select 0::bigint';
              drop function claudemesh_guard.end_write(text, bigint, bigint, int);
              create function claudemesh_guard.end_write(text, bigint, bigint, int) returns void
                language sql as '';
              grant execute on function claudemesh_guard.begin_write(text, bigint),
                claudemesh_guard.end_write(text, bigint, bigint, int) to ${mesh};
              drop function claudemesh_run.write_${mesh}(text, bigint, int, bigint);
              create function claudemesh_run.write_${mesh}(text, bigint, int) returns bigint
                language sql as 'select 0::bigint';
              alter function claudemesh_run.write_${mesh}(text, bigint, int) owner to ${mesh};
              drop function claudemesh_guard.begin_${mesh}(bigint, bigint);
              drop function claudemesh_guard.end_${mesh}(bigint, bigint, int)
              """
                  .replace("${mesh}", name));
    }
    try (SqlDatabase newer = open(Duration.ofSeconds(2), 1)) {
      assertThat(newer.write(mesh, "insert into kept values (8)")).isEqualTo(1);
    }
    assertThat(
            one(
                "select count(*) from pg_proc where proname = 'write_"
                    + name
                    + "' or proname in ('begin_write', 'end_write') and has_function_privilege('"
                    + name
                    + "', oid, 'execute')"))
        .isEqualTo("1");
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
                          Duration.ofSeconds(5), Duration.ofSeconds(10), 4, QUOTA, TOTAL, 20)))
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
                    Duration.ofSeconds(5), Duration.ofSeconds(5), 1, QUOTA, TOTAL, 20))) {
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

  private static DatabaseUrl beside() {
    return test.url().withDatabase(test.url().database() + SqlDatabase.SUFFIX);
  }

  private static Connection admin() throws SQLException {
    DatabaseUrl url = beside();
    return DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password().reveal());
  }

  private static String one(String query) throws SQLException {
    return one(beside(), query);
  }

  /// Name of the mesh's schema and role.
  private String schema() throws SQLException {
    return one("select nspname from pg_namespace where obj_description(oid) = 'mesh " + mesh + "'");
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
