package dev.claudemesh.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.cli.Shell;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.ConfigFile;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `launch` with a claude that writes down how it was started, and what it found in the folder it
/// was given.
class LaunchTest {
  private static final String SESSION = "0b0c7f9a-1111-4222-8333-444455556666";

  @TempDir Path home;
  private Shell shell;
  private Path seen;

  @BeforeEach
  void aClaudeThatTakesNotes() throws IOException {
    seen = Files.createDirectories(home.resolve("seen"));
    Path claude =
        program(
            home.resolve("bin/claude"),
            """
            if [ "$1" = --version ]; then echo "${CLAUDE_VERSION:-2.1.329} (Claude Code)"; exit 0; fi
            printf '%%s\\n' "$@" > "%1$s/arguments"
            env > "%1$s/environment"
            cp -R "$CLAUDEMESH_CONFIG_DIR" "%1$s/config"
            : > "$CLAUDEMESH_CONFIG_DIR/sessions/%2$s.key"
            exit 42
            """
                .formatted(seen, SESSION));
    shell =
        new Shell(home, "ana")
            .with("CLAUDE_BIN", claude.toString())
            .launcher(home.resolve("claudemesh"));
    new ConfigFile(shell.config().getParent(), warning -> {})
        .update(config -> config.with(mesh("platform")).with(mesh("other")));
  }

  @Test
  void claude_gets_a_folder_with_its_mesh_alone_and_its_end_is_ours() throws IOException {
    Shell.Ran ran =
        shell.run(
            "launch",
            "--mesh",
            "platform",
            "--name",
            "Ana's laptop",
            "--role",
            "reviewer",
            "--groups",
            "backend:lead, @web",
            "--message-mode",
            "inbox");

    assertThat(ran.exit()).isEqualTo(42);
    Config config = Config.parse(Files.readString(seen.resolve("config/config.json")), "config");
    assertThat(config.memberships()).extracting(Membership::slug).containsExactly("platform");
    assertThat(config.setting("displayName")).contains("Ana's laptop");
    assertThat(config.setting("role")).contains("reviewer");
    assertThat(config.setting("messageMode")).contains("inbox");
    assertThat(config.value("groups"))
        .contains(
            Wire.mapper()
                .readTree("[{\"name\":\"backend\",\"role\":\"lead\"},{\"name\":\"web\"}]"));
    assertThat(environment())
        .contains(
            "CLAUDEMESH_DISPLAY_NAME=Ana's laptop",
            "CLAUDEMESH_ROLE=reviewer",
            "MCP_TIMEOUT=30000",
            "MAX_MCP_OUTPUT_TOKENS=50000");
    assertThat(ran.err()).contains("platform").contains("Ana's laptop");
  }

  @Test
  void a_session_can_be_held_to_some_of_the_permissions_or_to_none() throws IOException {
    shell.run("launch", "--mesh", "platform");
    assertThat(environment()).noneMatch(line -> line.startsWith("CLAUDEMESH_PERMISSIONS"));
    shell.run("launch", "--mesh", "platform", "--allow", "canSend,canWriteState");
    assertThat(environment()).contains("CLAUDEMESH_PERMISSIONS=canSend,canWriteState");
    shell.run("launch", "--mesh", "platform", "--allow", "none");
    assertThat(environment()).contains("CLAUDEMESH_PERMISSIONS=");
  }

  @Test
  void a_new_session_has_an_id_that_its_key_is_kept_under() throws IOException {
    shell.run("launch", "--mesh", "platform");

    List<String> arguments = arguments();
    String id = arguments.get(arguments.indexOf("--session-id") + 1);
    assertThat(environment()).contains("CLAUDEMESH_SESSION_ID=" + id);
    assertThat(shell.config().resolveSibling("sessions").resolve(SESSION + ".key"))
        .as("what claude puts into sessions lasts")
        .exists();
    assertThat(shell.config().resolveSibling("launch")).as("the rest does not").isEmptyDirectory();
  }

  @Test
  void resuming_and_continuing_keep_the_session_and_name_no_other() throws IOException {
    shell.run("launch", "--mesh", "platform", "--resume", SESSION);
    assertThat(arguments()).containsSubsequence("--resume", SESSION).doesNotContain("--session-id");
    assertThat(environment()).contains("CLAUDEMESH_SESSION_ID=" + SESSION);

    again("launch", "--mesh", "platform", "-c");
    assertThat(arguments()).contains("--continue").doesNotContain("--session-id", "--resume");

    again("launch", "--mesh", "platform", "-r");
    assertThat(arguments()).contains("--resume").doesNotContain("--session-id", SESSION);
  }

