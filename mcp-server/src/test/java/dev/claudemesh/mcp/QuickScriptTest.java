package dev.claudemesh.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// The script that answers Claude Code without a JVM, as a process, against the real desk.
class QuickScriptTest {
  private static final String SESSION = "0f9d1c52-0000-4000-8000-000000000000";
  private static final Path SCRIPT =
      Path.of(System.getProperty("claudemesh.root"), "claudemesh-quick");

  @TempDir private Path folder;
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private Path launcher;
  private Path called;

  @BeforeEach
  void aMemberAndALauncherThatTellsHowItWasCalled() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{}");
    called = folder.resolve("called");
    launcher = folder.resolve("claude mesh");
    Files.writeString(
        launcher,
        "#!/bin/sh\ncat > '"
            + called
            + ".next'\necho \"$CLAUDEMESH_QUICK $*\" >> '"
            + called
            + ".next'\nmv '"
            + called
            + ".next' '"
            + called
            + "'\n");
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void a_hook_is_answered_by_the_sessions_process_whatever_the_prompt_is() throws Exception {
    try (HookDesk desk = open()) {
      for (String prompt :
          List.of(
              "hello",
              "two\nlines\r\nand \\ \"quotes\" `$(touch x)` %s %n",
              "ünïcödé 🎉",
              "{\"session_id\":\"another\"}",
              "x".repeat(200_000))) {
        assertThat(run(input(prompt), "hook", "prompt"))
            .isEqualTo(Wire.mapper().createObjectNode().put("echo", prompt) + "\n");
        assertThat(heard.getLast()).isEqualTo("PROMPT " + prompt);
      }
      assertThat(desk).isNotNull();
      assertThat(called).doesNotExist();
    }
  }

  @Test
  void the_hook_of_a_conversation_not_heard_of_yet_finds_the_process_by_that_of_claude_code()
      throws Exception {
    try (HookDesk desk = open()) {
      desk.alsoFor(HookDesk.named(4711));
      String input = input("after /clear").replace(SESSION, "a-new-one");
      assertThat(run(input, "hook", "prompt")).contains("after /clear");
      assertThat(called).doesNotExist();
    }
    assertThat(HookDesk.file(folder, HookDesk.named(4711))).doesNotExist();
  }

  @Test
  void json_over_several_lines_is_understood_and_silence_stays_silence() throws Exception {
    try (HookDesk desk = open()) {
      String pretty = input("").replace(",", ",\n  ").replace(":", " : ");
      assertThat(run(pretty, "hook", "stop")).isEmpty();
      assertThat(heard).containsExactly("STOP ");
      assertThat(desk).isNotNull();
    }
  }

  @Test
  void without_a_process_the_program_is_told_beside_and_nobody_waits_for_it() throws Exception {
    assertThat(run(input("hello"), "hook", "prompt")).isEmpty();
    for (int i = 0; i < 200 && Files.notExists(called); i++) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThat(Files.readString(called)).isEqualTo(input("hello") + "off hook prompt\n");
  }

  @Test
  void trouble_of_any_kind_is_silent() throws Exception {
    Files.delete(folder.resolve("config.json"));
    assertThat(run(input("x"), "hook", "prompt")).isEmpty();
    assertThat(run("no json", "hook", "prompt")).isEmpty();
    assertThat(run("{\"session_id\":\"../../etc/passwd\"}", "hook", "prompt")).isEmpty();
    assertThat(run(input("x"), "hook", "no/such hook")).isEmpty();
    assertThat(run(input("x"), "status-line")).as("no member of any mesh").isEmpty();
    assertThat(called).doesNotExist();
  }

  @Test
  void the_status_line_is_what_the_sessions_process_wrote_down() throws Exception {
    assertThat(run(input(""), "status-line")).isEqualTo(StatusLine.NOT_CONNECTED + "\n");
    try (StatusLine line = new StatusLine(folder, SESSION)) {
      StatusLine.Mesh team =
          new StatusLine.Mesh("team", true, Optional.of(new StatusLine.Heads(3, 5)));
      line.show(List.of(team), 2, Instant.now());
      assertThat(run(input(""), "status-line")).isEqualTo("◇ team · 3/5 online · 2 unread\n");
      line.show(List.of(team), 0, Instant.now().minusSeconds(200));
      assertThat(run(input(""), "status-line")).isEqualTo(StatusLine.NOT_CONNECTED + "\n");
    }
  }

  private HookDesk open() throws IOException {
    return HookDesk.open(
        folder,
        SESSION,
        (event, input, gone) -> {
          String prompt = input.path("prompt").asString("");
          heard.add(event + " " + prompt);
          ObjectNode output = Wire.mapper().createObjectNode();
          return prompt.isEmpty() ? output : output.put("echo", prompt);
        });
  }

  private static String input(String prompt) {
    return Wire.mapper()
        .createObjectNode()
        .put("session_id", SESSION)
        .put("prompt", prompt)
        .toString();
  }

  private String run(String input, String... arguments) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(SCRIPT.toString(), launcher.toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().put("CLAUDEMESH_CONFIG_DIR", folder.toString());
    builder.environment().remove("CLAUDE_CODE_SESSION_ID");
    builder.environment().put("CLAUDE_PID", "4711");
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return out;
  }
}
