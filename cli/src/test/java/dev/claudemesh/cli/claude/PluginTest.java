package dev.claudemesh.cli.claude;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.MeshKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
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

  @BeforeEach
  void aClaudeCode() {
    assumeTrue(
        RealClaude.binary().isPresent(),
        "no Claude Code binary: npm install @anthropic-ai/claude-code, or set CLAUDE_BIN; skipped");
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
    try (TestBroker broker = TestBroker.start();
        FakeMessagesApi anas = new FakeMessagesApi();
        FakeMessagesApi bens = new FakeMessagesApi()) {
      TestMember owner = broker.mesh("team");
      MeshKey key = MeshKey.generate(1);
      Path anasHome = RealClaude.home(folder, broker, broker.member(owner, "ana"), key);
      Path bensHome = RealClaude.home(folder, broker, broker.member(owner, "ben"), key);
      try (RealClaude ben =
              RealClaude.startWithPlugin(
                  bensHome, bens.url(), RealClaude.launcher(bensHome), JOIN);
          RealClaude ana =
              RealClaude.startWithPlugin(
                  anasHome, anas.url(), RealClaude.launcher(anasHome), SEND)) {
        bens.whenTold("join the backend", JOIN, object(Map.of("name", "backend")));
        ben.prompt("join the backend group");
        bens.await(said -> said.contains("Done."), PATIENCE);

        anas.whenTold("tell ben", SEND, message("the migration is done"));
        ana.prompt("tell ben about it");
        assertThat(anas.await(said -> said.contains("Sent to"), PATIENCE)).contains("Sent to ben");
        bens.await(said -> said.contains("the migration is done"), PATIENCE);

        CountDownLatch think = new CountDownLatch(1);
        bens.whenToldWait("think hard", think);
        ben.prompt("think hard about it");
        bens.await(said -> said.contains("think hard"), PATIENCE);
        anas.whenTold("tell him again", SEND, message("and it was fast"));
        ana.prompt("tell him again");
        anas.await(said -> said.contains("Sent to ben") && said.contains("busy"), PATIENCE);
        assertThat(bens.requests())
            .as("the prompt hook said that ben works")
            .noneMatch(said -> said.contains("and it was fast"));
        think.countDown();
        bens.await(said -> said.contains("and it was fast"), PATIENCE);
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + logs(anasHome) + logs(bensHome), e);
      }
    }
  }

  private static String logs(Path home) throws Exception {
    return "\n" + Files.readString(home.resolve("claude.log"));
  }

  private static ObjectNode message(String text) {
    return object(Map.of("to", "ben", "message", text));
  }

  private static ObjectNode object(Map<String, String> fields) {
    return Wire.mapper().valueToTree(fields);
  }
}
