package dev.claudemesh.broker.presence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class HookRateTest {
  private static final Instant T0 = Instant.parse("2026-11-21T10:00:00Z");

  @Test
  void a_burst_passes_then_one_each_two_seconds() {
    HookRate rate = new HookRate(30, 10);
    for (int i = 0; i < 30; i++) {
      assertThat(rate.take("a", T0)).isTrue();
    }
    assertThat(rate.take("a", T0)).isFalse();
    assertThat(rate.take("b", T0)).isTrue();
    assertThat(rate.take("a", T0.plusMillis(1_900))).isFalse();
    assertThat(rate.take("a", T0.plusMillis(2_000))).isTrue();
    assertThat(rate.take("a", T0.plusMillis(2_000))).isFalse();
  }

  @Test
  void zero_means_no_limit() {
    HookRate rate = new HookRate(0, 10);
    for (int i = 0; i < 1_000; i++) {
      assertThat(rate.take("a", T0)).isTrue();
    }
  }

  @Test
  void above_the_most_keys_the_longest_unused_is_forgotten() {
    HookRate rate = new HookRate(1, 2);
    assertThat(rate.take("a", T0)).isTrue();
    assertThat(rate.take("b", T0)).isTrue();
    assertThat(rate.take("a", T0)).isFalse();
    assertThat(rate.take("c", T0)).isTrue();
    assertThat(rate.take("a", T0)).isFalse();
    assertThat(rate.take("b", T0)).isTrue();
  }

  @Test
  void a_clock_that_is_set_back_refills_nothing() {
    HookRate rate = new HookRate(1, 2);
    assertThat(rate.take("a", T0)).isTrue();
    assertThat(rate.take("a", T0.minusSeconds(3_600))).isFalse();
  }
}
