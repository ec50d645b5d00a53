package dev.claudemesh.cli.claude;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.config.Approvers;
import dev.claudemesh.protocol.config.ConfigFolder;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.crypto.MeshKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A real Claude Code session that may not write files asks a person at another machine's terminal.
class RemoteApprovalTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  private TestBroker broker;
  private FakeMessagesApi model;
  private TestMember ana;
  private TestMember ben;
  private Path home;
  private Path file;

  @BeforeEach
  void aMeshOfTwo() throws Exception {
    assumeTrue(
        RealClaude.binary().isPresent(),
        "no Claude Code binary: npm install @anthropic-ai/claude-code, or set CLAUDE_BIN; skipped");
    broker = TestBroker.start();
    model = new FakeMessagesApi();
    TestMember owner = broker.mesh("team");
    ana = broker.member(owner, "ana");
    ben = broker.member(owner, "ben");
    home = home(ana);
    file = home.resolve("A.txt");
    model.whenTold(
        "write it",
        "Write",
        Wire.mapper()
            .createObjectNode()
            .put("file_path", file.toString())
            .put("content", "written"));
  }

  @AfterEach
  void stop() throws Exception {
    if (broker != null) {
      model.close();
      broker.close();
    }
  }

  @Test
  void what_the_person_allows_is_done() throws Exception {
    grant();
    try (Approver person = Approver.watching(home(ben));
        RealClaude claude = RealClaude.start(home, model.url(), "Read")) {
      claude.prompt("write it");
      person.sees("asks to use Write");
      person.sees("  | " + file);
      person.sees("  | written");
      person.types("a");
      model.await(said -> said.contains("A.txt") && said.contains("success"), PATIENCE);
      assertThat(file).hasContent("written");
      person.sees("allowed by you");
    }
  }

  @Test
  void what_the_person_denies_is_not_done_and_the_model_is_told_why() throws Exception {
    grant();
    try (Approver person = Approver.watching(home(ben));
        RealClaude claude = RealClaude.start(home, model.url(), "Read")) {
      claude.prompt("write it");
      person.sees("asks to use Write");
      person.types("d not on a Sunday");
      model.await(said -> said.contains("not on a Sunday"), PATIENCE);
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void the_answer_of_who_was_not_granted_it_does_not_count_and_nobody_is_waited_for()
      throws Exception {
    try (Approver person = Approver.watching(home(ben));
        RealClaude claude = RealClaude.start(home, model.url(), "Read")) {
      claude.prompt("write it");
      model.await(said -> said.contains("haven't granted"), PATIENCE);
      assertThat(file).doesNotExist();
      assertThat(person.all()).noneMatch(line -> line.contains("asks to use"));
    }
  }

  @Test
  void where_nobody_watches_it_is_refused_here_as_before() throws Exception {
    grant();
    try (RealClaude claude = RealClaude.start(home, model.url(), "Read")) {
      claude.prompt("write it");
      model.await(said -> said.contains("haven't granted"), Duration.ofSeconds(30));
      assertThat(file).doesNotExist();
    }
  }

  private void grant() {
    new Approvers(home.resolve(".claudemesh"), ana.meshId()).add(ben.key().publicKey());
  }

  private Path home(TestMember member) throws Exception {
    Path made = Files.createDirectory(folder.resolve(member.name()));
    Membership membership =
        new Membership(
            member.meshId(),
            member.id(),
            member.meshSlug(),
            "team",
            member.key(),
            broker.wsUrl(),
            Instant.now(),
            Optional.empty(),
            List.of(MeshKey.generate(1)));
    new ConfigFolder(made.resolve(".claudemesh"))
        .config(warning -> {})
        .update(config -> config.with(membership));
    return made;
  }
}
