package dev.claudemesh.cli.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.mcp.HookEvent;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class InstallationTest {
  private static final Path LAUNCHER = Path.of("/opt/claude mesh/claudemesh");
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir Path home;
  private ClaudeFiles files;
  private Installation installation;

  @BeforeEach
  void aHome() {
    files =
        new ClaudeFiles(
            home.resolve(".claude.json"),
            home.resolve(".claude/settings.json"),
            home.resolve(".claude/backups"));
    installation = new Installation(files, home.resolve(".claudemesh"));
  }

  @Test
  void installing_and_uninstalling_leaves_hundreds_of_files_as_they_were_to_the_byte()
      throws IOException {
    long seed = seed();
    for (int i = 0; i < 400; i++) {
      Random random = new Random(seed + i);
      String servers = new RandomSettings(random).servers();
      String settings = new RandomSettings(random).settings();
      write(files.servers(), servers);
      write(files.settings(), settings);
      Set<HookEvent> also = i % 2 == 0 ? Set.of(HookEvent.EDIT) : Set.of();
      boolean statusLine = i % 3 == 0;

      installation.carryOut(() -> installation.planEntry(LAUNCHER, true, also, statusLine), NOON);
      assertThat(Files.readString(files.servers()))
          .as("seed %d, file %d", seed, i)
          .isNotEqualTo(servers);
      assertInstalled(settings, servers);
      uninstall();

      assertThat(Files.readString(files.servers()))
          .as("seed %d, file %d", seed, i)
          .isEqualTo(servers);
      assertThat(Files.readString(files.settings()))
          .as("seed %d, file %d", seed, i)
          .isEqualTo(settings);
    }
  }

  @Test
  void everything_else_keeps_its_meaning_when_claude_rewrote_the_file_meanwhile()
      throws IOException {
    long seed = seed();
    for (int i = 0; i < 200; i++) {
      Random random = new Random(seed + i);
      String settings = new RandomSettings(random).settings().replace("\uFEFF", "");
      write(files.servers(), new RandomSettings(random).servers());
      write(files.settings(), settings);
      JsonNode serversBefore = json(files.servers());
      JsonNode before = json(files.settings());

      install();
      write(files.settings(), json(files.settings()).toPrettyString());
      write(files.servers(), json(files.servers()).toPrettyString());
      uninstall();

      assertThat(withoutEmpty(json(files.settings())))
          .as("seed %d, file %d", seed, i)
          .isEqualTo(withoutEmpty(before));
      assertThat(withoutEmpty(json(files.servers())))
          .as("seed %d, file %d", seed, i)
          .isEqualTo(withoutEmpty(serversBefore));
    }
  }

  @Test
  void files_that_were_not_there_are_made_and_go_again() throws IOException {
    install();

    assertThat(Files.readString(files.servers()))
        .isEqualTo(
            """
            {
              "mcpServers": {
                "claudemesh": {
                  "type": "stdio",
                  "command": "/opt/claude mesh/claudemesh",
                  "args": [
                    "mcp"
                  ],
                  "env": {}
                }
              }
            }
            """);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.servers())))
        .isEqualTo("rw-------");
    assertThat(hookCommands("Stop")).containsExactly("'/opt/claude mesh/claudemesh' hook stop");

    uninstall();
    assertThat(files.servers()).doesNotExist();
    assertThat(files.settings()).doesNotExist();
    assertThat(home.resolve(".claudemesh/installed.json")).doesNotExist();
  }

  @Test
  void installing_twice_changes_nothing_the_second_time() throws IOException {
    write(files.settings(), "{\"hooks\":{}}");
    assertThat(install()).hasSize(2);
    byte[] once = Files.readAllBytes(files.settings());

    assertThat(install()).isEmpty();

    assertThat(Files.readAllBytes(files.settings())).isEqualTo(once);
    uninstall();
    assertThat(Files.readString(files.settings())).isEqualTo("{\"hooks\":{}}");
  }

  @Test
  void what_the_old_command_installed_is_replaced_and_removed() throws IOException {
    write(
        files.servers(),
        "{\"mcpServers\":{\"claudemesh\":{\"command\":\"claudemesh\",\"args\":[\"mcp\"],\"env\":{\"A\":\"1\"}},\"other\":{}}}");
    write(
        files.settings(),
        """
        {
          "hooks": {
            "Stop": [{"hooks": [{"type": "command", "command": "claudemesh hook idle"}]}, {"hooks": [{"type": "command", "command": "say done"}]}],
            "UserPromptSubmit": [{"hooks": [{"type": "command", "command": "claudemesh hook working"}]}]
          },
          "allowedTools": ["Bash", "mcp__claudemesh__send_message", "mcp__claudemesh__list_peers"],
          "statusLine": {"type": "command", "command": "claudemesh status-line"}
        }
        """);

    install();
    assertThat(json(files.servers()).at("/mcpServers/claudemesh/command").stringValue())
        .isEqualTo(LAUNCHER.toString());
    assertThat(json(files.servers()).at("/mcpServers/claudemesh/env/A").stringValue())
        .isEqualTo("1");
    assertThat(hookCommands("Stop"))
        .containsExactly("say done", "'/opt/claude mesh/claudemesh' hook stop");

    uninstall();
    assertThat(json(files.servers()))
        .isEqualTo(Wire.mapper().readTree("{\"mcpServers\":{\"other\":{}}}"));
    assertThat(json(files.settings()))
        .isEqualTo(
            Wire.mapper()
                .readTree(
                    "{\"hooks\":{\"Stop\":[{\"hooks\":[{\"type\":\"command\",\"command\":\"say"
                        + " done\"}]}]},\"allowedTools\":[\"Bash\"]}"));
  }

  @Test
  void a_server_of_our_name_that_is_not_ours_is_left_alone() throws IOException {
    String foreign =
        "{\"mcpServers\":{\"claudemesh\":{\"command\":\"npx\",\"args\":[\"ccmesh\"]}}}";
    write(files.servers(), foreign);

    assertThatThrownBy(this::install)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.EXISTS));

    assertThat(Files.readString(files.servers())).isEqualTo(foreign);
    assertThat(files.settings()).doesNotExist();
    assertThat(uninstall()).isEmpty();
  }

  @Test
  void files_with_comments_or_broken_json_are_refused_with_the_place_and_nothing_changes()
      throws IOException {
    for (String broken :
        List.of(
            "{\n  // mine\n  \"a\": 1}",
            "{\"a\": 1,}",
            "{\"a\": }",
            "[1]",
            "{\"hooks\": 3}",
            "{\"hooks\": {\"Stop\": {}}}",
            "{\"a\": 1} x",
            "{\"a\": \"\n\"}",
            "{\"a\": tru}")) {
      write(files.settings(), broken);

      assertThatThrownBy(this::install)
          .as(broken)
          .isInstanceOf(Problem.class)
          .hasMessageContaining("settings.json")
          .hasMessageContaining("Nothing was changed");

      assertThat(Files.readString(files.settings())).isEqualTo(broken);
      assertThat(files.servers()).as("the other file either").doesNotExist();
    }
  }

  @Test
  void a_file_that_is_not_utf_8_is_refused() throws IOException {
    Files.createDirectories(files.settings().getParent());
    byte[] latin = "{\"a\": \"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
    Files.write(files.settings(), latin);

    assertThatThrownBy(this::install).hasMessageContaining("UTF-8");
    assertThat(Files.readAllBytes(files.settings())).isEqualTo(latin);
  }

  @Test
  void mode_and_symbolic_link_stay_and_a_copy_is_put_beside_claude_codes_own() throws IOException {
    Path dotfiles = Files.createDirectories(home.resolve("dotfiles"));
    Path real = dotfiles.resolve("settings.json");
    Files.writeString(real, "{\"a\": 1}\n");
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
    Files.createDirectories(files.settings().getParent());
    Files.createSymbolicLink(files.settings(), real);

    install();

    assertThat(files.settings()).isSymbolicLink();
    assertThat(Files.readString(real)).contains("claudemesh");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
        .isEqualTo("rw-r-----");
    Path copy = files.backups().resolve("settings.json.pre-claudemesh." + NOON.toEpochMilli());
    assertThat(copy).hasContent("{\"a\": 1}\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
        .isEqualTo("rw-------");
    assertThat(dotfiles).isDirectoryNotContaining("glob:**.claudemesh.*");
  }

  @Test
  void only_the_last_ten_copies_are_kept() throws IOException {
    for (int i = 0; i < 15; i++) {
      write(files.servers(), "{\"n\": " + i + "}");
      installation.carryOut(
          () -> installation.planEntry(LAUNCHER, false, Set.of(), false), NOON.plusSeconds(i));
    }
    try (Stream<Path> copies = Files.list(files.backups())) {
      assertThat(copies)
          .hasSize(10)
          .noneMatch(copy -> copy.toString().endsWith("." + NOON.toEpochMilli()));
    }
  }

  @Test
  void a_hook_that_its_user_added_to_ours_stays() throws IOException {
    install();
    String settings = Files.readString(files.settings());
    write(
        files.settings(),
        settings.replaceFirst(
            "\"hooks\": \\[\n( +)\\{",
            "\"hooks\": [\n$1{\"type\": \"command\", \"command\": \"say mine\"},\n$1{"));

    uninstall();

    assertThat(Files.readString(files.settings()))
        .contains("say mine")
        .doesNotContain("claudemesh");
  }

  @Test
  void the_difference_shows_only_what_changes() throws IOException {
    write(
        files.settings(), "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3,\n  \"d\": 4,\n  \"e\": 5\n}\n");

    List<String> difference =
        installation.planEntry(LAUNCHER, true, Set.of(), false).get(1).difference();

    assertThat(difference)
        .startsWith("--- " + files.settings(), "+++ " + files.settings())
        .contains("   \"c\": 3,", "-  \"e\": 5", "+  \"e\": 5,");
    assertThat(difference).doesNotContain("   \"a\": 1,");
    assertThat(files.servers()).doesNotExist();
  }

  @Test
  void a_status_line_is_entered_where_there_is_none_and_goes_again() throws IOException {
    write(files.servers(), "{}");
    write(files.settings(), "{\n  \"model\": \"opus\"\n}\n");
    enterStatusLine(LAUNCHER);
    assertThat(json(files.settings()).path("statusLine").path("command").asString())
        .isEqualTo("'/opt/claude mesh/claudemesh' status-line");
    assertThat(installation.ownStatusLine()).isEmpty();

    enterStatusLine(Path.of("/new/claudemesh"));
    assertThat(json(files.settings()).path("statusLine").path("command").asString())
        .isEqualTo("/new/claudemesh status-line");

    uninstall();
    assertThat(json(files.settings()).has("statusLine")).isFalse();
  }

  @Test
  void a_status_line_of_the_users_own_stays_also_one_that_embeds_ours() throws IOException {
    for (String own : List.of("my-line", "my-line --with \"$(claudemesh status-line)\"")) {
      String before =
          Wire.mapper()
              .createObjectNode()
              .set("statusLine", Wire.mapper().createObjectNode().put("command", own))
              .toString();
      write(files.servers(), "{}");
      write(files.settings(), before);
      enterStatusLine(LAUNCHER);

      assertThat(installation.ownStatusLine()).contains(own);
      assertThat(json(files.settings()).path("statusLine").path("command").asString())
          .isEqualTo(own);
      uninstall();
      assertThat(Files.readString(files.settings())).isEqualTo(before);
    }
  }

  private void enterStatusLine(Path launcher) throws IOException {
    installation.carryOut(() -> installation.planEntry(launcher, true, Set.of(), true), NOON);
  }

  private List<Installation.Done> install() throws IOException {
    return installation.carryOut(
        () -> installation.planEntry(LAUNCHER, true, Set.of(), false), NOON);
  }

  private List<Installation.Done> uninstall() throws IOException {
    return installation.carryOut(installation::planRemoval, NOON);
  }

  @Test
  void the_hook_that_warns_before_edits_comes_only_when_asked_for_stays_and_goes_with_the_rest()
      throws IOException {
    String before = "{\n  \"hooks\": {\"PreToolUse\": [{\"hooks\": []}]}\n}\n";
    write(files.servers(), "{}");
    write(files.settings(), before);
    install();
    assertThat(hookCommands("PreToolUse")).isEmpty();

    installation.carryOut(
        () -> installation.planEntry(LAUNCHER, true, Set.of(HookEvent.EDIT), true), NOON);
    assertThat(hookCommands("PreToolUse")).singleElement().asString().endsWith(" hook edit");
    assertThat(
            json(files.settings())
                .path("hooks")
                .path("PreToolUse")
                .path(1)
                .path("matcher")
                .asString())
        .isEqualTo("Edit|Write|MultiEdit|NotebookEdit");
    assertThat(install()).isEmpty();
    installation.carryOut(
        () -> installation.planEntry(Path.of("/new/claudemesh"), true, Set.of(), false), NOON);
    assertThat(hookCommands("PreToolUse")).containsExactly("/new/claudemesh hook edit");

    uninstall();
    assertThat(json(files.settings())).isEqualTo(Wire.mapper().readTree(before));
  }

  @Test
  void the_hook_that_asks_others_for_permissions_comes_only_when_asked_for_and_waits_for_people()
      throws IOException {
    write(files.servers(), "{}");
    write(files.settings(), "{}");
    install();
    assertThat(hookCommands("PermissionRequest")).isEmpty();

    installation.carryOut(
        () -> installation.planEntry(LAUNCHER, true, Set.of(HookEvent.PERMISSION), false), NOON);
    assertThat(hookCommands("PermissionRequest"))
        .singleElement()
        .asString()
        .endsWith(" hook permission");
    JsonNode group = json(files.settings()).path("hooks").path("PermissionRequest").path(0);
    assertThat(group.has("matcher")).as("all tools").isFalse();
    assertThat(group.path("hooks").path(0).path("timeout").asInt()).isGreaterThan(600);
    assertThat(install()).isEmpty();

    uninstall();
    assertThat(json(files.settings())).isEqualTo(Wire.mapper().readTree("{}"));
  }

  /// Ours is in, and everything that was there is there still.
  private void assertInstalled(String settingsBefore, String serversBefore) throws IOException {
    assertThat(Installed.server(files)).contains(LAUNCHER.toString());
    assertThat(Installed.missingHooks(files)).isEmpty();
    ObjectNode servers = (ObjectNode) json(files.servers());
    ((ObjectNode) servers.get("mcpServers")).remove("claudemesh");
    assertThat(withoutEmpty(servers))
        .isEqualTo(withoutEmpty(Wire.mapper().readTree(serversBefore)));
    for (HookEvent event : HookEvent.usual()) {
      assertThat(hookCommands(event.claudeName())).filteredOn(Registration::isOurHook).hasSize(1);
    }
    assertThat(settingsBefore.lines().filter(line -> line.contains("echo")).toList())
        .allSatisfy(line -> assertThat(json(files.settings()).toString()).contains("/bin/echo"));
  }

  private List<String> hookCommands(String event) throws IOException {
    return Registration.hooks(new JsonFile(Files.readString(files.settings()), "settings"), event);
  }

  /// An emptied `hooks` or `mcpServers` means the same as none.
  private static JsonNode withoutEmpty(JsonNode node) {
    ObjectNode copy = (ObjectNode) node.deepCopy();
    if (copy.get("hooks") instanceof ObjectNode hooks) {
      List<String> empty =
          hooks.properties().stream()
              .filter(entry -> entry.getValue().isEmpty())
              .map(java.util.Map.Entry::getKey)
              .toList();
      empty.forEach(hooks::remove);
    }
    for (String name : List.of("hooks", "mcpServers")) {
      if (copy.get(name) instanceof ObjectNode object && object.isEmpty()) {
        copy.remove(name);
      }
    }
    return copy;
  }

  private static JsonNode json(Path file) throws IOException {
    return Wire.mapper().readTree(Files.readString(file).replace("\uFEFF", ""));
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text, StandardCharsets.UTF_8);
  }

  private static long seed() {
    String given = System.getProperty("seed", "");
    long seed = given.matches("-?\\d{1,18}") ? Long.parseLong(given) : System.nanoTime();
    System.out.println("seed " + seed);
    return seed;
  }
}
