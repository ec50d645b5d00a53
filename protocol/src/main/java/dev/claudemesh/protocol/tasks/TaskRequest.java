package dev.claudemesh.protocol.tasks;

import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Called;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Id;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import java.util.List;
import java.util.Optional;

/// The shared board of tasks. A task is named by its id, or by 8 or more characters that only its
/// id begins with.
public sealed interface TaskRequest<R extends Reply> extends Request<R> {

  /// Puts a task on the board. Naming somebody tells them; anybody may claim it all the same.
  @Operation(
      type = "create_task",
      access = Access.WRITE,
      tool = true,
      cli = "task create",
      summary = "Put a task on the mesh's board; whom you name as assignee is told")
  record Create(
      @Doc("What is to be done") @Size(value = 500, min = 1) String title,
      @Doc("Who should do it: a member, a session, a key, me, or any text") @Size(200)
          Optional<String> assignee,
      @Doc("How much it presses; normal if absent") Optional<TaskPriority> priority,
      @Doc("Words to find it by") @Size(value = 20, each = 50) Optional<List<String>> tags)
      implements TaskRequest<TaskReply.Created> {}

  /// Takes an open task. Of all who try, one gets it; the others are told who did.
  @Operation(
      type = "claim_task",
      access = Access.WRITE,
      tool = true,
      cli = "task claim",
      effect = Effect.REPEATABLE,
      summary = "Take an open task; of all who try exactly one gets it")
  record Claim(
      @Doc("Id of the task, or its first 8 or more characters") @Id @Called("id") String taskId)
      implements TaskRequest<TaskReply.Tasks> {}

  /// Finishes a task.
  @Operation(
      type = "complete_task",
      access = Access.WRITE,
      tool = true,
      cli = "task done",
      effect = Effect.REPEATABLE,
      summary = "Mark a task as done, with what came of it")
  record Complete(
      @Doc("Id of the task, or its first 8 or more characters") @Id @Called("id") String taskId,
      @Doc("What came of it") @Size(2000) Optional<String> result)
      implements TaskRequest<TaskReply.Tasks> {}

  /// Puts a task back on the board: given back by who claimed it, or opened again after its end.
  @Operation(
      type = "release_task",
      access = Access.WRITE,
      tool = true,
      cli = "task release",
      effect = Effect.REPEATABLE,
      summary = "Put a task back on the board: give it back, or open a done or cancelled one again")
  record Release(
      @Doc("Id of the task, or its first 8 or more characters") @Id @Called("id") String taskId)
      implements TaskRequest<TaskReply.Tasks> {}

  /// Takes a task off the board.
  @Operation(
      type = "cancel_task",
      access = Access.WRITE,
      tool = true,
      cli = "task cancel",
      effect = Effect.REPEATABLE,
      summary = "Take a task that nobody needs to do any more off the board")
  record Cancel(
      @Doc("Id of the task, or its first 8 or more characters") @Id @Called("id") String taskId)
      implements TaskRequest<TaskReply.Tasks> {}

  /// The board.
  @Operation(
      type = "list_tasks",
      access = Access.MEMBER,
      tool = true,
      cli = "task list",
      effect = Effect.READ,
      summary = "List tasks, the newest first; assignee me lists yours")
  record ListTasks(
      @Doc("Only those that stand so; completed is done") Optional<TaskFilter> status,
      @Doc("Only those of this assignee; me for your own") @Size(200) Optional<String> assignee,
      @Doc("Only older ones than the task of this id, for the next page") @Id
          Optional<String> before)
      implements TaskRequest<TaskReply.Tasks> {}
}
