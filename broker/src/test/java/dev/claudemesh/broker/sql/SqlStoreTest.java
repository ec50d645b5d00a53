package dev.claudemesh.broker.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.db.DatabaseUrl;
import dev.claudemesh.db.SqlDatabase;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.sql.SqlReply;
import java.time.Duration;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SqlStoreTest {
  private static final LimitsConfig.Sql LIMITS =
      new LimitsConfig.Sql(Duration.ofSeconds(2), 2, 2, 10, 10_000, 3, 1 << 20, 1 << 30, 10);

  private static TestDatabase test;
  private static SqlDatabase sql;
  private static SqlStore store;

  @BeforeAll
  static void open() {
    test = TestDatabase.create();
    sql = open(Optional.empty());
    store = new SqlStore(sql, LIMITS);
  }

  private static SqlDatabase open(Optional<DatabaseUrl> own) {
    return open(own, LIMITS);
  }

  private static SqlDatabase open(Optional<DatabaseUrl> own, LimitsConfig.Sql limits) {
    return SqlDatabase.of(
        test.database(),
        own,
        new SqlDatabase.Limits(
            limits.statement(),
            Duration.ofSeconds(5),
            limits.connections(),
            limits.quotaBytes(),
            limits.totalBytes(),
            limits.relations()));
  }

  @AfterAll
  static void drop() {
    sql.close();
    test.close();
  }

  @Test
  void what_a_statement_changed_is_counted_and_what_a_query_found_is_returned() {
    assertThat(store.execute("mesh-a", "create table t (id int, v text)").rowCount()).isZero();
    assertThat(store.execute("mesh-a", "insert into t values (1, 'x'), (2, 'y')").rowCount())
        .isEqualTo(2);

    SqlReply.Result found = store.query("mesh-a", "select id, v from t order by id", 1);

    assertThat(found.rows()).map(Object::toString).containsExactly("{\"id\":1,\"v\":\"x\"}");
    assertThat(found.truncated()).contains(true);
    assertThat(store.schema("mesh-a").tables()).map(SqlReply.Table::name).containsExactly("t");
    assertThat(store.schema("mesh-b").tables()).isEmpty();
  }

  @Test
  void a_refusal_has_postgresqls_own_words_and_state_under_the_operations_code() {
    Problem query =
        refused(ProblemCode.QUERY_ERROR, () -> store.query("mesh-c", "select * from nothing", 10));
    assertThat(query).hasMessage("relation \"nothing\" does not exist");
    assertThat(query.details().orElseThrow().path("sqlstate").asString()).isEqualTo("42P01");
    assertThat(query.details().orElseThrow().path("position").asInt()).isEqualTo(15);
    store.execute("mesh-c", "create table one (id int primary key); insert into one values (1)");
    Problem execute =
        refused(
            ProblemCode.EXECUTE_ERROR, () -> store.execute("mesh-c", "insert into one values (1)"));
    assertThat(execute.details().orElseThrow().path("detail").asString())
        .isEqualTo("Key (id)=(1) already exists.");
  }

  @Test
  void a_change_in_a_query_is_the_callers_mistake_and_not_a_busy_database() {
    store.execute("mesh-d", "create sequence s");
    Problem problem =
        refused(ProblemCode.QUERY_ERROR, () -> store.query("mesh-d", "select nextval('s')", 10));
    assertThat(problem).hasMessageContaining("read-only").hasMessageContaining("mesh_execute");
    assertThat(problem.details().orElseThrow().path("sqlstate").asString()).isEqualTo("25006");
  }

  @Test
  void time_room_and_number_of_tables_are_limits_that_say_what_they_are() {
    assertThat(
            refused(
                ProblemCode.QUERY_ERROR, () -> store.query("mesh-e", "select pg_sleep(60)", 10)))
        .hasMessageContaining("longer than 2 s");
    assertThat(
            refused(
                ProblemCode.LIMIT,
                () ->
                    store.execute(
                        "mesh-e",
                        "create table t as select md5(g::text) from generate_series(1, 40000) g")))
        .hasMessageContaining("1 MB");
    assertThat(refused(ProblemCode.LIMIT, () -> store.execute("mesh-e", tables(11))))
        .hasMessageContaining("10 tables");
    store.execute("mesh-e", "create table t (a int, b int, c int); create table u (d int)");
    assertThat(store.schema("mesh-e").truncated()).contains(true);
  }

  @Test
  void definitions_and_all_meshes_together_have_limits_that_say_what_they_are() {
    assertThat(
            refused(
                ProblemCode.LIMIT,
                () ->
                    store.execute(
                        "mesh-g",
                        "create table t (); do $$ begin execute format('comment on table t is %L',"
                            + " (select string_agg(md5(g::text), '') from generate_series(1, 80000)"
                            + " g)); end $$")))
        .hasMessageContaining("comments")
        .hasMessageContaining("1 MB");
    LimitsConfig.Sql small = LIMITS.withBytes(LIMITS.quotaBytes(), 1 << 20);
    try (SqlDatabase full = open(Optional.empty(), small)) {
      assertThat(
              refused(
                  ProblemCode.LIMIT,
                  () -> new SqlStore(full, small).execute("mesh-g", "create table t ()")))
          .hasMessageContaining("SQL_TOTAL_MB");
    }
  }

  private static String tables(int count) {
    StringBuilder statements = new StringBuilder();
    for (int i = 0; i < count; i++) {
      statements.append("create table t").append(i).append(" ();");
    }
    return statements.toString();
  }

  @Test
  void without_a_database_of_its_own_the_room_says_which_setting_is_missing() {
    try (SqlDatabase brokersOwn = open(Optional.of(test.url()))) {
      SqlStore misled = new SqlStore(brokersOwn, LIMITS);
      assertThat(refused(ProblemCode.SQL_UNAVAILABLE, () -> misled.query("mesh-f", "select 1", 10)))
          .hasMessageContaining("SQL_DATABASE_URL");
    }
  }

  @Test
  void a_database_that_the_operator_made_for_it_needs_no_superuser() {
    try (SqlDatabase own = open(Optional.of(test.operator()))) {
      SqlStore apart = new SqlStore(own, LIMITS);
      apart.execute("mesh-a", "create table there (i int)");
      assertThat(apart.schema("mesh-a").tables())
          .map(SqlReply.Table::name)
          .containsExactly("there");
      assertThat(store.query("mesh-a", "select to_regclass('there') is null as gone", 1).rows())
          .map(Object::toString)
          .containsExactly("{\"gone\":true}");
    }
  }

  private static Problem refused(ProblemCode code, ThrowingCallable call) {
    Problem[] caught = new Problem[1];
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.code()).as(problem.getMessage()).isEqualTo(code);
              caught[0] = problem;
            });
    return caught[0];
  }
}
