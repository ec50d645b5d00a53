package dev.claudemesh.broker.sql;

import static dev.claudemesh.broker.TestSocket.json;
import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class SqlWireTest {
  private static TestBroker broker;

  private TestMember ada;
  private TestSocket a;
  private TestSocket b;

  @BeforeAll
  static void start() {
    broker = TestBroker.start(Map.of("SQL_QUOTA_MB", "8"));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void twoPeers() {
    ada = broker.mesh("sql").withSession();
    a = broker.connect(ada);
    b = broker.connect(broker.member(ada, "bob").withSession());
  }

  @AfterEach
  void leave() {
    a.close();
    b.close();
  }

  @Test
  void what_one_writes_another_reads_and_sees_the_tables_of() {
    ObjectNode made = execute(a, "create table build (id int primary key, ok boolean not null)");
    assertThat(made.path("type").asString()).isEqualTo("mesh_query_result");
    assertThat(made.path("columns").toString()).isEqualTo("[]");
    assertThat(made.path("rows").toString()).isEqualTo("[]");
    assertThat(execute(b, "insert into build values (1, true), (2, false)").path("rowCount"))
        .hasToString("2");

    ObjectNode read = query(b, "select * from build order by id");

    assertThat(read.path("type").asString()).isEqualTo("mesh_query_result");
    assertThat(read.path("columns").toString()).isEqualTo("[\"id\",\"ok\"]");
    assertThat(read.path("columnTypes").toString()).isEqualTo("[\"int4\",\"bool\"]");
    assertThat(read.path("rows").toString())
        .isEqualTo("[{\"id\":1,\"ok\":true},{\"id\":2,\"ok\":false}]");
    assertThat(read.path("rowCount").asInt()).isEqualTo(2);
    assertThat(read.has("truncated")).isFalse();
    ObjectNode schema = b.ask(object("mesh_schema"));
    assertThat(schema.path("type").asString()).isEqualTo("mesh_schema_result");
    assertThat(schema.path("tables").toString())
        .isEqualTo(
            "[{\"name\":\"build\",\"columns\":[{\"name\":\"id\",\"type\":\"integer\","
                + "\"nullable\":false},{\"name\":\"ok\",\"type\":\"boolean\",\"nullable\":false}]}]");
  }

  @Test
  void a_mesh_sees_nothing_of_another() {
    execute(a, "create table secret (v text); insert into secret values ('of ada')");
    TestMember eve = broker.mesh("other").withSession();
    try (TestSocket e = broker.connect(eve)) {
      assertThat(e.ask(object("mesh_schema")).path("tables").toString()).isEqualTo("[]");
      assertThat(query(e, "select * from secret").path("code").asString()).isEqualTo("query_error");
      assertThat(execute(e, "drop table secret").path("code").asString())
          .isEqualTo("execute_error");
    }
    assertThat(query(a, "select v from secret").path("rows").toString())
        .isEqualTo("[{\"v\":\"of ada\"}]");
  }

  @Test
  void a_query_changes_nothing_and_says_so() {
    execute(a, "create table kept (i int)");
    ObjectNode refused = query(a, "insert into kept values (1)");
    assertThat(refused.path("code").asString()).isEqualTo("query_error");
    assertThat(refused.path("retryable").asBoolean()).isFalse();
    assertThat(refused.path("details").path("sqlstate").asString()).isEqualTo("42P11");
    assertThat(query(a, "table kept").path("rowCount").asInt()).isZero();
  }

  @Test
  void who_may_not_write_may_still_read() {
    execute(a, "create table t (i int)");
    TestMember carl = broker.member(ada, "carl");
    try (TestSocket c = broker.connect(carl.withSession())) {
      ObjectNode permissions = object("set_permissions").put("member_id", carl.id());
      permissions.putObject("permissions").put("canWriteState", false);
      a.ask(permissions);
      assertThat(execute(c, "insert into t values (1)").path("code").asString())
          .isEqualTo("forbidden");
      assertThat(query(c, "table t").path("rowCount").asInt()).isZero();
      assertThat(c.ask(object("mesh_schema")).path("tables").size()).isEqualTo(1);
    }
  }

  @Test
  void a_long_result_is_cut_and_says_so_and_a_limit_may_be_asked_for() {
    ObjectNode all = query(a, "select g from generate_series(1, 2000) g");
    assertThat(all.path("rows").size()).isEqualTo(1_000);
    assertThat(all.path("truncated").asBoolean()).isTrue();
    ObjectNode few =
        a.ask(
            object("mesh_query")
                .put("sql", "select g from generate_series(1, 2000) g")
                .put("limit", 3));
    assertThat(few.path("rowCount").asInt()).isEqualTo(3);
    ObjectNode wide = query(a, "select repeat('x', 100000) as x from generate_series(1, 10)");
    assertThat(wide.path("rows").size()).isEqualTo(2);
    assertThat(wide.path("truncated").asBoolean()).isTrue();
  }

  @Test
  void bad_input_names_the_field() {
    for (String frame :
        List.of(
            "{'type':'mesh_query'}",
            "{'type':'mesh_query','sql':''}",
            "{'type':'mesh_query','sql':7}",
            "{'type':'mesh_execute','sql':null}")) {
      ObjectNode refused = a.ask(json(frame));
      assertThat(refused.path("code").asString()).as(frame).isEqualTo("invalid_request");
      assertThat(refused.path("details").path("field").asString()).as(frame).isEqualTo("sql");
    }
    assertThat(a.ask(json("{'type':'mesh_query','sql':'x','limit':0}")).path("code").asString())
        .isEqualTo("invalid_request");
  }

  @Test
  void a_mesh_does_not_take_all_connections_from_the_others() throws Exception {
    query(a, "select 1");
    try (ExecutorService threads = Executors.newFixedThreadPool(4);
        TestSocket c = broker.connect(broker.member(ada, "carl").withSession());
        TestSocket e = broker.connect(broker.mesh("other").withSession())) {
      List<Callable<ObjectNode>> calls =
          List.of(
              () -> query(a, "select pg_sleep(1)"),
              () -> query(b, "select pg_sleep(1)"),
              () -> query(c, "select pg_sleep(1)"),
              () -> query(e, "select 1"));
      List<ObjectNode> answers = threads.invokeAll(calls).stream().map(Future::resultNow).toList();
      assertThat(answers.subList(0, 3))
          .filteredOn(answer -> answer.path("code").asString("").equals("busy"))
          .hasSize(1);
      assertThat(answers.getLast().path("rowCount").asInt()).isEqualTo(1);
    }
  }

  @Test
  void tables_are_there_after_a_restart_of_the_broker() {
    try (TestBroker own = TestBroker.start()) {
      TestMember member = own.mesh("again").withSession();
      execute(own.connect(member), "create table kept as select 7 as i");
      own.restart();
      assertThat(query(own.connect(member), "table kept").path("rows").toString())
          .isEqualTo("[{\"i\":7}]");
    }
  }

  private static ObjectNode query(TestSocket socket, String sql) {
    return socket.ask(object("mesh_query").put("sql", sql));
  }

  private static ObjectNode execute(TestSocket socket, String sql) {
    return socket.ask(object("mesh_execute").put("sql", sql));
  }
}
