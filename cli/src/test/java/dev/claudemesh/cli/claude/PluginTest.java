package dev.claudemesh.cli.claude;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.config.Approvers;
import dev.claudemesh.protocol.crypto.MeshKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// The plugin in a real Claude Code, installed from the marketplace folder of this repository.
class PluginTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String JOIN = "mcp__plugin_claudemesh_claudemesh__join_group";
  private static final String SEND = "mcp__plugin_claudemesh_claudemesh__send_message";

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  private TestBroker broker;
  private FakeMessagesApi anas;
  private FakeMessagesApi bens;
  private TestMember ana;
  private TestMember ben;
  private Path anasHome;
  private Path bensHome;

  @BeforeEach
  void twoHomesWithThePlugin() throws Exception {
    assumeTrue(
        RealClaude.binary().isPresent(),
        "no Claude Code binary: npm install @anthropic-ai/claude-code, or set CLAUDE_BIN; skipped");
    broker = TestBroker.start();
    anas = new FakeMessagesApi();
    bens = new FakeMessagesApi();
    TestMember owner = broker.mesh("team");
    MeshKey key = MeshKey.generate(1);
    ana = broker.member(owner, "ana");
    ben = broker.member(owner, "ben");
    anasHome = RealClaude.home(folder, broker, ana, key);
    bensHome = RealClaude.home(folder, broker, ben, key);
  }

  @AfterEach
  void stop() throws Exception {
    if (broker != null) {
      // Hooks of a session that ended may still tell the broker, and write into its home.
      ProcessHandle.allProcesses()
          .filter(one -> {
            String line = one.info().commandLine().orElse("");
            return line.contains(folder.toString()) && line.contains(" hook ");
          })
          .forEach(one ->
              one.onExit().completeOnTimeout(one, PATIENCE.toSeconds(), TimeUnit.SECONDS).join());
      anas.close();
      bens.close();
      broker.close();
    }
  }

  @Test
  void plugin_and_marketplace_are_valid_without_a_warning() throws Exception {
    String root = System.getProperty("claudemesh.root");
    for (String what : List.of(root, root + "/plugin")) {
      ProcessBuilder builder =
          new ProcessBuilder(
                  RealClaude.binary().orElseThrow().toString(),
                  "plugin",
                  "validate",
                  "--strict",
                  what)
              .redirectErrorStream(true);
      builder.environment().put("HOME", folder.toString());
      Process process = builder.start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(said).isZero();
    }
  }

  @Test
  void a_session_with_the_plugin_sends_is_woken_when_idle_and_left_alone_while_busy()
      throws Exception {
    try (RealClaude bensClaude = ben(List.of());
        RealClaude anasClaude = ana()) {
      bens.whenTold("join the backend", JOIN, object(Map.of("name", "backend")));
      bensClaude.prompt("join the backend group");
      bens.await(said -> said.contains("Done."), PATIENCE);

      send(anasClaude, "tell ben", "ben", "the migration is done");
      assertThat(anas.await(said -> said.contains("Sent to"), PATIENCE)).contains("Sent to ben");
      bens.await(said -> said.contains("the migration is done"), PATIENCE);

      CountDownLatch think = new CountDownLatch(1);
      bens.whenToldWait("think hard", think);
      bensClaude.prompt("think hard about it");
      bens.await(said -> said.contains("think hard"), PATIENCE);
      send(anasClaude, "tell him again", "ben", "and it was fast");
      anas.await(said -> said.contains("Sent to ben") && said.contains("busy"), PATIENCE);
      assertThat(bens.requests())
          .as("the prompt hook said that ben works")
          .noneMatch(said -> said.contains("and it was fast"));
      think.countDown();
      bens.await(said -> said.contains("and it was fast"), PATIENCE);
    }
  }

  @Test
  void others_see_by_its_hooks_whether_a_session_waits_works_or_is_gone() throws Exception {
    try (RealClaude claude = ben(List.of())) {
      claude.prompt("hello");
      awaitStatus("idle");
      CountDownLatch think = new CountDownLatch(1);
      bens.whenToldWait("think hard", think);
      claude.prompt("think hard about it");
      awaitStatus("working by hook");
      think.countDown();
      awaitStatus("idle by hook");
    }
    awaitStatus("");
  }

  @Test
  void a_resumed_session_is_the_same_peer_and_gets_what_came_meanwhile_once() throws Exception {
    String peer;
    String session;
    try (RealClaude claude = ben(List.of());
        RealClaude anasClaude = ana()) {
      claude.prompt("hello");
      awaitStatus("idle");
      peer = presence("session_pubkey");
      send(anasClaude, "tell ben", "ben", "first letter");
      bens.await(said -> said.contains("first letter"), PATIENCE);
      session = claude.sessionId();
    }
    awaitStatus("");

    try (RealClaude anasClaude = ana()) {
      send(anasClaude, "tell that session", peer, "second letter");
      anas.await(said -> said.contains("Sent to") && said.contains("offline"), PATIENCE);
    }
    try (RealClaude claude = ben(List.of("--resume", session))) {
      claude.prompt("back again");
      awaitStatus("idle");
      bens.await(said -> said.contains("second letter"), PATIENCE);
      assertThat(claude.sessionId()).isEqualTo(session);
      assertThat(presence("session_pubkey")).isEqualTo(peer);
    }
    awaitStatus("");

    try (RealClaude claude = ben(List.of("--continue"));
        RealClaude anasClaude = ana()) {
      claude.prompt("and once more");
      awaitStatus("idle");
      assertThat(presence("session_pubkey")).isEqualTo(peer);
      send(anasClaude, "tell that session too", peer, "third letter");
      bens.await(said -> said.contains("third letter"), PATIENCE);
    }
    for (String letter : List.of("first letter", "second letter", "third letter")) {
      assertThat(bens.requests().stream().filter(said -> said.contains(letter)))
          .as("nothing is shown twice: %s in %s", letter, bens.requests())
          .hasSize(1);
    }
  }

  @Test
  void after_clear_it_is_the_same_peer_whose_hooks_are_heard_and_so_it_is_when_resumed()
      throws Exception {
    String peer;
    try (RealClaude claude = ben(List.of());
        RealClaude anasClaude = ana()) {
      claude.prompt("hello");
      awaitStatus("idle");
      peer = presence("session_pubkey");
      claude.prompt("/clear");
      CountDownLatch think = new CountDownLatch(1);
      bens.whenToldWait("think hard", think);
      claude.prompt("think hard about it");
      awaitStatus("working by hook");
      send(anasClaude, "tell ben", "ben", "a letter after it");
      anas.await(said -> said.contains("Sent to ben") && said.contains("busy"), PATIENCE);
      think.countDown();
      bens.await(said -> said.contains("a letter after it"), PATIENCE);
      awaitStatus("idle");
      assertThat(presence("session_pubkey")).isEqualTo(peer);
    }
    awaitStatus("");
    try (RealClaude claude = ben(List.of("--continue"))) {
      claude.prompt("and once more");
      awaitStatus("idle");
      assertThat(presence("session_pubkey")).isEqualTo(peer);
    }
  }

  @Test
  void a_permission_is_asked_for_at_other_terminals_once_somebody_may_decide() throws Exception {
    Path desk = Files.createDirectory(folder.resolve("desk"));
    try (Approver watching = Approver.watching(bensHome);
        RealClaude claude = ana("Read")) {
      write(claude, "write the first", "1.txt");
      anas.await(said -> said.contains("haven't granted"), PATIENCE);
      assertThat(watching.all()).as("nobody was named yet").isEmpty();

      new Approvers(anasHome.resolve(".claudemesh"), ana.meshId()).add(ben.key().publicKey());
      write(claude, "write the second", "2.txt");
      String allowed = id(watching.sees("asks to use Write"));
      assertThat(Approver.run(bensHome, allowed, "--allow")).isZero();
      anas.await(said -> said.contains("2.txt") && said.contains("success"), PATIENCE);
      assertThat(anasHome.resolve("2.txt")).hasContent("written");

      write(claude, "write the third", "3.txt");
      String denied = id(watching.sees("asks to use Write"));
      assertThat(Approver.run(bensHome, denied, "--deny", "--reason", "not on a Sunday")).isZero();
      anas.await(said -> said.contains("not on a Sunday"), PATIENCE);
      assertThat(Approver.run(bensHome, denied, "--allow")).as("it is over").isEqualTo(5);
    }
    assertThat(anasHome.resolve("1.txt")).doesNotExist();
    assertThat(anasHome.resolve("3.txt")).doesNotExist();
  }

  @Test
  void what_is_allowed_for_the_session_is_not_asked_again() throws Exception {
    new Approvers(anasHome.resolve(".claudemesh"), ana.meshId()).add(ben.key().publicKey());
    try (Approver watching = Approver.watching(bensHome);
        RealClaude claude = ana("Read")) {
      ObjectNode command = object(Map.of("command", "mkfifo pipe && echo piped"));
      anas.whenTold("make a pipe", "Bash", command);
      claude.prompt("make a pipe");
      String asked = id(watching.sees("asks to use Bash"));
      assertThat(Approver.run(bensHome, asked, "--allow-session")).isZero();
      anas.await(said -> said.contains("piped"), PATIENCE);
      assertThat(anasHome.resolve("pipe")).exists();

      anas.whenTold("another one", "Bash", command);
      claude.prompt("another one please");
      anas.await(said -> said.contains("File exists"), PATIENCE);
      assertThat(watching.all()).noneMatch(line -> line.contains("asks to use"));
    }
  }

  private static String id(String head) {
    return head.substring(head.indexOf('[') + 1, head.indexOf(']'));
  }

  private void write(RealClaude claude, String prompt, String name) throws Exception {
    anas.whenTold(
        prompt,
        "Write",
        object(Map.of("file_path", anasHome.resolve(name).toString(), "content", "written")));
    claude.prompt(prompt);
  }

  private void send(RealClaude from, String prompt, String to, String text) throws Exception {
    anas.whenTold(prompt, SEND, object(Map.of("to", to, "message", text)));
    from.prompt(prompt);
  }

  private RealClaude ana(String... more) throws Exception {
    return start(anasHome, anas, List.of(), more.length == 0 ? new String[] {SEND} : more);
  }

  private RealClaude ben(List<String> flags) throws Exception {
    return start(bensHome, bens, flags, JOIN);
  }

  private static RealClaude start(
      Path home, FakeMessagesApi model, List<String> flags, String... allowed) throws Exception {
    RealClaude.installPlugin(home, model.url());
    return RealClaude.startWithPlugin(home, model.url(), flags, allowed);
  }

  /// What the broker knows of ben's session; empty if he has none.
  private String presence(String expression) {
    List<String> found =
        broker
            .database()
            .dsl()
            .fetch(
                "select "
                    + expression
                    + " from mesh.presence where disconnected_at is null and member_id = '"
                    + ben.id()
                    + "'")
            .getValues(0, String.class);
    return String.join(", ", found);
  }

  /// @param wanted how it begins; nothing if he is to be gone, which takes a lease where Claude
  ///   Code left our process no time to say so
  private void awaitStatus(String wanted) {
    long deadline = System.nanoTime() + PATIENCE.multipliedBy(2).toNanos();
    String now = presence("status || ' by ' || status_source");
    while (wanted.isEmpty() ? !now.isEmpty() : !now.startsWith(wanted)) {
      assertThat(System.nanoTime()).as("it is %s, not %s", now, wanted).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      now = presence("status || ' by ' || status_source");
    }
  }

  private static ObjectNode object(Map<String, String> fields) {
    return Wire.mapper().valueToTree(fields);
  }
}
