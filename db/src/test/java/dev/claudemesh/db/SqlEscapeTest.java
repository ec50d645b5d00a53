package dev.claudemesh.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Mesh A tries to get out of its schema. PostgreSQL itself refuses each attempt, and afterwards
/// nothing of mesh B, of the roles or of what runs the statements has changed, and A still works.
class SqlEscapeTest {

  private static final String SECRET = "the secret of B";

  private static TestDatabase test;
  private static World bySuperuser;
  private static World byOperator;

  /// One way out.
  ///
  /// @param by `query` or `execute`
  /// @param sqlState what PostgreSQL answers; empty where it carries the statement out, which then
  ///   must be without effect on anybody else
  record Attempt(String by, String name, String sqlState, String statement) {
    @Override
    public String toString() {
      return name + " by mesh_" + by + (sqlState.isEmpty() ? "" : " → " + sqlState);
    }
  }

  private static Attempt query(String name, String sqlState, String statement) {
    return new Attempt("query", name, sqlState, statement);
  }

  private static Attempt execute(String name, String sqlState, String statement) {
    return new Attempt("execute", name, sqlState, statement);
  }

  static Stream<Attempt> other_schemas() {
    return Stream.of(
        query("another mesh's table", "42501", "select * from ${b}.secret"),
        query("the same behind a comment", "42501", "select * from /* ${a}. */ ${b}. -- \n secret"),
        query(
            "the same with its names escaped",
            "42501",
            "select * from U&\"${b}\".U&\"\\0073ecret\""),
        query(
            "a search path of its own",
            "42P01",
            "select set_config('search_path', '${b}', false), * from secret"),
        execute("a search path, then the table", "42P01", "set search_path = ${b}; table secret"),
        execute("writing into another mesh", "42501", "insert into ${b}.secret values ('mine')"),
        execute("emptying another mesh's table", "42501", "truncate ${b}.secret"),
        execute("locking another mesh's table", "42501", "lock table ${b}.secret"),
        execute("a view on another mesh", "42501", "create view v as select * from ${b}.secret"),
        execute(
            "a foreign key to another mesh",
            "42501",
            "create table f (v text references ${b}.secret)"),
        execute(
            "inheriting from another mesh", "42501", "create table f () inherits (${b}.secret)"),
        execute("a table in another schema", "42501", "create table ${b}.mine (i int)"),
        execute("a table in public", "42501", "create table public.mine (i int)"),
        execute("a table in the catalog", "42501", "create table pg_catalog.mine (i int)"),
        execute("moving a table to another schema", "42501", "alter table own set schema ${b}"),
        execute("a temporary table", "42501", "create temp table mine (i int)"),
        execute(
            "a temporary function",
            "42501",
            "create function pg_temp.now() returns int language sql as 'select 1'"),
        execute("a schema", "42501", "create schema mine"),
        execute("dropping another mesh's schema", "42501", "drop schema ${b} cascade"),
        execute("renaming its own schema", "42501", "alter schema ${a} rename to ${b}x"),
        execute("dropping its own schema", "42501", "drop schema ${a} cascade"),
        query("reading the administrator's schema", "42501", "select * from claudemesh.setup"),
        query("another mesh's function", "42501", "select ${b}.tell()"));
  }

  static Stream<Attempt> roles() {
    return Stream.of(
        execute("set role", "42501", "set role ${b}"),
        execute("set local role", "42501", "set local role ${b}"),
        execute("reset role", "42501", "reset role"),
        execute("session authorization", "42501", "set session authorization ${b}"),
        execute("back to the login", "42501", "reset session authorization"),
        query(
            "a role by set_config",
            "42501",
            "select set_config('role', '${b}', true), (select 1 from ${b}.secret)"),
        query(
            "a role by set_config and XML",
            "42501",
            "select set_config('role', '${b}', true), query_to_xml('select v from ${b}.secret', true,"
                + " true, '')"),
        query("XML of a whole schema", "42501", "select schema_to_xml('${b}', true, true, '')"),
        execute("set role inside of do", "42501", "do $$ begin execute 'set role ${b}'; end $$"),
        execute(
            "set role in another function",
            "42501",
            "create function f() returns int language plpgsql security definer set role = '${b}' as"
                + " $$ begin return 1; end $$; select f()"),
        execute("its own role's password", "42501", "alter role current_user password 'x'"),
        execute("its own role's settings", "42501", "alter role current_user set work_mem = '1GB'"),
        execute("letting its role log in", "42501", "alter role current_user login"),
        execute("making its role a superuser", "42501", "alter role ${a} superuser"),
        execute("changing the login", "42501", "alter role ${login} password 'x'"),
        execute("a new role", "42501", "create role mine"),
        execute("joining another role", "42501", "grant ${b} to current_user"),
        execute("giving its role to the login", "42501", "grant ${a} to ${login}"),
        execute("giving all it owns to another", "42501", "reassign owned by current_user to ${b}"),
        execute(
            "owning what another owns", "42501", "alter table ${b}.secret owner to current_user"),
        execute("giving a table to the login", "42501", "alter table own owner to ${login}"),
        execute(
            "rights it would give to all later",
            "42501",
            "alter default privileges grant all on tables to public"));
  }

