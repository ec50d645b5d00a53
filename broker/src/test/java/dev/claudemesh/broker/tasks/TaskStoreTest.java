package dev.claudemesh.broker.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MeshFixture;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.broker.tasks.Task.Somebody;
import dev.claudemesh.broker.tasks.TaskRules.Actor;
import dev.claudemesh.broker.tasks.TaskStore.NewTask;
import dev.claudemesh.broker.tasks.TaskStore.Query;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.tasks.TaskPriority;
import dev.claudemesh.protocol.tasks.TaskStatus;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TaskStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  private static TestDatabase database;
  private final AtomicInteger ids = new AtomicInteger();
  private TaskStore store;
  private MeshFixture mesh;
  private MeshFixture.Somebody ada;
  private MeshFixture.Somebody bob;

  @BeforeAll
  static void open() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void mesh() {
    store = new TaskStore(database.database());
    mesh = MeshFixture.create(database.database());
    ada = mesh.member("Ada");
    bob = mesh.member("Bob");
  }

  @Test
  void a_task_comes_back_as_it_was_put_up_with_the_names_of_today() {
    String id = put("Repair", Optional.of("bob"), Optional.of(bob.id()), TaskPriority.URGENT);
    mesh.rename(bob, "Robert");
    Task task = store.find(reader(mesh), id).getFirst();
    assertThat(task.title()).isEqualTo("Repair");
    assertThat(task.assignee()).contains("bob");
    assertThat(task.assigned()).map(Somebody::name).contains("Robert");
    assertThat(task.creator()).isEqualTo(new Somebody(ada.id(), hex(ada), "Ada"));
    assertThat(task.priority()).isEqualTo(TaskPriority.URGENT);
    assertThat(task.tags()).containsExactly("a", "b,c");
    assertThat(task.status()).isEqualTo(TaskStatus.OPEN);
    assertThat(task.createdAt()).isEqualTo(NOW);
    assertThat(task.claimer()).isEmpty();
    assertThat(task.finishedAt()).isEmpty();
  }

  @Test
  void a_change_is_made_to_the_version_it_was_decided_on_or_not_at_all() {
    Task open = store.find(reader(mesh), put("Repair")).getFirst();
    Task claimed = TaskRules.claim(open, actor(bob));
    assertThat(store.replace(mesh.id(), open, claimed)).isTrue();
    assertThat(store.replace(mesh.id(), open, TaskRules.claim(open, actor(ada)))).isFalse();
    Task again = TaskRules.release(claimed, actor(bob));
    assertThat(store.replace(mesh.id(), claimed, again)).isTrue();
    // Open once more, but not the version that this one saw.
    assertThat(store.replace(mesh.id(), open, TaskRules.claim(open, actor(ada)))).isFalse();
    assertThat(store.find(reader(mesh), open.id())).containsExactly(again);
  }

  @Test
  void every_state_is_stored_whole() {
    Task open = store.find(reader(mesh), put("Repair")).getFirst();
    Task claimed = TaskRules.claim(open, actor(bob));
    Task done = TaskRules.complete(claimed, actor(bob), Optional.of("runs"), NOW.plusSeconds(5));
    Task back = TaskRules.release(done, actor(ada));
    Task cancelled = TaskRules.cancel(back, actor(ada), NOW.plusSeconds(9));
    Task before = open;
    for (Task after : List.of(claimed, done, back, cancelled)) {
      assertThat(store.replace(mesh.id(), before, after)).isTrue();
      assertThat(store.find(reader(mesh), open.id())).containsExactly(after);
      before = after;
    }
  }

  @Test
  void a_beginning_finds_what_it_fits_and_an_underscore_stands_for_itself() {
    insert(task("aaaa_bbb1", "One"));
    insert(task("aaaa_bbb2", "Two"));
    insert(task("aaaaxbbb3", "Three"));
    assertThat(store.find(reader(mesh), "aaaa_bbb2")).map(Task::title).containsExactly("Two");
    assertThat(store.find(reader(mesh), "aaaa_bbb")).hasSize(2);
    assertThat(store.find(reader(mesh), "aaaax")).map(Task::title).containsExactly("Three");
    assertThat(store.find(reader(mesh), "aaaa%")).isEmpty();
    assertThat(store.find(reader(MeshFixture.create(database.database())), "aaaax")).isEmpty();
  }

  @Test
  void lists_are_newest_first_filtered_and_paged() {
    List<String> all = IntStream.range(0, 5).mapToObj(i -> put("t" + i)).toList();
    String bobs = put("bobs", Optional.of("Bob"), Optional.of(bob.id()), TaskPriority.LOW);
    String keys = put("keys", Optional.of(hex(bob)), Optional.of(bob.id()), TaskPriority.LOW);
    Task open = store.find(reader(mesh), all.get(2)).getFirst();
    store.replace(mesh.id(), open, TaskRules.claim(open, actor(bob)));
    assertThat(titles(Query.ALL)).containsExactly("keys", "bobs", "t4", "t3", "t2", "t1", "t0");
    assertThat(titles(query(Optional.of(TaskStatus.CLAIMED), Optional.empty(), Optional.empty())))
        .containsExactly("t2");
    assertThat(titles(query(Optional.empty(), Optional.of("BOB"), Optional.of(bob.id()))))
        .containsExactly("keys", "bobs");
    assertThat(titles(query(Optional.empty(), Optional.of("BOB"), Optional.empty())))
        .containsExactly("bobs");
    assertThat(
            titles(
                new Query(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(all.get(2)))))
        .containsExactly("t1", "t0");
    assertThat(store.list(reader(mesh), Query.ALL, 2)).map(Task::id).containsExactly(keys, bobs);
  }

  @Test
  void counts_are_by_status_and_of_one_mesh() {
    end(put("one"), Optional.of("r"));
    put("two");
    MeshFixture other = MeshFixture.create(database.database());
    assertThat(store.counts(reader(mesh)))
        .isEqualTo(Map.of(TaskStatus.OPEN, 1, TaskStatus.DONE, 1));
    assertThat(store.unfinished(mesh.id())).isEqualTo(1);
    assertThat(store.counts(reader(other))).isEmpty();
  }

  @Test
  void of_the_finished_tasks_those_that_ended_last_are_kept_and_open_ones_always() {
    put("open");
    List.of("one", "two", "three").forEach(title -> end(put(title), Optional.empty()));
    store.prune(2);
    assertThat(titles(Query.ALL)).containsExactly("three", "two", "open");
    store.prune(2);
    assertThat(titles(Query.ALL)).hasSize(3);
  }

  @Test
  void members_are_found_by_key_and_by_name_whatever_its_case_but_not_after_they_left() {
    assertThat(store.members(mesh.id(), "aDA")).map(Somebody::memberId).containsExactly(ada.id());
    assertThat(store.members(mesh.id(), hex(ada))).hasSize(1);
    mesh.member("ADA");
    mesh.member("Ada");
    assertThat(store.members(mesh.id(), "ada")).hasSize(2);
    mesh.revoke(bob, NOW);
    assertThat(store.members(mesh.id(), "bob")).isEmpty();
  }

  private void end(String id, Optional<String> result) {
    Task task = store.find(reader(mesh), id).getFirst();
    Instant at = NOW.plusSeconds(ids.incrementAndGet());
    assertThat(store.replace(mesh.id(), task, TaskRules.complete(task, actor(ada), result, at)))
        .isTrue();
  }

  private String put(String title) {
    return put(title, Optional.empty(), Optional.empty(), TaskPriority.NORMAL);
  }

  private String put(
      String title, Optional<String> assignee, Optional<String> assigned, TaskPriority priority) {
    String id = String.format(Locale.ROOT, "task-%s-%04d", mesh.id(), ids.incrementAndGet());
    insert(
        new NewTask(
            id,
            mesh.id(),
            title,
            assignee,
            assigned,
            priority,
            List.of("a", "b,c"),
            ada.id(),
            NOW));
    return id;
  }

  private NewTask task(String id, String title) {
    return new NewTask(
        id,
        mesh.id(),
        title,
        Optional.empty(),
        Optional.empty(),
        TaskPriority.NORMAL,
        List.of(),
        ada.id(),
        NOW);
  }

  private void insert(NewTask task) {
    store.insert(task);
  }

  private List<String> titles(Query query) {
    return store.list(reader(mesh), query, 100).stream().map(Task::title).toList();
  }

  private static Query query(
      Optional<TaskStatus> status, Optional<String> assignee, Optional<String> assigned) {
    return new Query(status, assignee, assigned, Optional.empty());
  }

  private static Actor actor(MeshFixture.Somebody member) {
    return new Actor(
        new Somebody(member.id(), hex(member), member.name()), member.name() + "-1", false);
  }

  /// A member of whom nobody said anything.
  private static Member reader(MeshFixture mesh) {
    return new Member(
        "reader",
        mesh.id(),
        "mesh",
        mesh.owner().publicKey(),
        "Reader",
        false,
        false,
        Permissions.MEMBER);
  }

  private static String hex(MeshFixture.Somebody member) {
    return member.key().publicKey().hex();
  }
}
