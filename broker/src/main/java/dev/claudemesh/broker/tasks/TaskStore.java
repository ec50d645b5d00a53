package dev.claudemesh.broker.tasks;

import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.TASK;

import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.GrantStore;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.tasks.Task.Somebody;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.tasks.TaskPriority;
import dev.claudemesh.protocol.tasks.TaskStatus;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectOnConditionStep;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/// Rows of `task`. Who reads sees what was put up by those who let them.
final class TaskStore {
  private static final dev.claudemesh.db.jooq.tables.Member CREATOR = MEMBER.as("creator");
  private static final dev.claudemesh.db.jooq.tables.Member CLAIMER = MEMBER.as("claimer");
  private static final dev.claudemesh.db.jooq.tables.Member ASSIGNED = MEMBER.as("assigned");
  private static final Condition UNFINISHED = TASK.STATUS.in("open", "claimed");

  private final Database database;

  TaskStore(Database database) {
    this.database = database;
  }

  /// A task that is to go on the board.
  ///
  /// @param assigned id of the member that `assignee` names
  record NewTask(
      String id,
      String meshId,
      String title,
      Optional<String> assignee,
      Optional<String> assigned,
      TaskPriority priority,
      List<String> tags,
      String creator,
      Instant createdAt) {}

  /// What to list.
  ///
  /// @param assigned id of the member that `assignee` names
  /// @param before only what was put up before the task of this id
  record Query(
      Optional<TaskStatus> status,
      Optional<String> assignee,
      Optional<String> assigned,
      Optional<String> before) {
    static final Query ALL =
        new Query(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  void insert(NewTask task) {
    database
        .dsl()
        .insertInto(TASK)
        .set(TASK.ID, task.id())
        .set(TASK.MESH_ID, task.meshId())
        .set(TASK.TITLE, task.title())
        .set(TASK.ASSIGNEE, task.assignee().orElse(null))
        .set(TASK.ASSIGNEE_MEMBER_ID, task.assigned().orElse(null))
        .set(TASK.STATUS, word(TaskStatus.OPEN))
        .set(TASK.PRIORITY, word(task.priority()))
        .set(TASK.TAGS, task.tags().toArray(String[]::new))
        .set(TASK.CREATED_BY, task.creator())
        .set(TASK.CREATED_AT, task.createdAt())
        .execute();
  }

  /// Tasks of this id, or whose id begins so: two at most.
  List<Task> find(Member reader, String idOrPrefix) {
    return query()
        .where(seenBy(reader))
        .and(TASK.ID.startsWith(idOrPrefix))
        .orderBy(TASK.ID)
        .limit(2)
        .fetch(TaskStore::task);
  }

  /// Makes a change to the version it was decided on.
  ///
  /// @return false if the task was changed meanwhile; then nothing changed
  boolean replace(String meshId, Task before, Task after) {
    return database
        .dsl()
        .update(TASK)
        .set(TASK.STATUS, word(after.status()))
        .set(TASK.CLAIMED_BY, after.claimer().map(Somebody::memberId).orElse(null))
        .set(TASK.CLAIMED_BY_ADDRESS, after.claimerAddress().orElse(null))
        .set(TASK.RESULT, after.result().orElse(null))
        .set(TASK.FINISHED_BY, after.finisher().orElse(null))
        .set(TASK.FINISHED_AT, after.finishedAt().orElse(null))
        .set(TASK.VERSION, after.version())
        .where(TASK.MESH_ID.eq(meshId))
        .and(TASK.ID.eq(before.id()))
        .and(TASK.STATUS.eq(word(before.status())))
        .and(TASK.VERSION.eq(before.version()))
        .returning(TASK.ID)
        .fetchOptional()
        .isPresent();
  }

  /// The newest first.
  List<Task> list(Member reader, Query query, int limit) {
    Condition fits = seenBy(reader);
    if (query.status().isPresent()) {
      fits = fits.and(TASK.STATUS.eq(word(query.status().get())));
    }
    if (query.assignee().isPresent()) {
      Condition named =
          DSL.lower(TASK.ASSIGNEE).eq(query.assignee().get().toLowerCase(Locale.ROOT));
      fits =
          fits.and(
              query.assigned().map(id -> named.or(TASK.ASSIGNEE_MEMBER_ID.eq(id))).orElse(named));
    }
    if (query.before().isPresent()) {
      fits =
          fits.and(
              TASK.SEQ.lt(
                  DSL.select(DSL.max(TASK.as("last").SEQ))
                      .from(TASK.as("last"))
                      .where(TASK.as("last").MESH_ID.eq(reader.meshId()))
                      .and(TASK.as("last").ID.eq(query.before().get()))));
    }
    return query().where(fits).orderBy(TASK.SEQ.desc()).limit(limit).fetch(TaskStore::task);
  }

  /// How many tasks of a mesh are neither done nor cancelled.
  int unfinished(String meshId) {
    return database.dsl().fetchCount(TASK, TASK.MESH_ID.eq(meshId).and(UNFINISHED));
  }

  Map<TaskStatus, Integer> counts(Member reader) {
    Map<TaskStatus, Integer> counts = new EnumMap<>(TaskStatus.class);
    database
        .dsl()
        .select(TASK.STATUS, DSL.count())
        .from(TASK)
        .where(seenBy(reader))
        .groupBy(TASK.STATUS)
        .forEach(row -> counts.put(status(row.value1()), row.value2()));
    return counts;
  }

  /// Present members of a mesh who have this key, or this name whatever its case: two at most.
  List<Somebody> members(String meshId, String keyOrName) {
    return database
        .dsl()
        .select(MEMBER.ID, MEMBER.PEER_PUBKEY, MEMBER.DISPLAY_NAME)
        .from(MEMBER)
        .where(MEMBER.MESH_ID.eq(meshId))
        .and(MEMBER.REVOKED_AT.isNull())
        .and(
            MEMBER
                .PEER_PUBKEY
                .eq(keyOrName)
                .or(DSL.lower(MEMBER.DISPLAY_NAME).eq(keyOrName.toLowerCase(Locale.ROOT))))
        .limit(2)
        .fetch(row -> new Somebody(row.value1(), row.value2(), row.value3()));
  }

  /// Removes all finished tasks but so many of each mesh, those that ended last.
  ///
  /// @return how many went
  int prune(int kept) {
    Field<Integer> place =
        DSL.rowNumber()
            .over(DSL.partitionBy(TASK.MESH_ID).orderBy(TASK.FINISHED_AT.desc(), TASK.SEQ.desc()))
            .as("place");
    Table<?> ended =
        DSL.select(TASK.ID, place).from(TASK).where(TASK.FINISHED_AT.isNotNull()).asTable("ended");
    return database
        .dsl()
        .deleteFrom(TASK)
        .where(
            TASK.ID.in(
                DSL.select(ended.field(TASK.ID))
                    .from(ended)
                    .where(ended.field("place", SQLDataType.INTEGER).gt(kept))))
        .execute();
  }

  private static Condition seenBy(Member reader) {
    return TASK.MESH_ID
        .eq(reader.meshId())
        .and(GrantStore.granted(TASK.CREATED_BY, reader, Grant.STATE_READ));
  }

  private SelectOnConditionStep<? extends Record> query() {
    return database
        .dsl()
        .select(TASK.fields())
        .select(CREATOR.PEER_PUBKEY, CREATOR.DISPLAY_NAME)
        .select(CLAIMER.PEER_PUBKEY, CLAIMER.DISPLAY_NAME)
        .select(ASSIGNED.PEER_PUBKEY, ASSIGNED.DISPLAY_NAME)
        .from(TASK)
        .join(CREATOR)
        .on(CREATOR.ID.eq(TASK.CREATED_BY))
        .leftJoin(CLAIMER)
        .on(CLAIMER.ID.eq(TASK.CLAIMED_BY))
        .leftJoin(ASSIGNED)
        .on(ASSIGNED.ID.eq(TASK.ASSIGNEE_MEMBER_ID));
  }

  private static Task task(Record row) {
    return new Task(
        row.get(TASK.ID),
        row.get(TASK.TITLE),
        Optional.ofNullable(row.get(TASK.ASSIGNEE)),
        somebody(row, TASK.ASSIGNEE_MEMBER_ID, ASSIGNED),
        status(row.get(TASK.STATUS)),
        TaskPriority.valueOf(row.get(TASK.PRIORITY).toUpperCase(Locale.ROOT)),
        List.of(row.get(TASK.TAGS)),
        somebody(row, TASK.CREATED_BY, CREATOR).orElseThrow(),
        somebody(row, TASK.CLAIMED_BY, CLAIMER),
        Optional.ofNullable(row.get(TASK.CLAIMED_BY_ADDRESS)),
        Optional.ofNullable(row.get(TASK.RESULT)),
        Optional.ofNullable(row.get(TASK.FINISHED_BY)),
        row.get(TASK.CREATED_AT),
        Optional.ofNullable(row.get(TASK.FINISHED_AT)),
        row.get(TASK.VERSION));
  }

  private static Optional<Somebody> somebody(
      Record row, Field<String> id, dev.claudemesh.db.jooq.tables.Member member) {
    return Optional.ofNullable(row.get(id))
        .map(known ->
            new Somebody(known, row.get(member.PEER_PUBKEY), row.get(member.DISPLAY_NAME)));
  }

  private static TaskStatus status(String word) {
    return TaskStatus.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
