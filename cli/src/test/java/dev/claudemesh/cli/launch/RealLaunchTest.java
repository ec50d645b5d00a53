package dev.claudemesh.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.claudemesh.cli.Shell;
import dev.claudemesh.cli.claude.RealClaude;
import dev.claudemesh.protocol.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// The card in front of the real Claude Code: it gets the terminal, and is on the mesh.
class RealLaunchTest {
  private static final String KEY = "dummy-key-tests";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void claude_draws_its_own_screen_and_its_session_is_a_peer_of_that_name() throws Exception {
    Optional<Path> claude = RealClaude.binary();
    assumeTrue(claude.isPresent(), "Claude Code is not on this machine");
    Path home = Tmux.home(folder);
    ObjectNode settled = Wire.mapper().createObjectNode().put("hasCompletedOnboarding", true);
    settled.putObject("customApiKeyResponses").putArray("approved").add(KEY);
    settled
        .putObject("projects")
        .putObject(home.resolve("payments").toRealPath().toString())
        .put("hasTrustDialogAccepted", true);
    Files.writeString(home.resolve(".claude.json"), settled.toString());
    try (BrokerProcess broker = BrokerProcess.start(folder)) {
      Shell shell = new Shell(home, "ana").broker(broker.url());
      shell.ok("create", "platform", "--as", "Ana");
      Tmux.Start start =
          Tmux.Start.in(home)
              .with("CLAUDE_BIN", claude.get().toString())
              .with("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
              .with("ANTHROPIC_API_KEY", KEY)
              .saying("--name", "Ana on the card", "--role", "reviewer");
      try (Tmux tmux = Tmux.start(start)) {
        tmux.sees("Continue", "Ana on the card", "(0 peers online)").press("Enter");
        tmux.sees("Claude Code", "payments");
        assertThat(tmux.screen()).doesNotContain("Continue");
        awaitPeer(shell, tmux);
        tmux.type("/exit");
        assertThat(tmux.ends()).isZero();
        assertThat(tmux.isClean()).isTrue();
      }
    }
  }

  private static void awaitPeer(Shell shell, Tmux tmux) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!shell.ok("peers", "--json").out().contains("\"displayName\":\"Ana on the card\"")) {
      if (System.nanoTime() > end) {
        throw new AssertionError(tmux.screen() + shell.run("peers").out());
      }
      LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
    }
  }
}