  static Stream<Attempt> what_runs_the_statements() {
    return Stream.of(
        query(
            "another mesh's runner",
            "42501",
            "select claudemesh_run.read_${b}('select * from secret', 1, 1000)"),
        execute(
            "another mesh's writer",
            "42501",
            "select claudemesh_run.write_${b}('drop table secret', 1, 1, 1)"),
        execute(
            "replacing its runner",
            "42501",
            "create or replace function claudemesh_run.read_${a}(statement text, most_rows int,"
                + " most_bytes bigint) returns setof text language sql as 'select 1::text'"),
        execute(
            "altering its runner",
            "42501",
            "alter function claudemesh_run.read_${a}(text, int, bigint) security invoker"),
        execute(
            "dropping its runner",
            "42501",
            "drop function claudemesh_run.write_${a}(text, bigint, int, bigint)"),
        execute("dropping all it owns", "42501", "drop owned by current_user cascade"),
        execute(
            "opening its runner to all",
            "42501",
            "grant execute on all functions in schema claudemesh_run to public"),
        execute(
            "replacing the guard",
            "42501",
            "create or replace function claudemesh_guard.end_write(text, bigint, bigint, int) returns"
                + " void language sql as ''"),
        execute(
            "dropping the guard",
            "42501",
            "drop function claudemesh_guard.begin_write(text, bigint, bigint)"),
        execute(
            "replacing its own guard",
            "42501",
            "create or replace function claudemesh_guard.begin_${a}(quota bigint, most_of_all bigint)"
                + " returns bigint language sql as 'select 0::bigint'"),
        query(
            "another mesh's guard",
            "42501",
            "select claudemesh_guard.begin_${b}(1::bigint << 60, null)"),
        query(
            "the guard about another mesh's size",
            "42501",
            "select claudemesh_guard.begin_write('${b}', 1::bigint << 60, null)"),
        query("another mesh's size", "42501", "select claudemesh_guard.size_of('${b}')"),
        execute(
            "asking the guard about another mesh",
            "42501",
            "select * from claudemesh_guard.columns_of('${b}')"),
        execute(
            "a cursor that is filled at the commit",
            "0A000",
            "declare c cursor with hold for select steal()"),
        query("a cursor of a query that is filled at the commit", "", "select hold()"),
        execute(
            "a trigger that waits for the commit",
            "42501",
            """
            create table late (i int);
            create function on_late() returns trigger language plpgsql as
              $$ begin perform steal(); return null; end $$;
            create constraint trigger on_late after insert on late
              deferrable initially deferred for each row execute function on_late();
            insert into late values (1)
            """),
        execute(
            "a trigger that puts itself off again",
            "0A000",
            """
            create table late (i int);
            create function on_late() returns trigger language plpgsql as $$ begin
              if new.i = 1 then set constraints all deferred; insert into late values (2);
              else perform steal(); end if; return null; end $$;
            create constraint trigger on_late after insert on late
              deferrable initially deferred for each row execute function on_late();
            insert into late values (1)
            """),
        execute(
            "an exclusion that is checked at the commit",
            "0A000",
            """
            create function same(int) returns int immutable language plpgsql as
              $$ begin return $1; end $$;
            create table late (i int,
              exclude using btree (same(i) with =) deferrable initially deferred)
            """),
        execute(
            "a statement under the driver's name",
            "0A000",
            "deallocate all; prepare \"S_1\" as select steal()"),
        execute(
            "an operator for the checks that follow",
            "",
            """
            create function yes(bigint, bigint) returns boolean language plpgsql as
              $$ begin perform steal(); return true; end $$;
            create operator > (leftarg = bigint, rightarg = bigint, function = yes);
            set search_path = ${a}, pg_catalog
            """),
        execute(
            "a cast between the server's own types",
            "42501",
            "create function c(int) returns text language sql as 'select ''x'''; create cast (int as"
                + " text) with function c(int) as implicit"),
        execute(
            "an event trigger",
            "42501",
            "create function e() returns event_trigger language plpgsql as $$ begin perform steal();"
                + " end $$; create event trigger e on ddl_command_start execute function e()"),
        execute(
            "a rule on a catalog",
            "42501",
            "create rule r as on select to pg_catalog.pg_settings do instead select 1"),
        execute(
            "a trigger on a catalog",
            "42501",
            "create trigger t after insert on pg_catalog.pg_class for each row execute function"
                + " suppress_redundant_updates_trigger()"));
  }

