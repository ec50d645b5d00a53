package dev.claudemesh.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.config.ConfigFolder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class HookDeskTest {
  private static final String SESSION = "0f9d1c52-0000-4000-8000-000000000000";

  @TempDir private Path folder;
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @Test
  void a_hook_tells_the_sessions_process_and_prints_what_it_answers() throws Exception {
    try (HookDesk desk = open()) {
      assertThat(hook("prompt", input(SESSION, "hello"))).isEqualTo("{\"echo\":\"hello\"}\n");
      assertThat(heard).containsExactly("PROMPT hello");
      assertThat(desk).isNotNull();
    }
  }

  @Test
  void the_hook_of_a_conversation_not_heard_of_yet_finds_the_process_by_that_of_claude_code()
      throws Exception {
    try (HookDesk desk = open()) {
      desk.alsoFor(HookDesk.named(4711));
      assertThat(hook("prompt", input("a-new-one", "after /clear")))
          .isEqualTo("{\"echo\":\"after /clear\"}\n");
    }
  }

  @Test
  void the_words_of_older_installations_are_understood() throws Exception {
    try (HookDesk desk = open()) {
      hook("idle", input(SESSION, ""));
      hook("working", input(SESSION, ""));
      assertThat(heard).containsExactly("STOP ", "PROMPT ");
      assertThat(desk).isNotNull();
    }
  }

  @Test
  void only_the_user_can_read_the_token_and_it_goes_with_the_process() throws Exception {
    Path file = HookDesk.file(folder, SESSION);
    try (HookDesk desk = open()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(desk).isNotNull();
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void a_hook_without_the_token_is_not_heard() throws Exception {
    try (HookDesk desk = open()) {
      Path file = HookDesk.file(folder, SESSION);
      ObjectNode contents = (ObjectNode) Wire.mapper().readTree(Files.readString(file));
      Files.writeString(file, contents.put("token", "guessed").toString());
      assertThat(hook("prompt", input(SESSION, "hello"))).isEmpty();
      assertThat(heard).isEmpty();
      assertThat(desk).isNotNull();
    }
  }

  @Test
  void trouble_of_any_kind_is_silent() {
    assertThat(hook("prompt", input(SESSION, "nobody listens"))).isEmpty();
    assertThat(hook("prompt", "not json")).isEmpty();
    assertThat(hook("prompt", "")).isEmpty();
    assertThat(hook("no-such-hook", input(SESSION, "x"))).isEmpty();
    assertThat(hook("prompt", input("../../etc/passwd", "x"))).isEmpty();
  }

  @Test
  void who_waits_for_people_is_answered_when_they_decide_and_may_go_before() throws Exception {
    CompletableFuture<Void> asked = new CompletableFuture<>();
    CompletableFuture<Void> left = new CompletableFuture<>();
    try (HookDesk desk =
        HookDesk.open(
            folder,
            SESSION,
            (event, input, gone) -> {
              asked.complete(null);
              gone.join();
              left.complete(null);
              return Wire.mapper().createObjectNode();
            })) {
      JsonNode file = Wire.mapper().readTree(Files.readString(HookDesk.file(folder, SESSION)));
      try (Socket hook = new Socket(InetAddress.getLoopbackAddress(), file.path("port").asInt())) {
        ObjectNode line =
            Wire.mapper()
                .createObjectNode()
                .put("token", file.path("token").asString())
                .put("event", "permission");
        hook.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        asked.get(10, TimeUnit.SECONDS);
        assertThat(left).isNotDone();
      }
      left.get(10, TimeUnit.SECONDS);
      assertThat(desk).isNotNull();
    }
  }

  private HookDesk open() throws Exception {
    return HookDesk.open(
        folder,
        SESSION,
        (event, input, gone) -> {
          String prompt = input.path("prompt").asString("");
          heard.add(event + " " + prompt);
          return Wire.mapper().createObjectNode().put("echo", prompt);
        });
  }

  private static String input(String session, String prompt) {
    return Wire.mapper()
        .createObjectNode()
        .put("session_id", session)
        .put("prompt", prompt)
        .toString();
  }

  private String hook(String word, String input) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Hook(Map.of("CLAUDE_PID", "4711"), new ConfigFolder(folder))
        .run(
            word,
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8));
    return out.toString(StandardCharsets.UTF_8);
  }
}
