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
import org.junit.jupiter.api.Test;

class RateLimitsTest {
  private final TestClock clock = new TestClock();
  private final RateLimits limits = limits(new Rates(60, 3, 60, 2, 60, 2, 30, 30, 5));

  private RateLimits limits(Rates rates) {
    return new RateLimits(LimitsConfig.DEFAULTS.withRates(rates), clock);
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
