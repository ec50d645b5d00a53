package dev.claudemesh.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Seeds;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import dev.claudemesh.protocol.messaging.Priority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalBoxesTest {
  private static final long SMALL = 20_000;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name_the_file() {
    file = folder.resolve("box");
  }

  private static Push push(String id) {
    return ClientFixture.push(
        id,
        "a".repeat(64),
        new Boxed("bm9uY2U=", "Y2lwaGVydGV4dA=="),
        Optional.of(Encryption.BOX),
        Optional.empty());
  }

  private static Outbox.Entry entry(String id) {
    Send send =
        new Send(
            "*",
            Priority.LOW,
            "bm9uY2U=",
            "Y2lwaGVydGV4dA==",
            Optional.of(id),
            Optional.of(id),
            Optional.empty(),
            Optional.of(Encryption.GROUP),
            Optional.of(3),
            Optional.empty(),
            Optional.of(0),
            Optional.of(true));
    return new Outbox.Entry(id, "a".repeat(64), send);
  }

  private static List<String> ids(Inbox inbox) {
    return inbox.unshown().stream().map(Push::messageId).toList();
  }

  private static List<String> ids(Outbox outbox) {
    return outbox.pending().stream().map(Outbox.Entry::clientMessageId).toList();
  }

  @Test
  void an_inbox_remembers_across_restarts_what_came_and_what_was_shown() {
    try (Inbox inbox = JournalInbox.open(file)) {
      assertThat(inbox.store(push("m1"))).isTrue();
      assertThat(inbox.store(push("m2"))).isTrue();
      assertThat(inbox.store(push("m1"))).isFalse();
      inbox.shown(List.of("m1", "never heard of"));
    }
    try (Inbox inbox = JournalInbox.open(file)) {
      assertThat(inbox.unshown()).containsExactly(push("m2"));
      assertThat(inbox.knows("m1")).isTrue();
      assertThat(inbox.knows("never heard of")).isFalse();
      assertThat(inbox.store(push("m1"))).isFalse();
    }
  }

  @Test
  void an_outbox_keeps_exactly_what_was_not_acknowledged() {
    try (Outbox outbox = JournalOutbox.open(file)) {
      outbox.put(entry("one"));
      outbox.put(entry("two"));
      outbox.put(entry("three"));
      outbox.remove("two");
      outbox.remove("never heard of");
      outbox.put(new Outbox.Entry("one", "b".repeat(64), entry("one").frame()));
    }
    try (Outbox outbox = JournalOutbox.open(file)) {
      assertThat(ids(outbox)).containsExactly("one", "three");
      assertThat(outbox.pending().getFirst().sender()).isEqualTo("b".repeat(64));
      assertThat(outbox.pending().getLast()).isEqualTo(entry("three"));
    }
  }

  @Test
  void a_crash_at_any_byte_of_the_last_write_leaves_everything_that_was_promised()
      throws IOException {
    try (Inbox inbox = JournalInbox.open(file)) {
      inbox.store(push("m1"));
      inbox.store(push("m2"));
    }
    long promised = Files.size(file);
    try (Inbox inbox = JournalInbox.open(file)) {
      inbox.shown(List.of("m1"));
    }
    byte[] whole = Files.readAllBytes(file);
    for (int length = (int) promised; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      try (Inbox inbox = JournalInbox.open(file)) {
        assertThat(ids(inbox)).as("cut at %d", length).containsExactly("m1", "m2");
        inbox.store(push("m3"));
      }
      try (Inbox inbox = JournalInbox.open(file)) {
        assertThat(ids(inbox)).as("after a cut at %d", length).containsExactly("m1", "m2", "m3");
      }
    }
  }

  @Test
  void the_file_does_not_grow_with_what_is_done() throws IOException {
    try (Outbox outbox = JournalOutbox.open(file, SMALL)) {
      for (int i = 0; i < 300; i++) {
        outbox.put(entry("m" + i));
        outbox.remove("m" + i);
      }
      outbox.put(entry("last"));
    }
    assertThat(Files.size(file)).isLessThan(2 * SMALL);
    try (Outbox outbox = JournalOutbox.open(file, SMALL)) {
      assertThat(ids(outbox)).containsExactly("last");
    }
  }

  @Test
  void an_inbox_behaves_as_one_in_memory_whatever_is_done_and_however_often_it_is_opened() {
    RandomGenerator random = Seeds.random();
    MemoryInbox model = new MemoryInbox();
    Set<String> all = new HashSet<>();
    for (int round = 0; round < 20; round++) {
      try (Inbox inbox = JournalInbox.open(file, SMALL)) {
        for (int step = 0; step < 20; step++) {
          String id = "m" + random.nextInt(200);
          all.add(id);
          if (random.nextInt(3) > 0) {
            assertThat(inbox.store(push(id))).isEqualTo(model.store(push(id)));
          } else {
            List<String> some = new ArrayList<>(List.of(id, "m" + random.nextInt(200)));
            inbox.shown(some);
            model.shown(some);
          }
        }
      }
      try (Inbox inbox = JournalInbox.open(file, SMALL)) {
        assertThat(ids(inbox)).isEqualTo(ids(model));
        all.forEach(id -> assertThat(inbox.knows(id)).as(id).isEqualTo(model.knows(id)));
      }
    }
  }

  @Test
  void a_full_outbox_refuses_and_a_replacement_needs_no_room() {
    MemoryOutbox outbox = new MemoryOutbox();
    for (int i = 0; i < Outbox.LIMIT; i++) {
      outbox.put(entry("m" + i));
    }
    outbox.put(entry("m5"));
    assertThatThrownBy(() -> outbox.put(entry("one more")))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.LIMIT));
  }

  @Test
  void an_inbox_forgets_the_oldest_id_and_refuses_more_than_it_may_hold() {
    InboxContents contents = new InboxContents();
    for (int i = 0; i <= Inbox.REMEMBERED; i++) {
      contents.add(push("m" + i));
      contents.shown("m" + i);
    }
    assertThat(contents.knows("m0")).isFalse();
    assertThat(contents.knows("m1")).isTrue();
    for (int i = 0; i < Inbox.UNSHOWN_LIMIT; i++) {
      contents.add(push("n" + i));
    }
    assertThatThrownBy(contents::checkRoom)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.LIMIT));
  }

  @Test
  void a_box_that_another_process_has_open_says_so() {
    try (Inbox inbox = JournalInbox.open(file)) {
      assertThatThrownBy(() -> JournalInbox.open(file))
          .hasMessageContaining("Another claudemesh process");
      assertThat(inbox.durable()).isTrue();
    }
  }
}
