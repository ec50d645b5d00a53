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
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
    try (Approver person = new Approver(home(ben));
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
    try (Approver person = new Approver(home(ben));
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
    try (Approver person = new Approver(home(ben));
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

  /// `claudemesh approve` in a process and with a config folder of its own.
  private static final class Approver implements AutoCloseable {
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    Approver(Path home) throws Exception {
      Path arguments =
          Files.writeString(home.resolve("java-arguments"), RealClaude.javaArguments());
      ProcessBuilder builder =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "@" + arguments,
                  "dev.claudemesh.cli.Main",
                  "approve")
              .redirectErrorStream(true);
      builder.environment().clear();
      builder
          .environment()
          .putAll(
              Map.of(
                  "HOME",
                  home.toString(),
                  "PATH",
                  System.getenv("PATH"),
                  "LANG",
                  "C.UTF-8",
                  "CLAUDEMESH_CONFIG_DIR",
                  home.resolve(".claudemesh").toString()));
      process = builder.start();
      Thread.ofVirtual().start(this::read);
      sees("Waiting for requests");
    }

    private void read() {
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        reader.lines().forEach(lines::add);
      } catch (IOException e) {
        lines.add(e.toString());
      }
    }

    void sees(String text) throws InterruptedException {
      long until = System.nanoTime() + PATIENCE.toNanos();
      String line = "";
      while (line != null && !line.contains(text)) {
        line = lines.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
      assertThat(line).as("a line with " + text).isNotNull();
    }

    /// Types it until it is taken: what comes too quickly after a request is not.
    void types(String text) throws Exception {
      sees("then Enter");
      String line = "again";
      while (!line.contains("Told so")) {
        if (line.contains("again")) {
          process.getOutputStream().write((text + "\n").getBytes(StandardCharsets.UTF_8));
          process.getOutputStream().flush();
        }
        line = lines.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(line).isNotNull();
      }
    }

    List<String> all() {
      return List.copyOf(lines);
    }

    @Override
    public void close() {
      process.destroy();
    }
  }
}