  static Stream<Attempt> transactions() {
    return Stream.of(
        query("a second statement", "42P11", "select 1; insert into own values (2)"),
        query("an end of the transaction", "42P11", "commit; select 1"),
        query("do in a query", "42P11", "do $$ begin perform steal(); end $$"),
        query("copy in a query", "42P11", "copy own to stdout"),
        query("a table from a query", "42P11", "create table mine (i int)"),
        query(
            "writing from with",
            "25006",
            "with w as (delete from own returning 1) select * from w"),
        query("writing from a function", "25006", "select spoil()"),
        query(
            "a transaction that may write again",
            "25001",
            "select set_config('transaction_read_only', 'off', true), spoil()"),
        execute("commit and begin", "0A000", "commit; begin; select 1"),
        execute("rollback", "0A000", "rollback"),
        execute("a savepoint", "0A000", "savepoint s"),
        execute("commit inside of do", "2D000", "do $$ begin commit; end $$"),
        execute(
            "commit inside of a procedure",
            "2D000",
            "create procedure p() language plpgsql as $$ begin commit; end $$; call p()"),
        execute("prepare transaction", "0A000", "prepare transaction 'mine'"),
        execute("vacuum", "25001", "vacuum own"),
        execute("discard all", "25001", "discard all"),
        execute("a table of the server", "42501", "lock table pg_catalog.pg_class"));
  }

  static Stream<Attempt> the_server() {
    return Stream.of(
        execute("a program", "42501", "copy own from program 'id'"),
        execute("output to a program", "42501", "copy own to program 'cat'"),
        execute("reading a file", "42501", "copy own from '/etc/passwd'"),
        execute("writing a file", "42501", "copy own to '/tmp/mine'"),
        execute("the client's end of copy", "0A000", "copy own to stdout"),
        query("pg_read_file", "42501", "select pg_read_file('PG_VERSION')"),
        query("pg_read_binary_file", "42501", "select pg_read_binary_file('PG_VERSION')"),
        query("pg_ls_dir", "42501", "select pg_ls_dir('.')"),
        query("pg_stat_file", "42501", "select pg_stat_file('.')"),
        query("lo_import", "42501", "select lo_import('/etc/passwd')"),
        execute("a large object", "42501", "select lo_from_bytea(0, 'x')"),
        execute("reading large objects", "42501", "select lo_get(1)"),
        execute(
            "language c",
            "42501",
            "create function c() returns int language c as 'libc.so.6', 'getpid'"),
        execute(
            "language internal",
            "42501",
            "create function c(cstring) returns int language internal as 'system'"),
        execute(
            "language python",
            "42704",
            "create function p() returns int language plpython3u as 'return 1'"),
        execute("a language", "42501", "create language mine handler plpgsql_call_handler"),
        execute("dblink", "42501", "create extension dblink"),
        execute("a trusted extension", "42501", "create extension hstore"),
        execute("loading a library", "42501", "load '$libdir/auto_explain'"),
        execute(
            "a foreign server",
            "42704",
            "create server s foreign data wrapper postgres_fdw options (host '127.0.0.1')"),
        execute("a wrapper", "42501", "create foreign data wrapper mine"),
        execute(
            "a subscription",
            "42501",
            "create subscription s connection 'host=127.0.0.1' publication p with (connect = false)"),
        execute("a publication of all", "42501", "create publication p for all tables"),
        execute("a database", "25001", "create database mine"),
        execute(
            "the database's settings",
            "42501",
            "alter database ${database} set search_path = ${a}"),
        execute("the server's settings", "25001", "alter system set work_mem = '1GB'"),
        execute("a superuser's setting", "42501", "set session_replication_role = replica"),
        execute("the replay of triggers off", "42501", "set log_statement = 'all'"),
        execute("a tablespace", "25001", "create tablespace mine location '/tmp'"),
        execute("a base type", "42501", "create type t (input = int4in, output = int4out)"),
        execute("an access method", "42501", "create access method m type index handler bthandler"),
        execute(
            "an operator class",
            "42501",
            "create operator class c for type int using btree as operator 1 <"),
        query(
            "ending other sessions",
            "42501",
            "select pg_terminate_backend(pid) from generate_series(1, 4000000) pid where pid = ${pid}"),
        query("cancelling other sessions", "42501", "select pg_cancel_backend(${pid})"),
        query("an advisory lock", "42501", "select pg_advisory_lock(1)"),
        query(
            "an advisory lock of the transaction",
            "42501",
            "select pg_try_advisory_xact_lock_shared(1, 2)"),
        query("pg_notify", "42501", "select pg_notify('c', 'x')"),
        query(
            "a message in the log of changes",
            "42501",
            "select pg_logical_emit_message(false, 'x', 'y')"),
        query("a snapshot for others", "42501", "select pg_export_snapshot()"));
  }

