package dev.claudemesh.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FalseClockTest {
  @TempDir private Path folder;

  @Test
  void a_clock_is_right_until_somebody_puts_it() {
    assertThat(new FalseClock(folder.resolve("clock")).instant())
        .isCloseTo(Instant.now(), within(5, ChronoUnit.SECONDS));
  }

  @Test
  void a_clock_can_be_put_ahead_and_back() {
    Path file = folder.resolve("clock");
    FalseClock.put(file, Duration.ofMinutes(10));
    assertThat(new FalseClock(file).instant())
        .isCloseTo(Instant.now().plusSeconds(600), within(5, ChronoUnit.SECONDS));
    FalseClock.put(file, Duration.ofSeconds(-20));
    assertThat(new FalseClock(file).instant())
        .isCloseTo(Instant.now().minusSeconds(20), within(5, ChronoUnit.SECONDS));
  }
}
