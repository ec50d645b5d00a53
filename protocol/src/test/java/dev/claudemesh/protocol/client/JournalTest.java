package dev.claudemesh.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Seeds;
import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class JournalTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void in_a_folder_that_is_not_there_yet() {
    file = folder.resolve("mesh").resolve("journal");
  }

  private static ObjectNode entry(int n, String text) {
    return Wire.mapper().createObjectNode().put("n", n).put("text", text);
  }

  private List<Integer> read() {
    List<Integer> numbers = new ArrayList<>();
    Journal.open(file, line -> numbers.add(line.get("n").intValue())).close();
    return numbers;
  }

  private void write(int... numbers) {
    try (Journal journal = Journal.open(file, line -> {})) {
      for (int n : numbers) {
        journal.append(entry(n, "line " + n + " with ä, \n and \""));
      }
    }
  }

  @Test
  void what_was_appended_is_read_again_in_order() {
    write(1, 2, 3);
    write(4);
    assertThat(read()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void what_many_threads_append_and_sync_while_the_file_is_rewritten_is_all_there() {
    List<Integer> before = IntStream.range(0, 10).boxed().toList();
    write(before.stream().mapToInt(n -> n).toArray());
    try (Journal journal = Journal.open(file, line -> {})) {
      List<Thread> writers =
          IntStream.range(1, 9)
              .mapToObj(writer ->
                  Thread.ofVirtual()
                      .start(() -> {
                        for (int i = 0; i < 50; i++) {
                          journal.append(entry(1_000 * writer + i, "x"));
                          journal.sync();
                        }
                      }))
              .toList();
      journal.rewrite(List.of(entry(0, "rewritten")));
      for (Thread writer : writers) {
        writer.join();
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    List<Integer> kept = read();
    assertThat(kept).doesNotHaveDuplicates().contains(0);
    for (int writer = 1; writer < 9; writer++) {
      int from = 1_000 * writer;
      List<Integer> own = kept.stream().filter(n -> n >= from && n < from + 1_000).toList();
      // what came before the rewrite was replaced by it; of the rest none is missing
      assertThat(own)
          .isEqualTo(IntStream.range(from + 50 - own.size(), from + 50).boxed().toList());
    }
  }

  @Test
  void a_tail_that_was_torn_at_any_byte_loses_only_the_last_entry_and_what_follows_is_whole()
      throws IOException {
    write(1, 2);
    long kept = Files.size(file);
    write(3);
    byte[] whole = Files.readAllBytes(file);
    for (int length = (int) kept; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(read()).as("cut at byte %d", length).containsExactly(1, 2);
      write(4);
      assertThat(read()).as("appended after a cut at byte %d", length).containsExactly(1, 2, 4);
    }
  }

  @Test
  void a_tail_of_garbage_or_of_zeroes_is_left_out() throws IOException {
    RandomGenerator random = Seeds.random();
    for (int round = 0; round < 50; round++) {
      Files.deleteIfExists(file);
      write(1, 2);
      byte[] whole = Files.readAllBytes(file);
      byte[] tail = new byte[random.nextInt(1, 200)];
      if (round % 2 == 0) {
        random.nextBytes(tail);
      }
      byte[] damaged = Arrays.copyOf(whole, whole.length + tail.length);
      System.arraycopy(tail, 0, damaged, whole.length, tail.length);
      Files.write(file, damaged);
      assertThat(read()).containsExactly(1, 2);
      write(3);
      assertThat(read()).startsWith(1, 2).contains(3);
    }
  }

  @Test
  void a_line_whose_checksum_is_wrong_is_left_out_and_told() throws IOException {
    write(1, 2, 3);
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.set(1, lines.get(1).replace("\"n\":2", "\"n\":7"));
    Files.write(file, lines);
    List<Integer> numbers = new ArrayList<>();
    try (Journal journal = Journal.open(file, line -> numbers.add(line.get("n").intValue()))) {
      assertThat(journal.damaged()).isTrue();
    }
    assertThat(numbers).containsExactly(1, 3);
  }

  @Test
  void rewriting_replaces_everything_and_a_half_written_successor_is_forgotten()
      throws IOException {
    write(1, 2, 3);
    Files.writeString(folder.resolve("mesh").resolve("journal.new"), "half of a");
    try (Journal journal = Journal.open(file, line -> {})) {
      journal.rewrite(List.of(entry(9, "nine")));
      journal.append(entry(10, "ten"));
    }
    assertThat(read()).containsExactly(9, 10);
    assertThat(folder.resolve("mesh").resolve("journal.new")).doesNotExist();
  }

  @Test
  void only_one_may_have_it_open() {
    try (Journal journal = Journal.open(file, line -> {})) {
      assertThatThrownBy(() -> Journal.open(file, line -> {}))
          .isInstanceOfSatisfying(
              Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.BUSY));
      journal.append(entry(1, "still works"));
    }
    assertThat(read()).containsExactly(1);
  }

  @Test
  void only_its_owner_may_read_it() throws IOException {
    write(1);
    try (Journal journal = Journal.open(file, line -> {})) {
      journal.rewrite(List.of(entry(1, "one")));
    }
    for (String name : List.of("journal", "journal.lock")) {
      Path each = folder.resolve("mesh").resolve(name);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
          .as(name)
          .isEqualTo("rw-------");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("mesh"))))
        .isEqualTo("rwx------");
  }

  @Test
  void a_file_others_could_read_is_closed_to_them() throws IOException {
    write(1);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(read()).containsExactly(1);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void an_interrupted_writer_does_not_close_the_file_for_the_others() {
    try (Journal journal = Journal.open(file, line -> {})) {
      Thread.currentThread().interrupt();
      journal.append(entry(1, "interrupted"));
      assertThat(Thread.interrupted()).isTrue();
      journal.append(entry(2, "not interrupted"));
    }
    assertThat(read()).containsExactly(1, 2);
  }

  @Test
  void a_folder_that_cannot_be_written_is_a_problem_that_names_the_file() throws IOException {
    Files.writeString(folder.resolve("mesh"), "a file where the folder should be");
    assertThatThrownBy(() -> Journal.open(file, line -> {}))
        .isInstanceOf(Problem.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void a_long_journal_is_read_whole() {
    try (Journal journal = Journal.open(file, line -> {})) {
      journal.rewrite(IntStream.range(0, 5_000).mapToObj(n -> entry(n, "x".repeat(100))).toList());
    }
    assertThat(read()).hasSize(5_000).endsWith(4_999);
  }
}
