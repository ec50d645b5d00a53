package dev.claudemesh.broker.tasks;

import dev.claudemesh.broker.tasks.Task.Somebody;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.tasks.TaskStatus;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What becomes of a task, and who may make it so. Pure. A rule that returns the task as it was has
/// nothing to change: the same was asked before.
final class TaskRules {
  private TaskRules() {}

  /// Who acts on a task.
  ///
  /// @param address the session they act in
  /// @param admin the owner or an admin of the mesh
  record Actor(Somebody member, String address, boolean admin) {}

  /// Anybody may claim what is open, also what is meant for somebody else: who is away must not
  /// hold it up. Sessions of one member are rivals as any others.
  ///
  /// @throws Problem `task_not_claimable`
  static Task claim(Task task, Actor actor) {
    if (task.status() == TaskStatus.OPEN) {
      return task.claimed(actor.member(), actor.address());
    }
    boolean mine =
        task.status() == TaskStatus.CLAIMED
            && task.claimerAddress().equals(Optional.of(actor.address()));
    if (mine) {
      return task;
    }
    throw new Problem(
        ProblemCode.TASK_NOT_CLAIMABLE,
        switch (task.status()) {
          case OPEN, CLAIMED -> "This task was claimed by " + name(task.claimer());
          case DONE -> "This task is done already";
          case CANCELLED -> "This task was cancelled";
        });
  }

  /// What is open may be completed by anybody; what is claimed, by those it concerns.
  ///
  /// @throws Problem `task_finished`, or `forbidden`
  static Task complete(Task task, Actor actor, Optional<String> result, Instant now) {
    boolean again =
        task.status() == TaskStatus.DONE
            && task.finisher().equals(Optional.of(actor.member().memberId()))
            && (result.isEmpty() || result.equals(task.result()));
    if (again) {
      return task;
    }
    requireUnfinished(task);
    if (task.status() == TaskStatus.CLAIMED) {
      requireConcerned(task, actor);
    }
    return task.finished(TaskStatus.DONE, result, actor.member(), now);
  }

  /// Gives a claimed task back, or opens a finished one again.
  ///
  /// @throws Problem `forbidden`
  static Task release(Task task, Actor actor) {
    if (task.status() == TaskStatus.OPEN) {
      return task;
    }
    requireConcerned(task, actor);
    return task.opened();
  }

  /// @throws Problem `task_finished` if it is done, `forbidden` for all but its creator and admins
  static Task cancel(Task task, Actor actor, Instant now) {
    if (task.status() == TaskStatus.CANCELLED) {
      return task;
    }
    requireUnfinished(task);
    if (!actor.admin() && !task.creator().memberId().equals(actor.member().memberId())) {
      throw new Problem(
          ProblemCode.FORBIDDEN,
          "Only " + task.creator().name() + ", who put this task up, or an admin may cancel it");
    }
    return task.finished(TaskStatus.CANCELLED, Optional.empty(), actor.member(), now);
  }

  /// Members who are told of a change: those a task concerns, before or after it.
  static Set<String> concerned(Task before, Task after) {
    Set<String> members = new LinkedHashSet<>();
    members.add(after.creator().memberId());
    Stream.of(after.assigned(), before.claimer(), after.claimer())
        .flatMap(Optional::stream)
        .map(Somebody::memberId)
        .forEach(members::add);
    return members;
  }

  /// @throws Problem `invalid_request` if nothing is left of it
  static String title(String written) {
    String title = written.strip();
    if (title.isEmpty()) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST, "create_task: \"title\" must say what is to be done");
    }
    return title;
  }

  static List<String> tags(List<String> written) {
    return written.stream().map(String::strip).filter(tag -> !tag.isEmpty()).distinct().toList();
  }

  private static void requireUnfinished(Task task) {
    if (task.finished()) {
      throw new Problem(
          ProblemCode.TASK_FINISHED,
          "This task is "
              + (task.status() == TaskStatus.DONE ? "done" : "cancelled")
              + " already; release it to put it back on the board");
    }
  }

  private static void requireConcerned(Task task, Actor actor) {
    String me = actor.member().memberId();
    boolean concerned =
        concerned(task, task).contains(me) || task.finisher().equals(Optional.of(me));
    if (!actor.admin() && !concerned) {
      throw new Problem(
          ProblemCode.FORBIDDEN,
          "Only who claimed this task ("
              + name(task.claimer())
              + "), put it up or is to do it, or an admin may change it");
    }
  }

  private static String name(Optional<Somebody> member) {
    return member.map(Somebody::name).orElse("nobody");
  }
}
