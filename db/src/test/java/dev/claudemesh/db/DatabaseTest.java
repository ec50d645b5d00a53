package dev.claudemesh.db;

import static dev.claudemesh.db.jooq.Tables.SPENT_PROOF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.val;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.jooq.exception.DataAccessException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {

  private static TestDatabase test;

  @BeforeAll
  static void open() {
    test = TestDatabase.create();
  }

  @AfterAll
  static void drop() {
    test.close();
  }

  @Test
  void a_caller_who_waits_too_long_for_a_connection_hears_busy_and_the_database_stays_healthy()
      throws Exception {
    try (Database database =
        Database.open(
            test.config().withPoolSize(1).withAcquireTimeout(Duration.ofMillis(250)), line -> {})) {
      CountDownLatch taken = new CountDownLatch(1);
      CountDownLatch done = new CountDownLatch(1);
      Thread holder =
          Thread.ofVirtual()
              .start(() ->
                  database.transaction(tx -> {
                    tx.fetchValue(inline(1));
                    taken.countDown();
                    await(done);
                    return 1;
                  }));
      taken.await();
      assertThatThrownBy(() -> database.dsl().fetchValue(inline(1)))
          .isInstanceOf(DatabaseBusyException.class);
      assertThatThrownBy(() -> database.transaction(tx -> 1))
          .isInstanceOf(DatabaseBusyException.class);
      assertThat(database.poolState()).isEqualTo(new Database.PoolState(1, 0, 0, 1));
      assertThat(database.healthy()).isTrue();
      done.countDown();
      holder.join();
      assertThat(database.dsl().fetchValue(inline(1))).isEqualTo(1);
    }
  }

  @Test
  void a_statement_that_runs_too_long_is_cancelled_and_reported_as_busy() {
    try (Database database =
        Database.open(test.config().withStatementLimit(Duration.ofMillis(100)), line -> {})) {
      assertThatThrownBy(() -> database.dsl().fetch("select pg_sleep(20)"))
          .isInstanceOf(DatabaseBusyException.class);
      assertThat(database.dsl().fetchValue(inline(1))).isEqualTo(1);
    }
  }

  @Test
  void a_connection_that_breaks_is_reported_as_down_and_the_next_statement_works() {
    Database database = test.database();
    assertThatThrownBy(() -> database.dsl().fetch("select pg_terminate_backend(pg_backend_pid())"))
        .isInstanceOf(DatabaseDownException.class);
    assertThatThrownBy(() ->
            database.transaction(tx -> tx.fetch("select pg_terminate_backend(pg_backend_pid())")))
        .isInstanceOf(DatabaseDownException.class);
    assertThat(database.dsl().fetchValue(inline(1))).isEqualTo(1);
  }

  @Test
  void the_troubles_of_a_server_are_busy_or_down_and_damaged_data_stays_a_bug() {
    Map<String, Class<? extends Exception>> expected =
        new TreeMap<>(
            Map.of("XX001", DataAccessException.class, "XX002", DataAccessException.class));
    for (String busy :
        List.of("53000", "53100", "53200", "53300", "53400", "58030", "25006", "40001", "57014")) {
      expected.put(busy, DatabaseBusyException.class);
    }
    for (String down : List.of("57P01", "57P02", "57P03", "08006", "08003", "40003")) {
      expected.put(down, DatabaseDownException.class);
    }
    expected.forEach((state, kind) -> {
      String raise = "do $$ begin raise exception 'x' using errcode = '" + state + "'; end $$";
      assertThatThrownBy(() -> test.database().dsl().execute(raise)).as(state).isInstanceOf(kind);
      assertThatThrownBy(() -> test.database().transaction(tx -> tx.execute(raise)))
          .as(state + " in a transaction")
          .isInstanceOf(kind);
    });
    assertThat(test.database().dsl().fetchValue(inline(1))).isEqualTo(1);
  }

  @Test
  void one_connection_that_breaks_lets_go_of_the_others_so_that_the_next_callers_get_fresh_ones()
      throws Exception {
    try (Database database = Database.open(test.config(), line -> {})) {
      CountDownLatch taken = new CountDownLatch(4);
      CountDownLatch done = new CountDownLatch(1);
      List<Thread> holders = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        holders.add(
            Thread.ofVirtual()
                .start(() ->
                    database.transaction(tx -> {
                      tx.fetchValue(inline(1));
                      taken.countDown();
                      await(done);
                      return 1;
                    })));
      }
      taken.await();
      done.countDown();
      for (Thread holder : holders) {
        holder.join();
      }
      test.database()
          .dsl()
          .fetch(
              "select pg_terminate_backend(pid) from pg_stat_activity where datname ="
                  + " current_database() and pid <> pg_backend_pid()");

      assertThatThrownBy(() -> database.dsl().fetchValue(inline(1)))
          .isInstanceOf(DatabaseDownException.class);
      for (int i = 0; i < 4; i++) {
        assertThat(database.dsl().fetchValue(inline(1))).isEqualTo(1);
      }
    }
  }

  @Test
  void a_transaction_that_throws_leaves_nothing_behind() {
    Database database = test.database();
    assertThatThrownBy(() ->
            database.transaction(tx -> {
              tx.execute("create table mesh.left_behind (v int)");
              throw new IllegalStateException("changed my mind");
            }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(database.dsl().fetchValue("select to_regclass('mesh.left_behind')")).isNull();
  }

  @Test
  void sessions_speak_utc_and_errors_hold_no_row_contents() {
    Database database = test.database();
    assertThat(database.dsl().fetchValue("show timezone")).isEqualTo("UTC");
    Instant noon = Instant.parse("2026-11-21T12:00:00.123456Z");
    assertThat(database.dsl().fetchValue(field("({0})::text", String.class, val(noon))))
        .isEqualTo("2026-11-21 12:00:00.123456+00");
    database.dsl().execute("create table mesh.once (v text unique)");
    database.dsl().execute("insert into mesh.once values (?)", "canary-55");
    assertThatThrownBy(
            () -> database.dsl().execute("insert into mesh.once values (?)", "canary-55"))
        .isInstanceOf(DataAccessException.class)
        .hasStackTraceContaining("once_v_key")
        .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("canary"));
  }

  @Test
  void closing_twice_is_harmless_and_later_statements_hear_that_it_is_closed() {
    Database database = Database.open(test.config(), line -> {});
    database.close();
    database.close();
    assertThat(database.healthy()).isFalse();
    assertThatThrownBy(() -> database.dsl().fetchValue(inline(1)))
        .isInstanceOf(DatabaseDownException.class)
        .hasMessageContaining("stopping");
  }

  @Test
  void wrong_logins_and_missing_databases_are_named_at_once_without_the_password() {
    DatabaseUrl right = test.url();
    DatabaseUrl wrong =
        DatabaseUrl.parse(test.urlText().replace(right.password().reveal(), "hunter2"));
    assertThatThrownBy(() -> Database.open(DatabaseConfig.server(wrong), line -> {}))
        .isInstanceOf(DatabaseSettingException.class)
        .hasMessageContaining("refuses the login")
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(
            () -> Database.open(DatabaseConfig.server(right.withDatabase("nowhere")), line -> {}))
        .isInstanceOf(DatabaseSettingException.class)
        .hasMessageContaining("nowhere");
    assertThat(DatabaseConfig.server(right).toString()).doesNotContain(right.password().reveal());
  }

  @Test
  void a_server_that_is_not_there_is_waited_for_a_while_and_then_named() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    DatabaseUrl nobody =
        new DatabaseUrl("127.0.0.1:" + port, "d", "u", new DatabasePassword("hunter2"), Map.of());
    List<String> told = new ArrayList<>();
    assertThatThrownBy(() ->
            Database.open(
                DatabaseConfig.server(nobody).withStartLimit(Duration.ofMillis(100)), told::add))
        .isInstanceOf(DatabaseDownException.class)
        .hasMessageContaining("127.0.0.1:" + port)
        .hasMessageNotContaining("hunter2");
    assertThat(told).containsExactly("Waiting for the database at 127.0.0.1:" + port + "/d");
  }

  @Test
  void without_a_server_of_ones_own_the_private_one_keeps_the_data(@TempDir Path folder) {
    var place =
        new DatabaseConfig.Place.Embedded(
            EmbeddedPostgresConfig.in(folder).withBinaries(TestDatabase.binaries()));
    DatabaseConfig config =
        new DatabaseConfig(
            place, 2, Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofSeconds(30));
    try (Database first = Database.open(config, line -> {})) {
      first.dsl().insertInto(SPENT_PROOF).values("d", Instant.EPOCH).execute();
      assertThatThrownBy(() -> Database.open(config, line -> {}))
          .hasMessageContaining("in use by this process");
    }
    try (Database second = Database.open(config, line -> {})) {
      assertThat(second.dsl().fetchValue("select digest from mesh.spent_proof")).isEqualTo("d");
      assertThat(second.healthy()).isTrue();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
