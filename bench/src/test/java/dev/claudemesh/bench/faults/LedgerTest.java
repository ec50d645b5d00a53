package dev.claudemesh.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.messaging.Priority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  private static final List<Entry> ONE_OF_EACH =
      List.of(
          new Entry.Start(1, 4711),
          new Entry.Sent(2, 1, "@red/deep", Priority.NOW, 300),
          new Entry.Kept(3, 1),
          new Entry.Acked(4, 1, "m-1", 3),
          new Entry.Refused(5, 2, "limit"),
          new Entry.Dropped(6, "client-id", "internal"),
          new Entry.Shown(7, "bob-1", 9, "m-2", "*", Priority.LOW, true),
          new Entry.Shown(8, "bob-1", 10, "m-3", "*", Priority.NEXT, false),
          new Entry.Marked(9, "m-2"),
          new Entry.Ended(10, "timestamp_skew"),
          new Entry.Note(11, "connected again"));

  @TempDir private Path folder;

  @Test
  void every_entry_is_read_as_it_was_written() {
    Path file = folder.resolve("ledger");
    try (Ledger ledger = Ledger.open(file)) {
      ONE_OF_EACH.forEach(ledger::write);
    }
    assertThat(Ledger.read(file)).isEqualTo(ONE_OF_EACH);
  }

  @Test
  void a_line_that_a_kill_tore_counts_as_not_written_and_harms_no_other() throws IOException {
    Path file = folder.resolve("ledger");
    for (Entry torn : ONE_OF_EACH) {
      for (int length = 1; length < torn.line().length(); length++) {
        Files.deleteIfExists(file);
        Files.writeString(file, new Entry.Kept(1, 1).line() + "\n");
        Files.writeString(file, torn.line().substring(0, length), StandardOpenOption.APPEND);
        try (Ledger ledger = Ledger.open(file)) {
          ledger.write(new Entry.Start(2, 1));
        }
        assertThat(Ledger.read(file))
            .as(torn.line().substring(0, length))
            .containsExactly(new Entry.Kept(1, 1), new Entry.Start(2, 1));
      }
    }
  }

  @Test
  void there_is_nothing_in_a_ledger_that_nobody_made() {
    assertThat(Ledger.read(folder.resolve("none"))).isEmpty();
  }

  @Test
  void a_text_tells_who_sent_it_and_whether_it_is_whole() {
    Parcel parcel = new Parcel("ana-1", 42, 500);
    assertThat(Parcel.claimedBy(parcel.text())).contains(parcel);
    assertThat(Parcel.claimedBy(parcel.text()).orElseThrow().text()).isEqualTo(parcel.text());
    assertThat(Parcel.claimedBy("hello")).isEmpty();
    assertThat(new Parcel("ana-1", 43, 500).text().lines().skip(1).toList())
        .isNotEqualTo(parcel.text().lines().skip(1).toList());
  }
}
