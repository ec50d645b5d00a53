package dev.claudemesh.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.bench.faults.Schedule.Pace;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Duration LENGTH = Duration.ofMinutes(2);

  @Test
  void a_seed_draws_the_same_faults_each_time_and_another_seed_draws_others() {
    Schedule once = Schedule.draw(7, LENGTH, Pace.USUAL, 3);
    assertThat(Schedule.draw(7, LENGTH, Pace.USUAL, 3)).isEqualTo(once);
    assertThat(Schedule.draw(8, LENGTH, Pace.USUAL, 3)).isNotEqualTo(once);
  }

  @Test
  void every_kind_of_fault_comes() {
    Schedule schedule = Schedule.draw(7, Duration.ofSeconds(1), Pace.HASTY, 3);
    Set<Object> drawn =
        schedule.all().map(planned -> planned.fault().getClass()).collect(Collectors.toSet());
    assertThat(drawn).containsAll(Arrays.asList(Fault.class.getPermittedSubclasses()));
  }

  @Test
  void seeds_that_follow_each_other_draw_both_databases_and_both_kinds_of_sessions() {
    List<Schedule> drawn =
        LongStream.range(1, 20)
            .mapToObj(seed -> Schedule.draw(seed, LENGTH, Pace.HASTY, 3))
            .toList();
    assertThat(drawn).extracting(Schedule::external).contains(true, false);
    assertThat(drawn).extracting(Schedule::fixed).contains(true, false);
  }

  @Test
  void clocks_stay_within_what_a_hello_may_be_off_or_go_far_beyond() {
    Schedule schedule = Schedule.draw(7, Duration.ofHours(1), Pace.USUAL, 3);
    Set<Boolean> tolerable =
        schedule
            .all()
            .filter(planned -> planned.fault() instanceof Fault.BrokerClock)
            .map(planned -> ((Fault.BrokerClock) planned.fault()).off().abs().toSeconds() < 55)
            .collect(Collectors.toSet());
    assertThat(tolerable).containsExactlyInAnyOrder(true, false);
  }
}
