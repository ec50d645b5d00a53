package dev.claudemesh.broker.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void a_bucket_gives_its_burst_and_then_its_rate() {
    TokenBucket bucket = new TokenBucket(60, 3, START);
    assertThat(bucket.take(START) && bucket.take(START) && bucket.take(START)).isTrue();
    assertThat(bucket.take(START)).isFalse();
    assertThat(bucket.wait(START)).isEqualTo(Duration.ofSeconds(1));
    assertThat(bucket.take(START.plusMillis(999))).isFalse();
    assertThat(bucket.take(START.plusMillis(1_000))).isTrue();
    assertThat(bucket.take(START.plusMillis(1_000))).isFalse();
  }

  @Test
  void a_long_rest_saves_up_no_more_than_the_burst() {
    TokenBucket bucket = new TokenBucket(60, 2, START);
    Instant later = START.plus(Duration.ofDays(1));
    assertThat(bucket.take(later) && bucket.take(later)).isTrue();
    assertThat(bucket.take(later)).isFalse();
  }

  @Test
  void a_clock_set_back_refills_nothing_and_locks_nobody_out() {
    TokenBucket bucket = new TokenBucket(60, 1, START);
    assertThat(bucket.take(START)).isTrue();
    Instant back = START.minus(Duration.ofDays(1));
    assertThat(bucket.take(back)).isFalse();
    assertThat(bucket.take(back.plusSeconds(1))).isTrue();
  }
}
