package dev.claudemesh.protocol.tasks;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.claudemesh.protocol.Aside;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the broker answers about tasks.
public sealed interface TaskReply extends Reply {

  /// A task is on the board.
  @Frame(type = "task_created", summary = "A task is on the board")
  record Created(
      @Doc("Id of the task") String id,
      @Aside @Doc("Key of the member the assignee is, hex; absent if the text names none")
          Optional<String> assigneeKey,
      @Doc("How many sessions of the assignee were told; 0 if they are away")
          Optional<Integer> told)
      implements TaskReply {}

  /// The board, the newest task first, 100 at most.
  @Frame(type = "task_list", summary = "Tasks, the newest first, 100 at most")
  record Tasks(
      @Doc("One entry a task") List<Task> tasks,
      @Doc("Id of the task the request was about; it is in the list however old it is")
          Optional<String> id,
      @Doc("true if there are older ones; ask for them with before") Optional<Boolean> more)
      implements TaskReply {

    /// Who changed one task need not see all others.
    @Override
    public Reply shown() {
      return id.isEmpty()
          ? this
          : new Tasks(
              tasks.stream().filter(task -> id.get().equals(task.id())).toList(),
              Optional.empty(),
              Optional.empty());
    }
  }

  /// One task.
  record Task(
      @Doc("Id of the task") String id,
      @Doc("What is to be done") String title,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Doc("Who should do it, as its creator wrote it")
          Optional<String> assignee,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Doc("Name of the member who took it")
          Optional<String> claimedBy,
      @Doc("open, claimed, done or cancelled") TaskStatus status,
      @Doc("low, normal, high or urgent") TaskPriority priority,
      @Doc("Name of the member who put it up") String createdBy,
      @Doc("Words to find it by") List<String> tags,
      @Doc("When it was put up") Instant createdAt,
      @Doc("What came of it") Optional<String> result,
      @Doc("When it was done or cancelled") Optional<Instant> completedAt,
      @Aside @Doc("Key of the member who put it up, hex") Optional<String> createdByKey,
      @Aside @Doc("Key of the member who took it, hex") Optional<String> claimedByKey,
      @Aside @Doc("Key of the member the assignee is, hex; absent if the text names none")
          Optional<String> assigneeKey) {}
}
