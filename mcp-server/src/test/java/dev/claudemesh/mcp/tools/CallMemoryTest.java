package dev.claudemesh.mcp.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallMemoryTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  @TempDir private Path folder;

  @Test
  void a_call_is_noted_once_however_many_come_between_and_whoever_remembers() throws IOException {
    Path file = folder.resolve("new").resolve("calls");
    CallMemory memory = new CallMemory(Optional.of(file));
    for (int i = 0; i < 20_000; i++) {
      memory.note("bob", "call " + i, NOW, NOW);
    }
    assertThatThrownBy(() -> memory.note("bob", "call 0", NOW, NOW)).hasMessageContaining("twice");
    memory.note("eve", "call 0", NOW, NOW);
    Files.writeString(file, "179525880", StandardOpenOption.APPEND); // cut off
    CallMemory later = new CallMemory(Optional.of(file));
    assertThatThrownBy(() -> later.note("bob", "call 7", NOW, NOW)).hasMessageContaining("twice");
    later.note("bob", "another", NOW, NOW);
    CallMemory last = new CallMemory(Optional.of(file));
    assertThatThrownBy(() -> last.note("bob", "another", NOW, NOW)).hasMessageContaining("twice");
    assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
  }

  @Test
  void a_call_is_refused_as_old_before_it_is_forgotten() {
    CallMemory memory = new CallMemory(Optional.empty());
    Duration window = CallMemory.WINDOW;
    Instant ahead = NOW.plus(window);
    memory.note("bob", "ahead", ahead, NOW);
    memory.note("bob", "behind", NOW.minus(window), NOW);
    assertThatThrownBy(() -> memory.note("bob", "x", ahead.plusMillis(1), NOW))
        .hasMessageContaining("ahead of the clock");
    assertThatThrownBy(() -> memory.note("bob", "x", NOW.minus(window).minusMillis(1), NOW))
        .hasMessageContaining("behind the clock");
    for (int seconds = 0; seconds <= 1_000; seconds++) {
      Instant now = NOW.plusSeconds(seconds);
      assertThatThrownBy(() -> memory.note("bob", "ahead", ahead, now)).isInstanceOf(Problem.class);
    }
  }

  @Test
  void a_flood_of_calls_is_refused_and_does_not_push_out_what_is_known() throws IOException {
    Path file = folder.resolve("calls");
    CallMemory memory = new CallMemory(Optional.of(file));
    for (int i = 0; i < CallMemory.MOST; i++) {
      memory.note("bob", "call " + i, NOW, NOW);
    }
    assertThatThrownBy(() -> memory.note("bob", "more", NOW, NOW)).hasMessageContaining("later");
    Instant later = NOW.plus(CallMemory.WINDOW).plusSeconds(1);
    memory.note("bob", "more", later, later);
    assertThat(Files.readAllLines(file)).as("what is old is not kept").hasSize(1);
  }
}