  static Stream<Attempt> the_catalogs() {
    return Stream.of(
        query("pg_authid", "42501", "select rolpassword from pg_authid"),
        query("pg_shadow", "42501", "select passwd from pg_shadow"),
        query("pg_user_mapping", "42501", "select * from pg_user_mapping"),
        query("pg_user_mappings", "42501", "select * from pg_user_mappings"),
        query(
            "sizes of other tables",
            "42501",
            "select pg_relation_size(o::oid::regclass) from generate_series(16384, 60000) o"),
        query(
            "sizes with all that belongs to them",
            "42501",
            "select pg_total_relation_size(o::oid::regclass) from generate_series(16384, 60000) o"),
        query("pg_table_size", "42501", "select pg_table_size('own')"),
        query("pg_indexes_size", "42501", "select pg_indexes_size('own')"),
        query("pg_roles", "42501", "select rolname from pg_roles"),
        query("pg_database", "42501", "select datname from pg_database"),
        query("names of other tables", "42501", "select relname from pg_class"),
        query("names of other tables by a view", "42501", "select * from pg_tables"),
        query("names of other columns", "42501", "select attname from pg_attribute"),
        query("names of other meshes", "42501", "select nspname from pg_namespace"),
        query("texts of other functions", "42501", "select prosrc from pg_proc"),
        query(
            "a function's text by its number",
            "42501",
            "select pg_get_functiondef(o::oid) from generate_series(16384, 20000) o"),
        query("a view's text by its number", "42501", "select pg_get_viewdef(16384::oid)"),
        query("values of other columns", "42501", "select most_common_vals from pg_stats"),
        query("statistics", "42501", "select * from pg_statistic"),
        query("comments", "42501", "select * from pg_description"),
        query("large objects", "42501", "select * from pg_largeobject"),
        query("what others run", "42501", "select query from pg_stat_activity"),
        query("what others run, by the function", "42501", "select pg_stat_get_activity(null)"),
        query("locks of others", "42501", "select * from pg_locks"),
        query("files of settings", "42501", "select * from pg_file_settings"),
        query("rules of entry", "42501", "select * from pg_hba_file_rules"),
        query("subscriptions", "42501", "select subconninfo from pg_subscription"),
        execute("changing a catalog", "42501", "update pg_catalog.pg_class set relowner = 10"),
        execute("deleting from a catalog", "42501", "delete from pg_catalog.pg_proc"));
  }

  /// What PostgreSQL lets anybody do, and what comes of it here: nothing.
  static Stream<Attempt> carried_out_without_effect() {
    return Stream.of(
        execute("listening", "", "listen c"),
        execute("notifying", "", "notify c, 'x'"),
        execute("no limit of time", "", "set statement_timeout = 0"),
        execute("memory without end for later", "", "set work_mem = '2GB'"),
        execute("giving its schema to all", "", "grant all on schema ${a} to public"),
        execute("giving its table to another", "", "grant select on own to ${b}"),
        execute("a setting of the session", "", "set search_path = ${b}, public"),
        execute("read only for good", "", "set default_transaction_read_only = on"),
        execute("closing all cursors", "", "close all"),
        execute(
            "a function with its owner's rights",
            "",
            "create function f() returns text language sql security definer as 'select current_user::"
                + "text'; grant execute on function f() to public"),
        query(
            "tables of the information schema",
            "",
            "select * from information_schema.tables where table_schema = '${b}'"),
        query(
            "columns of the information schema",
            "",
            "select * from information_schema.columns where table_name = 'secret'"),
        query(
            "texts of the information schema",
            "",
            "select routine_definition from information_schema.routines where routine_name = 'tell'"));
  }

