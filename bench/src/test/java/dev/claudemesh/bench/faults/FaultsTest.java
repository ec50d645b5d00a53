package dev.claudemesh.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.bench.faults.Schedule.Pace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A short run with every kind of fault, on real processes, on a database of the broker or a server
/// apart as the seed draws. Its seed is a new one each time and is told; `-Dseed=N` replays it.
/// Long runs: `bench/bench faults`.
class FaultsTest {
  private static final Duration LENGTH = Duration.ofSeconds(75);

  @Test
  @Timeout(value = 6, unit = TimeUnit.MINUTES)
  void nothing_is_lost_or_shown_twice_or_out_of_order_whatever_fails() throws Exception {
    long seed = seed();
    Path folder = folder(seed);
    FaultRun.Options options =
        new FaultRun.Options(
            seed, folder, LENGTH, Pace.HASTY, 3, 300, Optional.empty(), Optional.of(true));
    Report report = new FaultRun(options, System.out::println).run();
    report.table().forEach(System.out::println);

    assertThat(report.clean())
        .as(() -> "seed " + seed + ", kept in " + folder + "\n" + findings(folder))
        .isTrue();
    assertThat(report.acked()).as("acknowledged, or the run proves nothing").isGreaterThan(100);
    // which of them fit into the time depends on how fast the machine recovers
    assertThat(report.kills()).as("processes killed").isPositive();
    assertThat(report.faults()).as("kinds of faults").hasSizeGreaterThan(9);
    FaultsCommand.remove(folder);
  }

  private static long seed() {
    String asked = System.getProperty("seed", "");
    return asked.matches("\\d+")
        ? Long.parseLong(asked)
        : ThreadLocalRandom.current().nextInt(1_000_000);
  }

  /// Under target, where it is found again after a failure.
  private static Path folder(long seed) throws IOException {
    Path target = Path.of(System.getProperty("claudemesh.root", "..")).resolve("bench/target");
    Path folder = target.resolve("faults-" + seed).toAbsolutePath().normalize();
    if (Files.exists(folder)) {
      FaultsCommand.remove(folder);
    }
    return Files.createDirectories(folder);
  }

  private static String findings(Path folder) {
    try {
      return Files.readString(History.file(folder));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
