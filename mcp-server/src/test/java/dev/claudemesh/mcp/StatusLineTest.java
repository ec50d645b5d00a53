package dev.claudemesh.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.mcp.StatusLine.Heads;
import dev.claudemesh.mcp.StatusLine.Mesh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusLineTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Mesh TEAM = new Mesh("team", true, Optional.of(new Heads(3, 5)));

  @TempDir private Path folder;

  @Test
  void it_says_who_is_here_and_what_waits() {
    assertThat(StatusLine.text(List.of(TEAM), 2)).isEqualTo("◇ team · 3/5 online · 2 unread");
    assertThat(StatusLine.text(List.of(TEAM), 0)).isEqualTo("◇ team · 3/5 online");
    assertThat(StatusLine.text(List.of(new Mesh("team", true, Optional.empty())), 0))
        .as("not counted yet")
        .isEqualTo("◇ team");
  }

  @Test
  void a_broker_that_is_away_and_several_meshes_show() {
    Mesh away = new Mesh("ops", false, Optional.empty());
    assertThat(StatusLine.text(List.of(away), 1)).isEqualTo("◇ ops · offline · 1 unread");
    assertThat(StatusLine.text(List.of(TEAM, away), 0)).isEqualTo("◇ 2 meshes · 3/5 online");
    assertThat(StatusLine.text(List.of(), 0)).isEqualTo("◇ no mesh");
  }

  @Test
  void what_was_written_stands_for_two_minutes_and_goes_with_the_process() {
    try (StatusLine line = new StatusLine(folder, "s1")) {
      line.show(List.of(TEAM), 0, NOW);
      assertThat(StatusLine.read(folder, "s1", NOW.plusSeconds(120)))
          .contains("◇ team · 3/5 online");
      assertThat(StatusLine.read(folder, "s1", NOW.plusSeconds(121))).isEmpty();
    }
    assertThat(StatusLine.read(folder, "s1", NOW)).isEmpty();
  }

  @Test
  void it_is_written_when_it_changes_and_once_a_minute_as_a_sign_of_life() throws Exception {
    Path file = folder.resolve("run/s1.status");
    try (StatusLine line = new StatusLine(folder, "s1")) {
      line.show(List.of(TEAM), 0, NOW);
      line.show(List.of(TEAM), 0, NOW.plusSeconds(59));
      assertThat(Files.readString(file)).startsWith(NOW.getEpochSecond() + " ");
      line.show(List.of(TEAM), 0, NOW.plusSeconds(60));
      assertThat(Files.readString(file)).startsWith(NOW.plusSeconds(60).getEpochSecond() + " ");
      line.show(List.of(TEAM), 1, NOW.plusSeconds(61));
      assertThat(Files.readString(file)).endsWith("1 unread\n");
    }
  }

  @Test
  void what_is_no_status_is_none() throws Exception {
    Files.createDirectories(folder.resolve("run"));
    for (String text : List.of("", "soon", "x y", "12")) {
      Files.writeString(folder.resolve("run/s1.status"), text);
      assertThat(StatusLine.read(folder, "s1", Instant.ofEpochSecond(12))).isEmpty();
    }
  }
}
