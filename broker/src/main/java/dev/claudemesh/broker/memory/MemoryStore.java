package dev.claudemesh.broker.memory;

import static dev.claudemesh.db.jooq.Tables.MEMORY;
import static dev.claudemesh.db.jooq.Tables.MEMORY_COUNT;
import static dev.claudemesh.db.jooq.Tables.MEMORY_WORD;
import static dev.claudemesh.db.jooq.Tables.MESH;

import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.GrantStore;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.db.Database;
import java.time.Instant;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/// Rows of `memory`, with the words of a mesh and their count.
///
/// Who changes the memories of a mesh first locks its row of `memory_count`, so that words are
/// counted one change after the other.
final class MemoryStore {
  private final Database database;

  MemoryStore(Database database) {
    this.database = database;
  }

  /// Something to be remembered.
  ///
  /// @param by id of the member
  record NewMemory(
      String id, String meshId, String content, List<String> tags, String by, Instant at) {}

  /// A memory that somebody named.
  ///
  /// @param by id of its author
  record Named(String id, String by) {}

  /// Stores a memory.
  ///
  /// @param most memories of a mesh
  /// @return false if the mesh has as many as it may
  boolean insert(NewMemory memory, int most) {
    return database.statement(dsl ->
        dsl.fetchOptional(
                """
                with counted as (
                  insert into mesh.memory_count as c (mesh_id, last_number, memories, language)
                  select id, 1, 1, language from mesh.mesh where id = {0}
                  on conflict (mesh_id) do update set last_number = c.last_number + 1, memories = c.memories + 1
                  where c.memories < {6}
                  returning last_number, language
                ), stored as (
                  insert into mesh.memory (mesh_id, number, id, content, tags, words, remembered_by, remembered_at)
                  select {0}, last_number, {1}, {2}, {3}::text[], mesh.memory_words(language, {2}, {3}::text[]), {4}, {5}
                  from counted
                  returning content, tags
                ), spelt as (
                  insert into mesh.memory_word as w (mesh_id, word, memories)
                  select {0}, spelling, 1 from stored cross join lateral mesh.memory_spellings(content, tags) as spelling
                  on conflict (mesh_id, word) do update set memories = w.memories + 1
                )
                select last_number from counted
                """,
                DSL.val(memory.meshId()),
                DSL.val(memory.id()),
                DSL.val(memory.content()),
                DSL.val(memory.tags().toArray(String[]::new)),
                DSL.val(memory.by()),
                DSL.val(memory.at(), MEMORY.REMEMBERED_AT),
                DSL.val(most))
            .isPresent());
  }

  /// Memories whose id begins so and that the member may read, two at most.
  List<Named> named(String beginning, Member reader) {
    return database
        .dsl()
        .select(MEMORY.ID, MEMORY.REMEMBERED_BY)
        .from(MEMORY)
        .where(MEMORY.MESH_ID.eq(reader.meshId()))
        .and(MEMORY.ID.ge(beginning))
        .and(MEMORY.ID.lt(beginning + Character.toString(Character.MAX_CODE_POINT)))
        .and(GrantStore.granted(MEMORY.REMEMBERED_BY, reader, Grant.STATE_READ))
        .orderBy(MEMORY.ID)
        .limit(2)
        .fetch(row -> new Named(row.value1(), row.value2()));
  }

  /// Removes a memory, and the words that no other one has.
  ///
  /// @return false if it is not there any more
  boolean delete(String meshId, String id) {
    return database.transaction(dsl -> {
      dsl.select(MEMORY_COUNT.MESH_ID)
          .from(MEMORY_COUNT)
          .where(MEMORY_COUNT.MESH_ID.eq(meshId))
          .forUpdate()
          .fetch();
      return dsl.deleteFrom(MEMORY)
          .where(MEMORY.MESH_ID.eq(meshId))
          .and(MEMORY.ID.eq(id))
          .returning(MEMORY.CONTENT, MEMORY.TAGS)
          .fetchOptional()
          .map(gone -> {
            uncount(dsl, meshId, gone.getContent(), gone.getTags());
            return true;
          })
          .orElse(false);
    });
  }

  private static void uncount(DSLContext dsl, String meshId, String content, String[] tags) {
    dsl.update(MEMORY_COUNT)
        .set(MEMORY_COUNT.MEMORIES, MEMORY_COUNT.MEMORIES.minus(1))
        .where(MEMORY_COUNT.MESH_ID.eq(meshId))
        .execute();
    List<String> spellings =
        dsl.fetch(
                "select spelling from mesh.memory_spellings({0}, {1}::text[]) as spelling",
                DSL.val(content), DSL.val(tags))
            .getValues(0, String.class);
    String[] words = spellings.toArray(String[]::new);
    dsl.update(MEMORY_WORD)
        .set(MEMORY_WORD.MEMORIES, MEMORY_WORD.MEMORIES.minus(1))
        .where(MEMORY_WORD.MESH_ID.eq(meshId))
        .and(MEMORY_WORD.WORD.eq(DSL.any(words)))
        .execute();
    dsl.deleteFrom(MEMORY_WORD)
        .where(MEMORY_WORD.MESH_ID.eq(meshId))
        .and(MEMORY_WORD.WORD.eq(DSL.any(words)))
        .and(MEMORY_WORD.MEMORIES.le(0))
        .execute();
  }

  /// How many memories a mesh has.
  int count(String meshId) {
    return database
        .dsl()
        .select(MEMORY_COUNT.MEMORIES)
        .from(MEMORY_COUNT)
        .where(MEMORY_COUNT.MESH_ID.eq(meshId))
        .fetchOptional(MEMORY_COUNT.MEMORIES)
        .orElse(0);
  }

  /// Has the memories of meshes whose language was changed indexed anew.
  void noticeLanguages() {
    database.statement(dsl ->
        dsl.update(MEMORY_COUNT)
            .set(MEMORY_COUNT.LANGUAGE, MESH.LANGUAGE)
            .set(MEMORY_COUNT.REINDEXED, 0L)
            .from(MESH)
            .where(MESH.ID.eq(MEMORY_COUNT.MESH_ID))
            .and(MESH.LANGUAGE.ne(MEMORY_COUNT.LANGUAGE))
            .execute());
  }

  /// Indexes the next memories of one such mesh.
  ///
  /// @return false if there is none
  boolean reindex(int most) {
    return database.transaction(dsl ->
        dsl.selectFrom(MEMORY_COUNT)
            .where(MEMORY_COUNT.REINDEXED.isNotNull())
            .orderBy(MEMORY_COUNT.MESH_ID)
            .limit(1)
            .forUpdate()
            .fetchOptional()
            .map(count -> {
              long to = count.getReindexed() + most;
              dsl.execute(
                  """
                  update mesh.memory set words = mesh.memory_words({0}, content, tags)
                  where mesh_id = {1} and number > {2} and number <= {3}
                  """,
                  DSL.val(count.getLanguage()),
                  DSL.val(count.getMeshId()),
                  DSL.val(count.getReindexed()),
                  DSL.val(to));
              count.setReindexed(to < count.getLastNumber() ? to : null);
              dsl.executeUpdate(count);
              return true;
            })
            .orElse(false));
  }
}
