package dev.claudemesh.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

class EmbeddedPostgresTest {

  @TempDir static Path model;
  @TempDir Path folder;

  /// Making a cluster takes seconds, copying one does not; tests that are not about the making
  /// start from this.
  @BeforeAll
  static void make_a_cluster() {
    EmbeddedPostgres.start(
            EmbeddedPostgresConfig.in(model).withBinaries(TestDatabase.binaries()), line -> {})
        .close();
  }

  private void cluster_that_was_made_before() throws IOException {
    try (var paths = Files.walk(model)) {
      for (Path path : paths.toList()) {
        Path copy = folder.resolve("data").resolve(model.relativize(path));
        Files.copy(path, copy, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  @Test
  void rows_outlive_a_stop_and_stopping_twice_is_harmless() throws Exception {
    EmbeddedPostgres first = start();
    execute(first, "create table kept (v int)", "insert into kept values (42)");
    first.close();
    first.close();
    try (EmbeddedPostgres second = start()) {
      assertThat(query(second, "select v from kept")).isEqualTo("42");
    }
  }

  @Test
  void it_is_a_durable_server_with_passwords_on_loopback_only() throws Exception {
    List<String> told = new ArrayList<>();
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(config(), told::add)) {
      assertThat(query(postgres, "show fsync")).isEqualTo("on");
      assertThat(query(postgres, "show synchronous_commit")).isEqualTo("on");
      assertThat(query(postgres, "show data_checksums")).isEqualTo("on");
      assertThat(query(postgres, "show listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(query(postgres, "show unix_socket_directories")).isEmpty();
      assertThat(query(postgres, "show log_timezone")).isEqualTo("UTC");
      assertThat(
              query(
                  postgres,
                  "select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'"))
          .isEqualTo("0");
      assertThatThrownBy(
              () -> DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), "guess"))
          .isInstanceOf(SQLException.class);
      assertThat(postgres.toString()).doesNotContain(postgres.password().reveal());
      assertThat(postgres.password()).hasToString("***");
    }
    assertThat(told).contains("Starting PostgreSQL");
    assertThat(Files.getPosixFilePermissions(folder.resolve("data/postgres/password")))
        .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    assertThat(Files.getPosixFilePermissions(folder.resolve("data/postgres/cluster")))
        .doesNotContain(PosixFilePermission.OTHERS_READ, PosixFilePermission.GROUP_READ);
  }

  @Test
  void the_log_does_not_repeat_what_was_in_a_refused_row() throws Exception {
    cluster_that_was_made_before();
    try (EmbeddedPostgres postgres = start()) {
      execute(
          postgres, "create table once (v text unique)", "insert into once values ('canary-7f3a')");
      assertThatThrownBy(() -> execute(postgres, "insert into once values ('canary-7f3a')"))
          .isInstanceOf(SQLException.class);
    }
    assertThat(Files.readString(folder.resolve("data/postgres/server.log")))
        .contains("duplicate key")
        .doesNotContain("canary");
  }

  @Test
  void a_second_start_on_the_same_folder_is_refused_and_disturbs_nothing() throws Exception {
    cluster_that_was_made_before();
    try (EmbeddedPostgres postgres = start()) {
      assertThatThrownBy(this::start)
          .isInstanceOf(EmbeddedPostgresException.class)
          .hasMessageContaining("in use by this process");
      try (Program other = new Program()) {
        assertThat(other.firstLine())
            .contains("in use by process " + ProcessHandle.current().pid());
      }
      assertThat(query(postgres, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void committed_rows_survive_kill_9_of_the_process_that_owns_the_server() throws Exception {
    cluster_that_was_made_before();
    try (Program owner = new Program()) {
      assertThat(owner.firstLine()).isEqualTo("inserted");
      owner.kill();
    }
    try (EmbeddedPostgres postgres = start()) {
      assertThat(query(postgres, "select v from kept")).isEqualTo("42");
    }
  }

  @Test
  void committed_rows_survive_kill_9_of_the_owner_and_of_the_server() throws Exception {
    cluster_that_was_made_before();
    try (Program owner = new Program()) {
      assertThat(owner.firstLine()).isEqualTo("inserted");
      long server =
          Long.parseLong(
              Files.readAllLines(folder.resolve("data/postgres/cluster/postmaster.pid"))
                  .getFirst());
      owner.killTogetherWith(server);
    }
    try (EmbeddedPostgres postgres = start()) {
      assertThat(query(postgres, "select v from kept")).isEqualTo("42");
    }
  }

  @Test
  void a_server_that_outlived_its_owner_is_stopped_and_replaced() throws Exception {
    cluster_that_was_made_before();
    long orphan;
    try (EmbeddedPostgres postgres = start()) {
      orphan = postgres.pid();
      execute(postgres, "create table kept (v int)", "insert into kept values (42)");
      List<String> told = new ArrayList<>();
      Leftovers.clear(folder.resolve("data/postgres/cluster").toRealPath(), told::add);
      assertThat(told)
          .containsExactly("Stopping the PostgreSQL that an earlier broker left running");
      assertThat(ProcessHandle.of(orphan).filter(ProcessHandle::isAlive)).isEmpty();
    }
    try (EmbeddedPostgres postgres = start()) {
      assertThat(query(postgres, "select v from kept")).isEqualTo("42");
    }
  }

  @Test
  void a_killed_server_runs_again_by_itself_with_every_committed_row() throws Exception {
    cluster_that_was_made_before();
    try (EmbeddedPostgres postgres = start()) {
      execute(postgres, "create table kept (v int)", "insert into kept values (42)");
      long killed = postgres.pid();
      kill(killed);
      assertThat(queryWhenItRuns(postgres, "select v from kept")).isEqualTo("42");
      assertThat(postgres.pid()).isNotEqualTo(killed);

      execute(postgres, "insert into kept values (43)");
      kill(postgres.pid());
      assertThat(queryWhenItRuns(postgres, "select sum(v) from kept")).isEqualTo("85");
    }
  }

  @Test
  void a_killed_server_that_cannot_start_is_tried_again_until_it_can() throws Exception {
    cluster_that_was_made_before();
    Path settings = folder.resolve("data/postgres/cluster/postgresql.conf");
    byte[] good = Files.readAllBytes(settings);
    try (EmbeddedPostgres postgres = start()) {
      execute(postgres, "create table kept (v int)", "insert into kept values (42)");
      Files.writeString(settings, "no_such_setting = 1\n");
      kill(postgres.pid());
      Path log = folder.resolve("data/postgres/server.log");
      while (Files.readString(log).split("no_such_setting").length < 3) {}
      Files.write(settings, good);
      assertThat(queryWhenItRuns(postgres, "select v from kept")).isEqualTo("42");
    }
  }

  @Test
  void a_killed_worker_costs_the_connections_and_no_row() throws Exception {
    cluster_that_was_made_before();
    try (EmbeddedPostgres postgres = start();
        Connection other = connect(postgres)) {
      execute(postgres, "create table kept (v int)", "insert into kept values (42)");
      long server = postgres.pid();
      try (Connection worker = connect(postgres)) {
        kill(worker.unwrap(PGConnection.class).getBackendPID());
      }
      assertThatThrownBy(
              () -> {
                while (true) {
                  other.createStatement().execute("select 1");
                }
              })
          .isInstanceOf(SQLException.class);
      assertThat(queryWhenItRuns(postgres, "select v from kept")).isEqualTo("42");
      assertThat(postgres.pid()).isEqualTo(server);
    }
  }

  @Test
  void a_worker_that_computes_on_when_its_server_is_killed_is_ended() throws Exception {
    cluster_that_was_made_before();
    try (EmbeddedPostgres postgres = start();
        Connection busy = connect(postgres)) {
      long worker = busy.unwrap(PGConnection.class).getBackendPID();
      Thread computing =
          Thread.ofVirtual()
              .start(() ->
                  assertThatThrownBy(() ->
                          busy.createStatement()
                              .execute(
                                  "select sum(n) from (select generate_series(1, 10000000000) n) s"))
                      .isInstanceOf(SQLException.class));
      while (!query(
              postgres,
              "select count(*) from pg_stat_activity where state = 'active' and pid = " + worker)
          .equals("1")) {}
      kill(postgres.pid());
      assertThat(queryWhenItRuns(postgres, "select 1")).isEqualTo("1");
      assertThat(ProcessHandle.of(worker).flatMap(process -> process.info().command()))
          .as("the program of a process that ended, though nobody may have looked after it yet")
          .isEmpty();
      computing.join();
    }
  }

  @Test
  void closing_while_a_killed_server_is_started_again_leaves_none_running() throws Exception {
    cluster_that_was_made_before();
    for (int round = 0; round < 2; round++) {
      EmbeddedPostgres postgres = start();
      kill(postgres.pid());
      if (round > 0) {
        queryWhenItRuns(postgres, "select 1");
        kill(postgres.pid());
      }
      postgres.close();
      assertThat(ProcessHandle.of(postgres.pid()).filter(ProcessHandle::isAlive)).isEmpty();
    }
    try (EmbeddedPostgres postgres = start()) {
      assertThat(query(postgres, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void a_port_that_was_taken_meanwhile_is_given_up_and_whoever_asked_is_told_the_new_one()
      throws Exception {
    cluster_that_was_made_before();
    CompletableFuture<Integer> moved = new CompletableFuture<>();
    try (EmbeddedPostgres postgres = start()) {
      postgres.whenMoved(moved::complete);
      int before = port(postgres);
      kill(postgres.pid());
      queryWhenItRuns(postgres, "select 1");
      kill(postgres.pid());
      queryWhenItRuns(postgres, "select 1"); // so that the next start is not at once
      kill(postgres.pid());
      try (ServerSocket thief = new ServerSocket()) {
        thief.setReuseAddress(true);
        thief.bind(new InetSocketAddress("127.0.0.1", before));
        assertThat(moved.get(30, TimeUnit.SECONDS)).isNotEqualTo(before).isEqualTo(port(postgres));
        assertThat(queryWhenItRuns(postgres, "select 1")).isEqualTo("1");
      }
    }
  }

  private static int port(EmbeddedPostgres postgres) {
    return Integer.parseInt(postgres.url().hosts().split(":")[1]);
  }

  private static void kill(long pid) {
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    assertThat(Command.run(List.of("kill", "-9", Long.toString(pid)), Duration.ofSeconds(5)).ok())
        .isTrue();
    process.ifPresent(dead -> dead.onExit().join());
  }

  /// Asks until there is an answer.
  private static String queryWhenItRuns(EmbeddedPostgres postgres, String sql) throws SQLException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      try {
        return query(postgres, sql);
      } catch (SQLException notYet) {
        if (System.nanoTime() > deadline) {
          throw notYet;
        }
      }
    }
  }

  @Test
  void a_mark_with_the_number_of_a_stranger_does_not_prevent_the_start() throws Exception {
    cluster_that_was_made_before();
    Path mark = folder.resolve("data/postgres/cluster/postmaster.pid");
    Files.writeString(
        mark,
        ProcessHandle.current().pid() + "\n" + folder.resolve("data/postgres/cluster") + "\n");
    try (EmbeddedPostgres postgres = start()) {
      assertThat(query(postgres, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void data_of_another_major_version_is_named_and_left_alone() throws Exception {
    cluster_that_was_made_before();
    Files.writeString(folder.resolve("data/postgres/cluster/PG_VERSION"), "17\n");
    assertThatThrownBy(this::start)
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("written by PostgreSQL 17")
        .hasMessageContaining("DATABASE_URL");
  }

  @Test
  void a_start_that_fails_shows_the_end_of_the_log_and_frees_the_folder() throws Exception {
    cluster_that_was_made_before();
    Files.writeString(
        folder.resolve("data/postgres/cluster/postgresql.conf"), "no_such_setting = 1\n");
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(this::start)
          .isInstanceOf(EmbeddedPostgresException.class)
          .hasMessageContaining("no_such_setting");
    }
  }

  @Test
  void a_creation_that_was_cut_short_is_begun_again() throws Exception {
    Path half = Files.createDirectories(folder.resolve("data/postgres/cluster.new"));
    Files.writeString(half.resolve("PG_VERSION"), "18\n");
    try (EmbeddedPostgres postgres = start()) {
      assertThat(query(postgres, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void an_archive_is_known_by_system_and_processor() {
    assertThat(PostgresBinaries.archiveName("Linux", "amd64"))
        .isEqualTo("postgres-linux-x86_64.txz");
    assertThat(PostgresBinaries.archiveName("Linux", "aarch64"))
        .isEqualTo("postgres-linux-arm_64.txz");
    assertThat(PostgresBinaries.archiveName("Mac OS X", "aarch64"))
        .isEqualTo("postgres-darwin-arm_64.txz");
    assertThatThrownBy(() -> PostgresBinaries.majorVersion("exec format error"))
        .hasMessageContaining("DATABASE_URL");
  }

  private EmbeddedPostgres start() {
    return EmbeddedPostgres.start(config(), line -> {});
  }

  private EmbeddedPostgresConfig config() {
    return EmbeddedPostgresConfig.in(folder.resolve("data")).withBinaries(TestDatabase.binaries());
  }

  private static void execute(EmbeddedPostgres postgres, String... statements) throws SQLException {
    try (Connection connection = connect(postgres);
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String query(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = connect(postgres);
        var rows = connection.createStatement().executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private static Connection connect(EmbeddedPostgres postgres) throws SQLException {
    return DriverManager.getConnection(
        postgres.jdbcUrl(), postgres.user(), postgres.password().reveal());
  }

  /// Another JVM that starts the server on the same folder, inserts a row, and then waits to be
  /// killed.
  private final class Program implements AutoCloseable {

    private final Process process;
    private final BufferedReader out;

    Program() throws IOException {
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      process =
          new ProcessBuilder(
                  java,
                  "-cp",
                  System.getProperty("java.class.path"),
                  Owner.class.getName(),
                  folder.resolve("data").toString())
              .redirectErrorStream(true)
              .start();
      out = process.inputReader();
    }

    String firstLine() throws IOException {
      return Optional.ofNullable(out.readLine()).orElse("(nothing)");
    }

    void kill() throws InterruptedException {
      process.destroyForcibly();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    void killTogetherWith(long server) throws Exception {
      String pids = process.pid() + " " + server;
      assertThat(Command.run(List.of("sh", "-c", "kill -9 " + pids), Duration.ofSeconds(5)).ok())
          .isTrue();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  /// The main class of [Program].
  static final class Owner {

    private Owner() {}

    public static void main(String[] args) throws Exception {
      try {
        var config =
            EmbeddedPostgresConfig.in(Path.of(args[0])).withBinaries(TestDatabase.binaries());
        EmbeddedPostgres postgres = EmbeddedPostgres.start(config, line -> {});
        execute(postgres, "create table kept (v int)", "insert into kept values (42)");
        System.out.println("inserted");
        System.in.read();
      } catch (EmbeddedPostgresException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
