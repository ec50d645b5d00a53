package dev.claudemesh.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.TestClock;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.LimitsConfig.Rates;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RateLimitsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final TestClock clock = new TestClock();
  private final RateLimits limits = limits(new Rates(60, 3, 60, 2, 60, 2, 30, 30, 5));

  private RateLimits limits(Rates rates) {
    return new RateLimits(LimitsConfig.DEFAULTS.withRates(rates), clock);
  }

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

  @Test
  void one_member_who_sends_too_fast_does_not_hold_another_up() {
    limits.send("ada");
    limits.send("ada");
    limits.send("ada");
    assertThatThrownBy(() -> limits.send("ada"))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.RATE_LIMITED);
              assertThat(problem.details().orElseThrow().path("retryAfterMs").asLong())
                  .isBetween(1L, 1_000L);
            });
    limits.send("bob");
    clock.advance(Duration.ofSeconds(2));
    limits.send("ada");
  }

  @Test
  void a_rate_of_zero_is_no_limit() {
    RateLimits unlimited = limits(new Rates(0, 1, 0, 1, 0, 1, 0, 30, 5));
    for (int i = 0; i < 1_000; i++) {
      unlimited.send("ada");
      unlimited.frame("c1");
      unlimited.failed(InetAddress.getLoopbackAddress());
      unlimited.mayTry(InetAddress.getLoopbackAddress());
    }
  }

  @Test
  void an_address_that_failed_too_often_may_not_try_until_later() {
    InetAddress address = InetAddress.getLoopbackAddress();
    limits.mayTry(address);
    limits.failed(address);
    limits.failed(address);
    assertThatThrownBy(() -> limits.mayTry(address))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("try again in");
    clock.advance(Duration.ofSeconds(2));
    limits.mayTry(address);
  }
}
