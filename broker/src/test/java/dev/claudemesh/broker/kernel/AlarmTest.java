package dev.claudemesh.broker.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AlarmTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final TestClock clock = new TestClock();
  private final LinkedBlockingQueue<Instant> rung = new LinkedBlockingQueue<>();
  private volatile Supplier<Optional<Instant>> then = Optional::empty;
  private final Alarm alarm = new Alarm("test", clock, this::work);

  private Optional<Instant> work() {
    rung.add(clock.instant());
    return then.get();
  }

  @AfterEach
  void stop() {
    alarm.stop();
  }

  @Test
  void it_rings_at_its_time_and_never_before() throws InterruptedException {
    Instant due = clock.instant().plusMillis(30);
    alarm.at(due);
    assertThat(ring()).isAfterOrEqualTo(due);
    assertThat(rung.poll(20, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void an_earlier_time_wakes_it_and_a_later_one_does_not_put_it_off() throws InterruptedException {
    Instant soon = clock.instant().plusMillis(50);
    alarm.at(clock.instant().plus(LONG));
    alarm.at(soon);
    alarm.at(clock.instant().plus(LONG));
    assertThat(ring()).isBetween(soon, soon.plusSeconds(4));
  }

  @Test
  void a_time_that_passed_because_the_clock_was_put_forward_is_noticed_by_whoever_asks_next()
      throws InterruptedException {
    alarm.at(clock.instant().plus(LONG));
    clock.advance(LONG.multipliedBy(2));
    alarm.at(clock.instant().plus(LONG));
    ring();
  }

  @Test
  void it_rings_again_when_its_work_says_so() throws InterruptedException {
    AtomicInteger left = new AtomicInteger(2);
    then = () -> left.getAndDecrement() > 0 ? Optional.of(clock.instant()) : Optional.empty();
    alarm.at(clock.instant());
    for (int i = 0; i < 3; i++) {
      ring();
    }
  }

  @Test
  void work_that_fails_is_tried_again() throws InterruptedException {
    then =
        () -> {
          then = Optional::empty;
          throw new IllegalStateException("a failure that the test asked for");
        };
    alarm.at(clock.instant());
    ring();
    clock.advance(LONG);
    alarm.at(clock.instant().plus(LONG));
    ring();
  }

  @Test
  void a_stopped_alarm_never_rings() throws InterruptedException {
    alarm.at(clock.instant().plusMillis(20));
    alarm.stop();
    alarm.stop();
    alarm.at(clock.instant());
    assertThat(rung.poll(50, TimeUnit.MILLISECONDS)).isNull();
  }

  private Instant ring() throws InterruptedException {
    Instant at = rung.poll(10, TimeUnit.SECONDS);
    assertThat(at).isNotNull();
    return at;
  }
}