  @Test
  void permissions_are_skipped_only_where_that_was_typed() throws IOException {
    shell.run("launch", "--mesh", "platform");
    assertThat(arguments()).doesNotContain("--dangerously-skip-permissions");

    Shell.Ran ran = again("launch", "--mesh", "platform", "-y");
    assertThat(arguments()).contains("--dangerously-skip-permissions");
    assertThat(ran.err()).contains("will not ask before it acts");
  }

  @Test
  void the_development_channel_is_loaded_only_where_it_is_wanted_and_needed() throws IOException {
    shell.run("launch", "--mesh", "platform");
    assertThat(arguments()).doesNotContain("--dangerously-load-development-channels");
    again("launch", "--mesh", "platform", "--channels");
    assertThat(arguments()).doesNotContain("--dangerously-load-development-channels");

    program(
        home.resolve("bin/claude"),
        Files.readString(home.resolve("bin/claude")).replace("2.1.329", "2.1.197"));
    again("launch", "--mesh", "platform", "--channels");
    assertThat(arguments())
        .containsSubsequence("--dangerously-load-development-channels", "server:claudemesh");
  }

  @Test
  void what_stands_after_two_dashes_goes_to_claude_as_it_is() throws IOException {
    shell.run(
        "launch",
        "--mesh",
        "platform",
        "--quiet",
        "--system-prompt",
        "be brief",
        "--",
        "--model",
        "opus",
        "-p",
        "--json",
        "hello there");

    assertThat(arguments())
        .containsSubsequence(
            "--system-prompt", "be brief", "--model", "opus", "-p", "--json", "hello there");
    assertThat(arguments()).endsWith("hello there");
  }

  @Test
  void without_install_the_server_and_the_hooks_come_with_the_start() throws IOException {
    shell.run("launch", "--mesh", "platform");

    List<String> arguments = arguments();
    assertThat(arguments).contains("--mcp-config", "--settings");
    JsonNode servers = Wire.mapper().readTree(Files.readString(seen.resolve("config/mcp.json")));
    assertThat(servers.at("/mcpServers/claudemesh/command").stringValue())
        .isEqualTo(home.resolve("claudemesh").toString());
    assertThat(Files.readString(seen.resolve("config/settings.json")))
        .contains("claudemesh hook prompt");

    shell.ok("install");
    again("launch", "--mesh", "platform");
    assertThat(arguments()).doesNotContain("--mcp-config", "--settings");
  }

  @Test
  void a_mesh_key_that_came_during_the_session_is_kept() throws IOException {
    MeshKey key = MeshKey.generate(7);
    program(
        home.resolve("bin/claude"),
        "sed -i 's/\"joinedAt\"/\"epochKeys\": {\"7\": \""
            + key.exposeBase64Url()
            + "\"}, \"joinedAt\"/' \"$CLAUDEMESH_CONFIG_DIR/config.json\"");

    assertThat(shell.run("launch", "--mesh", "platform").exit()).isZero();

    assertThat(Config.parse(Files.readString(shell.config()), "config").mesh("platform").keys())
        .containsExactly(key);
  }

  @Test
  void the_folder_of_a_launch_that_was_killed_is_removed_by_the_next_one() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Path left =
        Files.createDirectories(
            shell.config().resolveSibling("launch").resolve(dead.pid() + "-left"));
    Files.writeString(left.resolve("config.json"), "{}");
    Path lasting = Files.createDirectories(shell.config().resolveSibling("sessions"));
    Files.writeString(lasting.resolve("keep.key"), "x");
    Files.createSymbolicLink(left.resolve("sessions"), lasting);

    shell.run("launch", "--mesh", "platform");