  @BeforeAll
  static void two_worlds() throws SQLException {
    test = TestDatabase.create();
    DatabaseUrl beside = test.url().withDatabase(test.url().database() + SqlDatabase.SUFFIX);
    bySuperuser = World.create(Optional.empty(), beside);
    byOperator = World.create(Optional.of(test.operator()), test.operator());
  }

  @AfterAll
  static void drop() throws SQLException {
    bySuperuser.close();
    byOperator.close();
    test.close();
  }

  static Stream<Attempt> attempts() {
    return Stream.concat(attemptsOnAnyServer(), the_catalogs());
  }

  /// Those that are refused even where no superuser prepared the database.
  static Stream<Attempt> attemptsOnAnyServer() {
    return Stream.of(
            other_schemas(),
            roles(),
            what_runs_the_statements(),
            transactions(),
            the_server(),
            carried_out_without_effect())
        .flatMap(all -> all);
  }

  @ParameterizedTest
  @MethodSource("attempts")
  void nothing_leaves_its_mesh(Attempt attempt) throws SQLException {
    World world = bySuperuser;
    List<String> before = world.fresh();

    if (attempt.sqlState().isEmpty()) {
      assertThat(world.shown(attempt)).doesNotContain(SECRET);
    } else {
      assertThatThrownBy(() -> world.shown(attempt))
          .isInstanceOfSatisfying(
              StatementRefusedException.class,
              refused -> {
                assertThat(refused).hasMessageNotContaining(SECRET);
                assertThat(refused.sqlState())
                    .as(refused.getMessage())
                    .isEqualTo(attempt.sqlState());
              });
    }

    world.isUnharmed(before);
  }

  /// Some of it is carried out then: what takes a superuser to be closed, and reaches nobody else.
  @ParameterizedTest
  @MethodSource("attemptsOnAnyServer")
  void nothing_leaves_its_mesh_where_the_administrator_is_no_superuser(Attempt attempt)
      throws SQLException {
    World world = byOperator;
    List<String> before = world.fresh();

    try {
      assertThat(world.shown(attempt)).doesNotContain(SECRET);
    } catch (StatementRefusedException refused) {
      assertThat(refused).hasMessageNotContaining(SECRET);
    }

    world.isUnharmed(before);
  }

