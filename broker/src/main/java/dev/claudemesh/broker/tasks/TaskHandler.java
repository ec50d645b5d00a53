package dev.claudemesh.broker.tasks;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.LimitsConfig.Work;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.tasks.Task.Somebody;
import dev.claudemesh.broker.tasks.TaskRules.Actor;
import dev.claudemesh.broker.tasks.TaskStore.NewTask;
import dev.claudemesh.broker.tasks.TaskStore.Query;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import dev.claudemesh.protocol.tasks.TaskFilter;
import dev.claudemesh.protocol.tasks.TaskPriority;
import dev.claudemesh.protocol.tasks.TaskReply;
import dev.claudemesh.protocol.tasks.TaskRequest;
import dev.claudemesh.protocol.tasks.TaskRequest.Cancel;
import dev.claudemesh.protocol.tasks.TaskRequest.Claim;
import dev.claudemesh.protocol.tasks.TaskRequest.Complete;
import dev.claudemesh.protocol.tasks.TaskRequest.Create;
import dev.claudemesh.protocol.tasks.TaskRequest.ListTasks;
import dev.claudemesh.protocol.tasks.TaskRequest.Release;
import dev.claudemesh.protocol.tasks.TaskStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// The board: putting tasks up, claiming, finishing and listing them, and telling those they
/// concern.
public final class TaskHandler implements Handler<TaskRequest<?>> {
  private static final int PAGE = 100;
  private static final int SHORTEST_PREFIX = 8;

  /// A task has few states, so a change that always finds another one made first is not to be.
  private static final int TRIES = 10;

  private static final String ME = "me";

  private final TaskStore store;
  private final Peers peers;
  private final InstantSource clock;
  private final Work limits;

  public TaskHandler(Kernel kernel) {
    this.store = new TaskStore(kernel.database());
    this.peers = kernel.peers();
    this.clock = kernel.clock();
    this.limits = kernel.limits().work();
  }

  @Override
  public Outcome handle(TaskRequest<?> request, Caller caller) {
    Peer peer = caller.requirePeer();
    return switch (request) {
      case Create create -> create(create, peer);
      case Claim claim -> change("task_claimed", claim.taskId(), peer, TaskRules::claim);
      case Complete done -> {
        Instant now = clock.instant();
        yield change(
            "task_completed",
            done.taskId(),
            peer,
            (task, actor) -> TaskRules.complete(task, actor, done.result(), now));
      }
      case Release release ->
          change(
              "task_released",
              release.taskId(),
              peer,
              (task, actor) -> release(task, actor, peer.meshId()));
      case Cancel cancel -> {
        Instant now = clock.instant();
        yield change(
            "task_cancelled",
            cancel.taskId(),
            peer,
            (task, actor) -> TaskRules.cancel(task, actor, now));
      }
      case ListTasks list -> Outcome.of(list(list, peer));
    };
  }

  /// How many tasks that a member may see have each status.
  public Map<TaskStatus, Integer> counts(Member reader) {
    return store.counts(reader);
  }

  /// Removes finished tasks beyond the number that is kept.
  public void prune() {
    store.prune(limits.finishedTasks());
  }

  private Outcome create(Create request, Peer peer) {
    String title = TaskRules.title(request.title());
    requireRoom(peer.meshId());
    Optional<String> assignee =
        request.assignee().map(String::strip).filter(text -> !text.isEmpty());
    Optional<Somebody> assigned = assignee.flatMap(text -> named(text, peer));
    Instant now = clock.instant();
    NewTask task =
        new NewTask(
            Ids.next(),
            peer.meshId(),
            title,
            assignee.map(text -> text.equals(ME) ? peer.member().displayName() : text),
            assigned.map(Somebody::memberId),
            request.priority().orElse(TaskPriority.NORMAL),
            TaskRules.tags(request.tags().orElse(List.of())),
            peer.member().id(),
            now);
    store.insert(task);
    List<Peer> told = sessions(assigned.map(Somebody::memberId).stream().toList(), peer);
    TaskReply.Created created =
        new TaskReply.Created(
            task.id(), assigned.map(Somebody::key), assigned.map(somebody -> told.size()));
    return told.isEmpty()
        ? Outcome.of(created)
        : Outcome.of(created, () -> tell("task_assigned", one(peer, task.id()), peer, told));
  }

  /// Decides on the task as it is and makes the change to that version; if another one was made
  /// meanwhile, decides again.
  private Outcome change(
      String event, String idOrPrefix, Peer peer, BiFunction<Task, Actor, Task> rule) {
    Actor actor = actor(peer);
    for (int attempt = 0; attempt < TRIES; attempt++) {
      Task before = one(peer, idOrPrefix);
      Task after = rule.apply(before, actor);
      if (after.equals(before)) {
        return Outcome.of(board(peer.member(), before.id()));
      }
      if (store.replace(peer.meshId(), before, after)) {
        Set<String> concerned = TaskRules.concerned(before, after);
        return Outcome.of(
            board(peer.member(), before.id()),
            () -> tell(event, after, peer, sessions(readers(concerned, after, peer), peer)));
      }
    }
    throw new Problem(
        ProblemCode.BUSY, "Others keep changing this task just now; try again in a moment");
  }

  private Task release(Task task, Actor actor, String meshId) {
    Task released = TaskRules.release(task, actor);
    if (task.finished()) {
      requireRoom(meshId);
    }
    return released;
  }

  private void requireRoom(String meshId) {
    if (store.unfinished(meshId) >= limits.unfinishedTasks()) {
      throw new Problem(
          ProblemCode.LIMIT,
          "This mesh has "
              + limits.unfinishedTasks()
              + " tasks that are neither done nor cancelled, which is as many as it may; finish"
              + " some first");
    }
  }