    assertThat(left).doesNotExist();
    assertThat(lasting.resolve("keep.key")).exists();
  }

  @Test
  void without_a_mesh_and_with_several_the_one_to_take_has_to_be_named() {
    Shell.Ran ran = shell.run("launch");

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).contains("--mesh: platform, other");
    assertThat(seen.resolve("arguments")).doesNotExist();
  }

  @Test
  void the_mesh_used_last_is_no_answer_where_nobody_sees_it() {
    shell.run("launch", "--mesh", "platform");
    assertThat(shell.run("launch").exit()).isEqualTo(3);
    assertThat(shell.run("launch", "-y").err()).contains("--mesh: platform, other");
    assertThat(shell.run("launch", "--non-interactive").exit()).isEqualTo(3);
  }

  @Test
  void a_resumed_session_is_on_the_mesh_it_was_on_with_its_name_role_and_groups()
      throws IOException {
    shell.run("launch", "-m", "other", "--name", "Ana R", "--role", "lead", "--groups", "web:qa");
    List<String> first = arguments();
    String id = first.get(first.indexOf("--session-id") + 1);

    again("--resume", id);

    assertThat(arguments()).containsSubsequence("--resume", id);
    Config config = Config.parse(Files.readString(seen.resolve("config/config.json")), "config");
    assertThat(config.memberships()).extracting(Membership::slug).containsExactly("other");
    assertThat(config.setting("displayName")).contains("Ana R");
    assertThat(config.setting("role")).contains("lead");
    assertThat(config.value("groups"))
        .contains(Wire.mapper().readTree("[{\"name\":\"web\",\"role\":\"qa\"}]"));
    again("--resume=" + id, "--role", "tester");
    assertThat(environment())
        .as("a flag goes before what was saved")
        .contains("CLAUDEMESH_ROLE=tester");
  }

  @Test
  void a_file_of_saved_launches_that_cannot_be_read_counts_as_none() throws IOException {
    Files.writeString(shell.config().resolveSibling("launches.json"), "[{}, null, 3");
    assertThat(shell.run("launch", "-m", "other", "--resume", SESSION).exit()).isEqualTo(42);
    Files.writeString(shell.config().resolveSibling("launches.json"), "[{}, null]");
    assertThat(again("launch", "-m", "other", "--resume", SESSION).exit()).isEqualTo(42);
  }

  @Test
  void a_flag_first_means_launch_and_what_follows_two_dashes_is_claudes() throws IOException {
    assertThat(shell.run("--mesh=platform", "--", "--model", "opus").exit()).isEqualTo(42);
    assertThat(arguments()).endsWith("--model", "opus");
    assertThat(again("-mother", "--role", "x").exit()).isEqualTo(42);
    assertThat(environment()).contains("CLAUDEMESH_ROLE=x");
  }

  @Test
  void a_misspelt_flag_first_is_answered_with_the_one_that_was_meant() {
    Shell.Ran ran = shell.run("--reusme", "x");
    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).contains("--reusme").contains("Did you mean: --resume?");
  }

  @Test
  void a_link_alone_is_an_invite_to_take() {
    Shell.Ran ran = shell.run("http://127.0.0.1:1/i/ABCD2345");
    assertThat(ran.exit()).as(ran.err()).isEqualTo(4);
    assertThat(ran.err()).contains("127.0.0.1:1");
    assertThat(shell.run("https://example.test/i/no").exit()).isEqualTo(3);
    assertThat(seen.resolve("arguments")).doesNotExist();
  }

  @Test
  void a_claude_that_cannot_be_started_is_no_fault_of_ours_and_leaves_nothing() throws IOException {
    program(home.resolve("bin/claude"), "#!/no/such/interpreter");
    Shell.Ran ran = shell.run("launch", "-m", "platform");
    assertThat(ran.exit()).isEqualTo(9);
    assertThat(ran.err()).contains("cannot be started", "npm install -g").doesNotContain("\tat ");
    assertThat(shell.config().resolveSibling("launch")).isEmptyDirectory();
  }

  @Test
  void somebody_in_no_mesh_is_told_both_ways_in() throws IOException {
    Files.delete(shell.config());
    Shell.Ran ran = shell.run("launch");
    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).contains("--join <link>").contains("claudemesh create <name>");
  }

  @Test
  void groups_are_read_as_people_write_them() {
    assertThat(LaunchPlan.groups("a:lead,b, @c/d :x,,"))
        .containsExactly(
            new GroupRole("a", Optional.of("lead")),
            new GroupRole("b", Optional.empty()),
            new GroupRole("c/d", Optional.of("x")));
  }

  private Shell.Ran again(String... arguments) throws IOException {
    Path config = seen.resolve("config");
    if (Files.exists(config)) {
      Files.move(config, seen.resolve("config" + System.nanoTime()));
    }
    return shell.run(arguments);
  }

  private List<String> arguments() throws IOException {
    return Files.readAllLines(seen.resolve("arguments"));
  }

  private List<String> environment() throws IOException {
    return Files.readAllLines(seen.resolve("environment"));
  }

  private static Membership mesh(String slug) {
    return new Membership(
        "id-of-" + slug,
        "member",
        slug,
        slug,
        Keys.generate(),
        URI.create("ws://127.0.0.1:1/ws"),
        Instant.EPOCH,
        Optional.empty(),
        List.of());
  }

  private static Path program(Path path, String script) throws IOException {
    Files.createDirectories(path.getParent());
    Files.writeString(path, script.startsWith("#!") ? script : "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    return path;
  }
}
