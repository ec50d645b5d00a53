package dev.claudemesh.cli.claude;

import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.MeshKey;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// A real Claude Code session that edits a file which somebody else has claimed.
class ClaimedEditTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void a_real_session_is_warned_and_edits_all_the_same() throws Exception {
    assumeTrue(
        RealClaude.binary().isPresent(),
        "no Claude Code binary: npm install @anthropic-ai/claude-code, or set CLAUDE_BIN; skipped");
    try (TestBroker broker = TestBroker.start();
        FakeMessagesApi model = new FakeMessagesApi()) {
      TestMember owner = broker.mesh("team");
      Path home = RealClaude.home(folder, broker, broker.member(owner, "ben"), MeshKey.generate(1));
      Path file = home.resolve("src/A.txt");
      try (TestSocket ana = broker.connect(broker.member(owner, "ana"));
          RealClaude ben = RealClaude.start(home, model.url(), "Write")) {
        ObjectNode claim = object("claim_paths").put("root", "ben").put("note", "new routes");
        claim.putArray("globs").add("src/**");
        ana.ask(claim);

        model.whenTold(
            "write it",
            "Write",
            Wire.mapper()
                .createObjectNode()
                .put("file_path", file.toString())
                .put("content", "written"));
        ben.prompt("write it");
        model.await(
            said -> said.contains("A.txt is claimed by others") && said.contains("new routes"),
            PATIENCE);
        assertThat(file).hasContent("written");
      }
    }
  }
}
