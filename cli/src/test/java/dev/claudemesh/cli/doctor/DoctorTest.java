package dev.claudemesh.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A machine on which everything is as it should be; each test breaks one thing.
class DoctorTest {
  private static final AtomicInteger meshes = new AtomicInteger();
  private static TestBroker broker;

  @TempDir Path home;
  private Machine machine;
  private Path launcher;

  @BeforeAll
  static void aBroker() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void aHealthyMachine() throws IOException {
    launcher = program(home.resolve("claudemesh"), "exit 0");
    Path claude = program(home.resolve("bin/claude"), "echo '2.1.329 (Claude Code)'");
    machine =
        new Machine(broker, home, "ana")
            .launcher(launcher)
            .with("PATH", claude.getParent().toString());
    machine.ok("create", "Clinic", "--slug", "clinic" + meshes.incrementAndGet());
    machine.ok("install");
  }

  @Test
  void a_healthy_machine_has_nothing_to_mend() {
    Machine.Ran ran = machine.ok("doctor");

    assertThat(ran.out())
        .contains("✔ Java 25", "knows you", "Claude Code 2.1.329", "hold the mesh key of epoch 1")
        .doesNotContain("✘", "⚠", "mend:");
    assertThat(ran.err()).endsWith("next: claudemesh peers\n");
    assertThat(machine.ok("doctor", "--json").json().path("ok").booleanValue()).isTrue();
  }

  @Test
  void an_old_java_is_told() {
    Finding finding = ConfigChecks.java(Runtime.Version.parse("21.0.2"), "/opt/jdk-21");

    assertThat(finding.level()).isEqualTo(Finding.Level.BAD);
    assertThat(finding.what()).contains("Java 21");
    assertThat(finding.mend()).hasValueSatisfying(mend -> assertThat(mend).contains("JDK 25"));
  }

  @Test
  void a_config_folder_that_others_can_reach_is_told_and_not_changed() throws IOException {
    Path folder = machine.config().getParent();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertBad(
        ExitCode.PERMISSION,
        "config_folder",
        "can be reached by others (rwxr-xr-x)",
        "chmod go= '" + folder + "'");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwxr-xr-x");
  }

  @Test
  void a_config_file_that_others_can_read_is_told() throws IOException {
    Files.setPosixFilePermissions(machine.config(), PosixFilePermissions.fromString("rw-r--r--"));

    assertBad(
        ExitCode.PERMISSION, "config_mode", "rw-r--r--", "chmod go= '" + machine.config() + "'");
  }

  @Test
  void a_config_that_is_no_json_is_told_with_the_place() throws IOException {
    Files.writeString(machine.config(), "{\n  \"meshes\": [\n");

    assertBad(ExitCode.ARGUMENTS, "config", "line", "mv '" + machine.config() + "'");
  }

  @Test
  void an_entry_that_cannot_be_used_is_told() throws IOException {
    machine.change("secretKey", "abc");

    assertBad(ExitCode.ARGUMENTS, "membership", "secretKey", "join the mesh again");
  }

  @Test
  void a_key_whose_halves_do_not_fit_is_told() throws IOException {
    String mine = machine.mesh().path("secretKey").stringValue();
    machine.change("secretKey", Keys.generate().exposeHex().substring(0, 64) + mine.substring(64));

    assertBad(
        ExitCode.AUTH, "key", "halves do not belong together", "--local, then claudemesh join");
  }

  @Test
  void having_no_mesh_yet_is_a_warning_with_the_first_steps() throws IOException {
    Files.delete(machine.config());

    assertWarning("config", "You are in no mesh yet", "claudemesh create <name>");
  }

  @Test
  void a_broker_that_is_away_is_told_with_the_command_that_starts_it_there() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    machine.change("brokerUrl", "ws://127.0.0.1:" + port + "/ws");

