package dev.claudemesh.broker.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.tasks.Task.Somebody;
import dev.claudemesh.broker.tasks.TaskRules.Actor;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Seeds;
import dev.claudemesh.protocol.tasks.TaskPriority;
import dev.claudemesh.protocol.tasks.TaskStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TaskRulesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Actor ADA = actor("ada", "ada-1", false);
  private static final Actor ADA_ELSEWHERE = actor("ada", "ada-2", false);
  private static final Actor BOB = actor("bob", "bob-1", false);
  private static final Actor CAS = actor("cas", "cas-1", false);
  private static final Actor EVE = actor("eve", "eve-1", false);
  private static final Actor ADMIN = actor("adm", "adm-1", true);

  /// Put up by Ada, meant for Cas.
  private static final Task OPEN =
      new Task(
          "t",
          "Repair the engine",
          Optional.of("cas"),
          Optional.of(CAS.member()),
          TaskStatus.OPEN,
          TaskPriority.NORMAL,
          List.of(),
          ADA.member(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          NOW,
          Optional.empty(),
          0);

  private static final Task CLAIMED = TaskRules.claim(OPEN, BOB);

  @Test
  void anybody_may_claim_what_is_open_also_what_is_meant_for_somebody_else() {
    assertThat(CLAIMED.status()).isEqualTo(TaskStatus.CLAIMED);
    assertThat(CLAIMED.claimer()).contains(BOB.member());
    assertThat(CLAIMED.claimerAddress()).contains("bob-1");
  }

  @Test
  void claiming_again_changes_nothing_for_that_session_and_is_refused_to_all_others() {
    assertThat(TaskRules.claim(CLAIMED, BOB)).isEqualTo(CLAIMED);
    refused(() -> TaskRules.claim(CLAIMED, EVE), ProblemCode.TASK_NOT_CLAIMABLE, "bob");
    Task adas = TaskRules.claim(OPEN, ADA);
    refused(() -> TaskRules.claim(adas, ADA_ELSEWHERE), ProblemCode.TASK_NOT_CLAIMABLE, "ada");
  }

  @Test
  void what_has_ended_is_not_claimable() {
    Task done = TaskRules.complete(CLAIMED, BOB, Optional.empty(), NOW);
    Task cancelled = TaskRules.cancel(OPEN, ADA, NOW);
    refused(() -> TaskRules.claim(done, BOB), ProblemCode.TASK_NOT_CLAIMABLE, "done");
    refused(() -> TaskRules.claim(cancelled, BOB), ProblemCode.TASK_NOT_CLAIMABLE, "cancelled");
  }

  @Test
  void a_claimed_task_is_completed_by_its_claimer_its_creator_its_assignee_or_an_admin_only() {
    for (Actor actor : List.of(BOB, ADA, ADA_ELSEWHERE, CAS, ADMIN)) {
      Task done = TaskRules.complete(CLAIMED, actor, Optional.of("runs"), NOW);
      assertThat(done.status()).isEqualTo(TaskStatus.DONE);
      assertThat(done.result()).contains("runs");
      assertThat(done.finisher()).contains(actor.member().memberId());
      assertThat(done.finishedAt()).contains(NOW);
      assertThat(done.claimer()).contains(BOB.member());
    }
    refused(
        () -> TaskRules.complete(CLAIMED, EVE, Optional.empty(), NOW),
        ProblemCode.FORBIDDEN,
        "bob");
  }

  @Test
  void an_open_task_may_be_completed_by_anybody() {
    assertThat(TaskRules.complete(OPEN, EVE, Optional.empty(), NOW).status())
        .isEqualTo(TaskStatus.DONE);
  }

  @Test
  void completing_again_changes_nothing_for_the_same_member_with_the_same_result() {
    Task done = TaskRules.complete(CLAIMED, BOB, Optional.of("runs"), NOW);
    assertThat(TaskRules.complete(done, BOB, Optional.of("runs"), NOW.plusSeconds(9)))
        .isEqualTo(done);
    assertThat(TaskRules.complete(done, BOB, Optional.empty(), NOW)).isEqualTo(done);
    for (ThrowingCallable other :
        List.<ThrowingCallable>of(
            () -> TaskRules.complete(done, BOB, Optional.of("burns"), NOW),
            () -> TaskRules.complete(done, ADA, Optional.of("runs"), NOW),
            () -> TaskRules.complete(done, ADMIN, Optional.empty(), NOW))) {
      refused(other, ProblemCode.TASK_FINISHED, "release");
    }
  }

  @Test
  void those_it_concerns_put_a_task_back_on_the_board_whatever_became_of_it() {
    Task done = TaskRules.complete(CLAIMED, BOB, Optional.of("runs"), NOW);
    for (Task task : List.of(CLAIMED, done, TaskRules.cancel(CLAIMED, ADA, NOW))) {
      for (Actor actor : List.of(BOB, ADA, CAS, ADMIN)) {
        Task back = TaskRules.release(task, actor);
        assertThat(back.status()).isEqualTo(TaskStatus.OPEN);
        assertThat(back.claimer()).isEmpty();
        assertThat(back.result()).isEmpty();
        assertThat(back.finishedAt()).isEmpty();
      }
      refused(() -> TaskRules.release(task, EVE), ProblemCode.FORBIDDEN, "");
    }
    assertThat(TaskRules.release(OPEN, EVE)).isEqualTo(OPEN);
  }

  @Test
  void only_its_creator_or_an_admin_cancels_a_task_that_is_not_done() {
    assertThat(TaskRules.cancel(CLAIMED, ADA, NOW).status()).isEqualTo(TaskStatus.CANCELLED);
    Task cancelled = TaskRules.cancel(OPEN, ADMIN, NOW);
    assertThat(TaskRules.cancel(cancelled, ADA, NOW)).isEqualTo(cancelled);
    refused(() -> TaskRules.cancel(CLAIMED, BOB, NOW), ProblemCode.FORBIDDEN, "ada");
    Task done = TaskRules.complete(OPEN, ADA, Optional.empty(), NOW);
    refused(() -> TaskRules.cancel(done, ADA, NOW), ProblemCode.TASK_FINISHED, "done");
  }

  @Test
  void whoever_has_it_has_had_or_is_to_have_it_is_told() {
    assertThat(TaskRules.concerned(OPEN, CLAIMED)).containsExactly("ada", "cas", "bob");
    assertThat(TaskRules.concerned(CLAIMED, TaskRules.release(CLAIMED, ADA)))
        .containsExactly("ada", "cas", "bob");
  }

  @Test
  void titles_say_something_and_tags_come_once() {
    assertThat(TaskRules.title(" Repair it\n")).isEqualTo("Repair it");
    refused(() -> TaskRules.title(" \n "), ProblemCode.INVALID_REQUEST, "title");
    assertThat(TaskRules.tags(List.of(" ui", "", "ui", "api "))).containsExactly("ui", "api");
  }

  /// Whatever is tried in whatever order: a task has a claimer exactly while and after it is
  /// claimed, an end exactly when it ended, goes nowhere without its version saying so, and comes
  /// into other hands only over the board.
  @Test
  void in_long_random_histories_a_task_is_always_of_one_piece() {
    RandomGenerator random = Seeds.random();
    List<Actor> actors = List.of(ADA, ADA_ELSEWHERE, BOB, CAS, EVE, ADMIN);
    Task task = OPEN;
    for (int step = 0; step < 20_000; step++) {
      Actor actor = actors.get(random.nextInt(actors.size()));
      Task before = task;
      try {
        task =
            switch (random.nextInt(4)) {
              case 0 -> TaskRules.claim(task, actor);
              case 1 ->
                  TaskRules.complete(
                      task, actor, random.nextBoolean() ? Optional.of("r") : Optional.empty(), NOW);
              case 2 -> TaskRules.release(task, actor);
              default -> TaskRules.cancel(task, actor, NOW);
            };
      } catch (Problem refused) {
        assertThat(task).isEqualTo(before);
      }
      assertThat(task.version()).isEqualTo(before.version() + (task.equals(before) ? 0 : 1));
      boolean ended = task.status() == TaskStatus.DONE || task.status() == TaskStatus.CANCELLED;
      assertThat(task.finished()).isEqualTo(ended);
      assertThat(task.finisher().isPresent()).isEqualTo(ended);
      assertThat(task.claimer().isPresent()).isEqualTo(task.claimerAddress().isPresent());
      if (task.status() == TaskStatus.CLAIMED) {
        assertThat(task.claimer()).isPresent();
      }
      if (before.status() != TaskStatus.OPEN && task.status() != TaskStatus.OPEN) {
        assertThat(task.claimerAddress()).isEqualTo(before.claimerAddress());
      }
    }
  }

  private static Actor actor(String name, String address, boolean admin) {
    return new Actor(new Somebody(name, name + "-key", name), address, admin);
  }

  private static void refused(ThrowingCallable call, ProblemCode code, String saying) {
    assertThatThrownBy(call)
        .hasMessageContaining(saying)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(code));
  }
}