  private TaskReply.Tasks list(ListTasks request, Peer peer) {
    Optional<String> assignee =
        request.assignee().map(String::strip).filter(text -> !text.isEmpty());
    Query query =
        new Query(
            request.status().map(TaskFilter::status),
            assignee,
            assignee.flatMap(text -> named(text, peer)).map(Somebody::memberId),
            request.before().map(id -> one(peer, id).id()));
    return page(store.list(peer.member(), query, PAGE + 1), Optional.empty());
  }

  /// The newest tasks, and the one it is about.
  private TaskReply.Tasks board(Member reader, String id) {
    List<Task> newest = store.list(reader, Query.ALL, PAGE + 1);
    boolean listed = newest.stream().limit(PAGE).anyMatch(task -> task.id().equals(id));
    TaskReply.Tasks board = page(newest, Optional.of(id));
    List<TaskReply.Task> all = new ArrayList<>(board.tasks());
    if (!listed) {
      store.find(reader, id).stream().map(TaskHandler::entry).forEach(all::add);
    }
    return new TaskReply.Tasks(all, board.id(), board.more());
  }

  private static TaskReply.Tasks page(List<Task> found, Optional<String> about) {
    return new TaskReply.Tasks(
        found.stream().limit(PAGE).map(TaskHandler::entry).toList(),
        about,
        found.size() > PAGE ? Optional.of(true) : Optional.empty());
  }

  private static TaskReply.Task entry(Task task) {
    return new TaskReply.Task(
        task.id(),
        task.title(),
        task.assignee(),
        task.claimer().map(Somebody::name),
        task.status(),
        task.priority(),
        task.creator().name(),
        task.tags(),
        task.createdAt(),
        task.result(),
        task.finishedAt(),
        Optional.of(task.creator().key()),
        task.claimer().map(Somebody::key),
        task.assigned().map(Somebody::key));
  }

  /// @throws Problem `task_not_found` or `ambiguous_prefix`
  private Task one(Peer peer, String idOrPrefix) {
    List<Task> found =
        idOrPrefix.length() < SHORTEST_PREFIX ? List.of() : store.find(peer.member(), idOrPrefix);
    if (found.isEmpty()) {
      throw new Problem(
          ProblemCode.TASK_NOT_FOUND,
          "There is no task "
              + idOrPrefix
              + " in this mesh; write its id, or at least the first "
              + SHORTEST_PREFIX
              + " characters of it");
    }
    if (found.size() > 1) {
      throw new Problem(
          ProblemCode.AMBIGUOUS_PREFIX,
          "Several tasks begin with " + idOrPrefix + "; write more of the id");
    }
    return found.getFirst();
  }

  /// The member whom a text names: me, a session's name or key, else a member's name or key. Empty
  /// if it names nobody, or several.
  private Optional<Somebody> named(String text, Peer caller) {
    if (text.equals(ME)) {
      return Optional.of(somebody(caller.member()));
    }
    List<Somebody> sessions =
        peers.sessions(caller.meshId()).stream()
            .filter(
                peer -> peer.state().visible() || peer.member().id().equals(caller.member().id()))
            .filter(peer ->
                peer.address().hex().equals(text) || peer.displayName().equalsIgnoreCase(text))
            .map(peer -> somebody(peer.member()))
            .distinct()
            .toList();
    List<Somebody> found = sessions.isEmpty() ? store.members(caller.meshId(), text) : sessions;
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
  }

  private Actor actor(Peer peer) {
    Member member = peer.member();
    return new Actor(
        somebody(member), self(peer).address().hex(), member.admin() || member.owner());
  }

  private static Somebody somebody(Member member) {
    return new Somebody(member.id(), member.key().hex(), member.displayName());
  }

  /// The session that acts, also where it runs a command.
  private Peer self(Peer peer) {
    return peers.sessionOf(peer).orElse(peer);
  }

  /// Connected sessions of these members, but for the one that acts. Who may not see what the
  /// acting member does is not told.
  private List<Peer> sessions(Iterable<String> members, Peer acting) {
    Peer self = self(acting);
    List<Peer> sessions = new ArrayList<>();
    for (String member : members) {
      peers.ofMember(acting.meshId(), member).stream()
          .filter(peer -> peer.isSession() && peer.connected() && peer != self)
          .filter(peer -> acting.member().lets(peer.member(), Grant.STATE_READ))
          .forEach(sessions::add);
    }
    return sessions;
  }

  /// Those of them who are here and see the task.
  private Set<String> readers(Set<String> members, Task task, Peer acting) {
    return members.stream()
        .flatMap(id -> peers.ofMember(acting.meshId(), id).stream().limit(1))
        .map(Peer::member)
        .filter(member -> !store.find(member, task.id()).isEmpty())
        .map(Member::id)
        .collect(Collectors.toSet());
  }

  private void tell(String event, Task task, Peer by, List<Peer> to) {
    ObjectNode data =
        Wire.mapper()
            .createObjectNode()
            .put("id", task.id())
            .put("title", task.title())
            .put("priority", Wire.mapper().valueToTree(task.priority()).asString())
            .put("by", by.member().displayName())
            .put("byKey", by.member().key().hex());
    task.assignee().ifPresent(assignee -> data.put("assignee", assignee));
    task.result().ifPresent(result -> data.put("result", result));
    Push news = Push.news(UUID.randomUUID().toString(), by.meshId(), event, data, clock.instant());
    to.stream()
        .flatMap(peer -> peer.connection().stream())
        .forEach(connection -> connection.send(news));
  }
}