    assertBad(ExitCode.NETWORK, "broker", "127.0.0.1:" + port, "claudemesh broker --port " + port);
    assertThat(machine.run("doctor").err())
        .endsWith("next: claudemesh broker --port " + port + "\n");
  }

  @Test
  void a_broker_elsewhere_that_is_away_is_told_with_whom_to_ask() throws IOException {
    machine.change("brokerUrl", "ws://broker.invalid/ws");

    assertBad(ExitCode.NETWORK, "broker", "broker.invalid", "ask who runs broker.invalid");
  }

  @Test
  void a_broker_address_that_is_none_is_told() throws IOException {
    machine.change("brokerUrl", "nonsense");

    assertBad(ExitCode.ARGUMENTS, "broker", "\"nonsense\" is not the address", "config.json");
  }

  @Test
  void a_clock_that_is_wrong_is_told() {
    machine.at(() -> broker.clock().instant().plusSeconds(3_600));

    assertBad(ExitCode.AUTH, "clock", "clock", "timedatectl");
  }

  @Test
  void a_clock_that_begins_to_go_wrong_is_a_warning() {
    machine.at(() -> broker.clock().instant().plusSeconds(30));

    assertWarning("clock", "differ by", "timedatectl");
  }

  @Test
  void a_membership_that_the_broker_does_not_know_is_told() throws IOException {
    ObjectNode mesh = machine.mesh();
    SecretKey stranger = Keys.generate();
    mesh.put("secretKey", stranger.exposeHex()).put("pubkey", stranger.publicKey().hex());
    machine.write(mesh);

    assertBad(ExitCode.AUTH, "membership", "", "then claudemesh join <a new link>");
  }

  @Test
  void a_member_who_was_banned_is_told() {
    Machine owner = machine;
    machine = newcomer();
    owner.ok("ban", "bob");

    assertBad(ExitCode.AUTH, "membership", "revoked", "then claudemesh join <a new link>");
  }

  @Test
  void a_mesh_that_was_deleted_is_told() {
    Machine owner = machine;
    machine = newcomer();
    owner.ok("delete", "-y");

    assertBad(ExitCode.AUTH, "membership", "clinic", "claudemesh leave clinic");
  }

  @Test
  void a_missing_mesh_key_is_a_warning() {
    machine = newcomer();

    assertWarning("mesh_key", "mesh key of epoch 1 is still to come", "claudemesh peers");
  }

  @Test
  void a_missing_claude_code_is_told_with_how_to_install_it() {
    machine.with("PATH", "/nonexistent");

    assertBad(
        ExitCode.CLAUDE_MISSING,
        "claude",
        "not on this machine",
        "npm install -g @anthropic-ai/claude-code");
  }

  @Test
  void a_claude_bin_that_is_no_program_is_told_by_its_name() {
    machine.with("CLAUDE_BIN", "/nonexistent/claude");

    assertBad(
        ExitCode.CLAUDE_MISSING, "claude", "CLAUDE_BIN=/nonexistent/claude", "unset CLAUDE_BIN");
  }

  @Test
  void a_claude_bin_that_is_a_program_is_used() throws IOException {
    Path mine = program(home.resolve("mine"), "echo '2.1.400 (Claude Code)'");

    assertThat(machine.with("CLAUDE_BIN", mine.toString()).ok("doctor").out())
        .contains("✔ Claude Code 2.1.400 in " + mine);
  }

  @Test
  void an_old_claude_code_is_a_warning() throws IOException {
    program(home.resolve("bin/claude"), "echo '2.1.197 (Claude Code)'");

    assertWarning("claude", "2.1.197 cannot be woken", "claude update");
  }

  @Test
  void a_claude_code_that_does_not_run_is_told() throws IOException {
    program(home.resolve("bin/claude"), "exit 127");

    assertBad(ExitCode.CLAUDE_MISSING, "claude", "does not say its version", "Install it");
  }

  @Test
  void a_broken_file_of_claude_code_is_told() throws IOException {
    Files.writeString(home.resolve(".claude.json"), "{ // mine\n}");

    assertBad(ExitCode.ARGUMENTS, "mcp_server", "comments", "mend " + home.resolve(".claude.json"));
  }

  @Test
  void broken_settings_of_claude_code_are_told() throws IOException {
    Files.writeString(home.resolve(".claude/settings.json"), "{,}");

    assertBad(
        ExitCode.ARGUMENTS,
        "hooks",
        "settings.json",
        "mend " + home.resolve(".claude/settings.json"));
  }

  @Test
  void not_being_entered_into_claude_code_is_a_warning() {
    machine.ok("uninstall");

    assertWarning("mcp_server", "not entered", "claudemesh install");
    assertWarning("hooks", "SessionStart", "claudemesh install");
  }

  @Test
  void hooks_that_are_missing_are_a_warning() {
    machine.ok("uninstall");
    machine.ok("install", "--no-hooks");

    assertWarning("hooks", "no hook for SessionStart", "claudemesh install");
  }

  @Test
  void the_plugin_beside_what_install_entered_is_a_warning() throws IOException {
    enabledPlugins("{\"claudemesh@team\": true}");

    assertWarning("plugin", "twice", "claudemesh uninstall");
    Files.delete(home.resolve(".claude.json"));
    assertWarning("plugin", "twice", "claudemesh uninstall");
  }

  @Test
  void the_plugin_alone_is_all_that_is_needed_and_one_that_is_off_is_none() throws IOException {
    machine.ok("uninstall");
    enabledPlugins("{\"other@team\": true, \"claudemesh@team\": true}");

    assertThat(machine.ok("doctor").out())
        .contains("✔ Claude Code uses the claudemesh plugin")
        .doesNotContain("⚠");

    enabledPlugins("{\"claudemesh@team\": false}");
    assertWarning("mcp_server", "not entered", "claudemesh install");
  }

  private void enabledPlugins(String plugins) throws IOException {
    Path settings = home.resolve(".claude/settings.json");
    ObjectNode all = Wire.mapper().createObjectNode();
    if (Files.exists(settings)) {
      all.setAll((ObjectNode) Wire.mapper().readTree(Files.readString(settings)));
    }
    all.set("enabledPlugins", Wire.mapper().readTree(plugins));
    Files.writeString(settings, all.toString());
  }

  @Test
  void a_launcher_that_is_gone_is_told() throws IOException {
    Files.delete(launcher);

    assertBad(ExitCode.NOT_FOUND, "mcp_server", "which is not there", "claudemesh install");
  }

  @Test
  void another_launcher_is_a_warning() throws IOException {
    machine.launcher(program(home.resolve("elsewhere/claudemesh"), "exit 0"));

    assertWarning("mcp_server", "another claudemesh: " + launcher, "claudemesh install");
  }

  @Test
  void the_data_of_another_postgresql_is_told() throws IOException {
    Path cluster = cluster();
    Files.writeString(cluster.resolve("PG_VERSION"), "17\n");

    assertBad(ExitCode.INTERNAL, "local_broker", "PostgreSQL 17", "another --data");
  }

  @Test
  void data_that_others_can_reach_or_that_is_no_postgresql_any_more_is_told() throws IOException {
    Path cluster = cluster();
    assertBad(ExitCode.INTERNAL, "local_broker", "not a PostgreSQL folder any more", "backup");

    Files.setPosixFilePermissions(cluster, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertBad(
        ExitCode.PERMISSION,
        "local_broker",
        "PostgreSQL refuses to start",
        "chmod go= '" + cluster + "'");
  }

  @Test
  void a_broker_that_runs_here_is_named() throws IOException {
    Files.writeString(cluster().resolve("PG_VERSION"), "18\n");
    Files.writeString(
        cluster().getParent().resolve("owner.pid"), ProcessHandle.current().pid() + "\n");

    assertThat(machine.ok("doctor").out())
        .contains("A broker runs here (process " + ProcessHandle.current().pid() + ")");
  }

  private Path cluster() throws IOException {
    Path cluster = Files.createDirectories(home.resolve(".claudemesh/broker/postgres/cluster"));
    Files.setPosixFilePermissions(cluster, PosixFilePermissions.fromString("rwx------"));
    return cluster;
  }

  private void assertBad(ExitCode exit, String check, String what, String mend) {
    Machine.Ran ran = machine.run("doctor", "--json");
    JsonNode finding = finding(ran, check);

    assertThat(finding.path("level").stringValue()).as(ran.out()).isEqualTo("BAD");
    assertThat(finding.path("what").stringValue()).contains(what);
    assertThat(finding.path("mend").stringValue()).contains(mend);
    assertThat(ran.exit()).as(ran.out()).isEqualTo(exit.number());
    assertThat(ran.json().path("ok").booleanValue()).isFalse();
    assertThat(machine.run("doctor").out()).contains(told("✘", finding));
  }

  private void assertWarning(String check, String what, String mend) {
    Machine.Ran ran = machine.run("doctor", "--json");
    JsonNode finding = finding(ran, check);

    assertThat(finding.path("level").stringValue()).as(ran.out()).isEqualTo("WARNING");
    assertThat(finding.path("what").stringValue()).contains(what);
    assertThat(finding.path("mend").stringValue()).contains(mend);
    assertThat(ran.exit()).isZero();
    assertThat(machine.run("doctor").out()).contains(told("⚠", finding)).doesNotContain("✘");
  }

  /// The lines of a finding as people see them.
  private static String told(String icon, JsonNode finding) {
    return icon
        + " "
        + finding.path("what").stringValue()
        + "\n    mend: "
        + finding.path("mend").stringValue()
        + "\n";
  }

  /// The worst finding of a check.
  private static JsonNode finding(Machine.Ran ran, String check) {
    List<JsonNode> all =
        StreamSupport.stream(ran.json().path("findings").spliterator(), false)
            .filter(finding -> finding.path("check").stringValue().equals(check))
            .toList();
    assertThat(all).as(ran.out()).isNotEmpty();
    return all.stream()
        .filter(finding -> !finding.path("level").stringValue().equals("GOOD"))
        .findFirst()
        .orElse(all.getFirst());
  }

  private static Path program(Path path, String script) throws IOException {
    Files.createDirectories(path.getParent());
    Files.writeString(path, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    return path;
  }

  /// A further member, on a machine where all else is whole.
  private Machine newcomer() {
    Machine bob =
        new Machine(broker, home.resolve("bob"), "bob")
            .launcher(launcher)
            .with("PATH", home.resolve("bin").toString());
    bob.ok("join", machine.ok("invite").out().strip());
    bob.ok("install");
    return bob;
  }
}
