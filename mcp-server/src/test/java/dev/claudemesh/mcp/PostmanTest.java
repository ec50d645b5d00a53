package dev.claudemesh.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.Seeds;
import dev.claudemesh.protocol.messaging.Priority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostmanTest {
  private final List<String> channel = new ArrayList<>();
  private final List<String> seen = new ArrayList<>();
  private Instant now = Letters.NOON;

  private Postman postman(MessageMode mode) {
    return new Postman(
        mode,
        new Doorways(Optional.empty(), (content, attributes) -> channel.add(content)),
        (mesh, ids) -> seen.addAll(ids),
        () -> now);
  }

  @Test
  void a_message_counts_as_seen_only_when_the_prompt_hook_has_it() {
    Postman postman = postman(MessageMode.PUSH);
    postman.arrived("team", Letters.message("id1", Priority.NEXT, "Ana", "hello"));
    assertThat(channel).hasSize(1);
    assertThat(seen).isEmpty();
    Postman.WithPrompt along = postman.prompt("what is up", Optional.empty());
    assertThat(along.context()).hasValueSatisfying(text -> assertThat(text).contains("hello"));
    assertThat(seen).containsExactly("id1");
    assertThat(postman.prompt("and now", Optional.empty()).context()).isEmpty();
  }

  @Test
  void a_prompt_that_is_the_pushed_message_is_not_given_it_again() {
    Postman postman = postman(MessageMode.PUSH);
    postman.arrived("team", Letters.message("id1", Priority.NEXT, "Ana", "hello"));
    Postman.WithPrompt along = postman.prompt(channel.getFirst(), Optional.empty());
    assertThat(along.context()).isEmpty();
    assertThat(along.block()).isFalse();
    assertThat(seen).containsExactly("id1");
  }

  @Test
  void a_pushed_frame_that_comes_after_its_message_was_shown_is_held_back() {
    Postman postman = postman(MessageMode.PUSH);
    postman.arrived("team", Letters.message("id1", Priority.NEXT, "Ana", "hello"));
    assertThat(postman.take()).hasSize(1);
    String frame =
        MessageFrame.forInbox(
            Letter.arrived("team", Letters.message("id1", Priority.NEXT, "Ana", "hello")));
    assertThat(postman.prompt(frame, Optional.empty()).block()).isTrue();
    assertThat(postman.prompt("a word of the user's about id1", Optional.empty()).block())
        .isFalse();
    assertThat(seen).containsExactly("id1");
  }

  @Test
  void low_priority_waits_for_check_messages_and_is_only_counted() {
    Postman postman = postman(MessageMode.PUSH);
    postman.arrived("team", Letters.message("id1", Priority.LOW, "Ana", "whenever"));
    assertThat(channel).isEmpty();
    assertThat(postman.prompt("hi", Optional.empty()).context().orElseThrow())
        .contains("1 message waits")
        .doesNotContain("whenever");
    assertThat(seen).isEmpty();
    assertThat(postman.take()).extracting(Letter::id).containsExactly("id1");
    assertThat(postman.take()).isEmpty();
  }

  @Test
  void in_mode_inbox_only_a_notice_is_pushed() {
    Postman postman = postman(MessageMode.INBOX);
    postman.arrived("team", Letters.message("id1", Priority.NEXT, "Ana", "hello"));
    assertThat(channel)
        .singleElement()
        .asString()
        .contains("check_messages")
        .doesNotContain("hello");
    assertThat(postman.prompt(channel.getFirst(), Optional.empty()).context().orElseThrow())
        .doesNotContain("hello");
    assertThat(seen).isEmpty();
  }

  @Test
  void in_mode_off_nothing_is_pushed_or_told() {
    Postman postman = postman(MessageMode.OFF);
    postman.arrived("team", Letters.message("id1", Priority.NOW, "Ana", "hello"));
    assertThat(channel).isEmpty();
    assertThat(postman.prompt("hi", Optional.empty()).context()).isEmpty();
    assertThat(postman.take()).hasSize(1);
  }

  @Test
  void what_the_transcript_holds_was_shown_in_the_middle_of_a_turn(@TempDir Path folder)
      throws Exception {
    Path transcript =
        Files.writeString(folder.resolve("t.jsonl"), "{\"x\":\"... id=\\\"id1\\\" ...\"}\n");
    Postman postman = postman(MessageMode.PUSH);
    postman.arrived("team", Letters.message("id1", Priority.NOW, "Ana", "hello"));
    postman.arrived("team", Letters.message("id2", Priority.NOW, "Ana", "again"));
    postman.confirm(Optional.of(transcript));
    assertThat(seen).containsExactly("id1");
    assertThat(postman.waiting()).isEqualTo(1);
  }

  @Test
  void a_pushed_message_that_the_transcript_has_only_in_its_queue_is_still_to_be_shown(
      @TempDir Path folder) throws Exception {
    String frame =
        MessageFrame.forInbox(
            Letter.arrived("team", Letters.message("id1", Priority.NEXT, "Ana", "hello")));
    Path transcript =
        Files.writeString(
            folder.resolve("t.jsonl"),
            "{\"type\":\"queue-operation\",\"operation\":\"enqueue\",\"content\":\"id1\"}\n");
    Postman postman = postman(MessageMode.PUSH);
    postman.arrived("team", Letters.message("id1", Priority.NEXT, "Ana", "hello"));
    postman.confirm(Optional.of(transcript));
    assertThat(seen).isEmpty();
    Postman.WithPrompt along = postman.prompt(frame, Optional.of(transcript));
    assertThat(along.block()).isFalse();
    assertThat(seen).containsExactly("id1");
  }

  @Test
  void through_any_history_nothing_is_shown_twice_and_nothing_is_lost() {
    RandomGenerator random = Seeds.random();
    for (int round = 0; round < 300; round++) {
      Postman postman = postman(MessageMode.PUSH);
      channel.clear();
      seen.clear();
      Map<String, Integer> shows = new HashMap<>();
      Set<String> sent = new HashSet<>();
      for (int step = 0; step < 40; step++) {
        now = now.plus(Duration.ofSeconds(random.nextInt(90)));
        switch (random.nextInt(5)) {
          case 0, 1 -> {
            String id = "id" + round + "x" + step + "x";
            sent.add(id);
            postman.arrived(
                "team",
                Letters.message(id, Priority.values()[random.nextInt(3)], "Ana", "text " + step));
          }
          case 2 ->
              count(
                  shows, sent, postman.prompt("a question", Optional.empty()).context().orElse(""));
          case 3 -> postman.take().forEach(letter -> shows.merge(letter.id(), 1, Integer::sum));
          default -> postman.remind();
        }
      }
      while (postman.waiting() > 0) {
        now = now.plusSeconds(100);
        postman.take().forEach(letter -> shows.merge(letter.id(), 1, Integer::sum));
      }
      assertThat(shows.keySet()).isEqualTo(sent);
      assertThat(shows.values()).allMatch(times -> times == 1);
      assertThat(seen).containsExactlyInAnyOrderElementsOf(sent);
    }
  }

  private static void count(Map<String, Integer> shows, Set<String> sent, String context) {
    sent.stream().filter(context::contains).forEach(id -> shows.merge(id, 1, Integer::sum));
  }
}