  /// A database in which meshes A and B work, and an administrator who sees all of it.
  ///
  /// @param a name of A's schema and role
  /// @param b the same of B
  private record World(SqlDatabase sql, Connection admin, String a, String b, String login)
      implements AutoCloseable {

    static World create(Optional<DatabaseUrl> own, DatabaseUrl url) throws SQLException {
      SqlDatabase sql =
          SqlDatabase.of(
              test.database(),
              own,
              new SqlDatabase.Limits(
                  Duration.ofSeconds(10), Duration.ofSeconds(5), 1, 100 << 20, 1L << 40, 100));
      sql.write(
          "B",
          "create table secret (v text); insert into secret values ('"
              + SECRET
              + "'); create function tell() returns text language sql as $$ select '"
              + SECRET
              + "' $$");
      sql.write("A", "create table own (i int)");
      Connection admin =
          DriverManager.getConnection(
              url.jdbcUrl(), test.url().user(), test.url().password().reveal());
      String mesh = "select nspname from pg_namespace where obj_description(oid) = 'mesh ";
      World world =
          new World(
              sql,
              admin,
              one(admin, mesh + "A'"),
              one(admin, mesh + "B'"),
              one(admin, "select login from claudemesh.setup"));
      sql.write("A", world.filled(TOOLS));
      return world;
    }

    String shown(Attempt attempt) throws SQLException {
      String statement = filled(attempt.statement());
      return attempt.by().equals("query")
          ? sql.read("A", statement, 100, 100_000).lines().toString()
          : Long.toString(sql.write("A", statement));
    }

    List<String> fresh() throws SQLException {
      sql.write("A", "truncate own; insert into own values (1)");
      return everything();
    }

    void isUnharmed(List<String> before) throws SQLException {
      assertThat(everything()).isEqualTo(before);
      assertThat(one(admin, "select string_agg(v, '|') from " + b + ".secret")).isEqualTo(SECRET);
      assertThat(sql.read("A", "select * from own", 10, 1_000).lines())
          .containsExactly("{\"i\":1}");
      assertThat(sql.read("A", "select * from loot", 10, 1_000).lines()).isEmpty();
      assertThat(sql.read("A", SESSION, 1, 1_000).lines())
          .containsExactly("{\"session\":\"10s|4MB|off|0|0|0\"}");
    }

    private String filled(String text) throws SQLException {
      return text.replace("${a}", a)
          .replace("${b}", b)
          .replace("${login}", login)
          .replace("${database}", admin.getCatalog())
          .replace("${pid}", one(admin, "select pg_backend_pid()"));
    }

    /// All that is not in A's own schema and that A might want to change.
    private List<String> everything() throws SQLException {
      List<String> all = new ArrayList<>();
      for (String query : EVERYTHING) {
        try (Statement statement = admin.createStatement();
            ResultSet rows =
                statement.executeQuery(
                    "select coalesce(x, '') from (" + filled(query) + ") q(x) order by 1")) {
          while (rows.next()) {
            all.add(rows.getString(1));
          }
        }
      }
      return all;
    }

    private static String one(Connection connection, String query) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(query)) {
        row.next();
        return row.getString(1);
      }
    }

    @Override
    public void close() throws SQLException {
      admin.close();
      sql.close();
    }
  }

  /// What A has made for its attempts.
  private static final String TOOLS =
      """
      create table loot (v text);
      create function spoil() returns int language sql as
        'insert into own values (9) returning i';
      -- Works where it is called as the login: reads B, and brings it home.
      create function steal() returns int language plpgsql as $$
      declare found text;
      begin
        select string_agg(line, ',') into found
          from claudemesh_run.read_${b}('select * from secret', 10, 1000) line;
        perform claudemesh_run.write_${a}(
          format('insert into loot values (%L)', found), 100000000, 100, null);
        return 1;
      end $$;
      -- Works where it is called as the login: reads B, and cries it out.
      create function shout() returns int language plpgsql as $$ begin
        raise exception '%', (select string_agg(line, ',')
          from claudemesh_run.read_${b}('select * from secret', 10, 1000) line);
      end $$;
      create function hold() returns int language plpgsql as $$ begin
        execute 'declare c cursor with hold for select shout()';
        return 1;
      end $$
      """;

  /// What the next statement on the same connection finds of the one before.
  private static final String SESSION =
      "select concat_ws('|', current_setting('statement_timeout'), current_setting('work_mem'),"
          + " current_setting('default_transaction_read_only'), (select count(*) from"
          + " pg_listening_channels()), (select count(*) from pg_cursors where is_holdable),"
          + " (select count(*) from information_schema.routines where routine_name = 'tell')) as"
          + " session";

  private static final List<String> EVERYTHING =
      List.of(
          // who may log in is never a mesh; a password alone opens nothing
          "select concat_ws(' ', oid, rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb,"
              + " rolcanlogin, rolreplication, rolbypassrls, rolconnlimit) from pg_authid where"
              + " rolname !~ '^meshdb_' or rolname in ('${a}', '${b}', '${login}')",
          "select rolpassword from pg_authid where rolname in ('${b}', '${login}')",
          "select concat_ws(' ', roleid, member, grantor, admin_option) from pg_auth_members join"
              + " pg_roles r on r.oid = roleid where rolname in ('${a}', '${b}', '${login}')",
          "select concat_ws(' ', setdatabase, setrole, setconfig) from pg_db_role_setting join"
              + " pg_roles r on r.oid = setrole where rolname in ('${a}', '${b}', '${login}')",
          "select concat_ws(' ', oid, proname, proowner, prosecdef, prosrc, proacl, proconfig) from"
              + " pg_proc where pronamespace::regnamespace::text in ('claudemesh_run',"
              + " 'claudemesh_guard', '${b}')",
          "select concat_ws(' ', oid, nspname, nspowner, nspacl) from pg_namespace",
          "select concat_ws(' ', oid, relname, relowner, relacl, relkind) from pg_class where"
              + " relnamespace::regnamespace::text not in ('${a}', 'pg_toast')",
          "select concat_ws(' ', datname, datdba, datacl) from pg_database where datname ="
              + " current_database()",
          "select d::text from pg_default_acl d",
          "select evtname from pg_event_trigger",
          "select extname from pg_extension",
          "select lanname from pg_language",
          "select srvname from pg_foreign_server",
          "select oid::text from pg_largeobject_metadata",
          "select gid from pg_prepared_xacts where database = current_database()",
          "select concat_ws(' ', castsource, casttarget) from pg_cast",
          "select oprname from pg_operator where oprnamespace::regnamespace::text <> '${a}'");
}
