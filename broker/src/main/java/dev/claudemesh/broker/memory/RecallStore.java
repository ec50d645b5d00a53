package dev.claudemesh.broker.memory;

import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.MEMORY;
import static dev.claudemesh.db.jooq.Tables.MEMORY_COUNT;

import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.GrantStore;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.memory.Spelling.Written;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.memory.MemoryReply.Memory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.Record;
import org.jooq.SelectField;
import org.jooq.impl.DSL;

/// Searching `memory` by its words.
///
/// No statement can be planned as a walk through all memories of a mesh: what they look for is in
/// one index only, and each looks at a bounded number of rows.
final class RecallStore {
  /// Words that begin with another, of which the most frequent are taken.
  private static final int BEGUN = 2_000;

  private static final int TAKEN = 10;
  private static final int ALIKE = 40;

  private final Database database;
  private final Duration patience;

  /// @param patience how long one statement of a search may run, then the caller is told `busy`
  RecallStore(Database database, Duration patience) {
    this.database = database;
    this.patience = patience;
  }

  /// All memories of a mesh.
  record Library(String meshId, String language, long lastNumber) {}

  /// A search text as it was understood.
  ///
  /// @param query as PostgreSQL writes it; empty if nothing can be found by it
  record Wording(String query, List<Token> tokens) {}

  /// A word as it was typed, and what it is found by.
  record Token(String typed, String stem) {}

  /// What is searched for.
  ///
  /// @param exact as it was typed; it ranks higher
  /// @param wide with other words in place of some
  record Query(String exact, String wide) {}

  /// Which memories are meant.
  ///
  /// @param query by their words; all if empty
  /// @param tags that they must have, all of them
  /// @param authors members one of whom must have written them; anybody if empty
  record Filter(Optional<Query> query, List<String> tags, List<String> authors, Member reader) {}

  /// A memory that was found.
  record Candidate(long number, double rank) {}

  /// Does one search, in one transaction.
  <T> T search(Function<Search, T> work) {
    return database.transaction(dsl -> {
      dsl.fetch(
          "select set_config('statement_timeout', {0}, true)",
          DSL.val(String.valueOf(patience.toMillis())));
      return work.apply(new Search(dsl));
    });
  }

  /// The statements of a search.
  static final class Search {
    private final DSLContext dsl;

    private Search(DSLContext dsl) {
      this.dsl = dsl;
    }

    /// Empty if the mesh never remembered anything.
    Optional<Library> library(String meshId) {
      return dsl.select(MEMORY_COUNT.LANGUAGE, MEMORY_COUNT.LAST_NUMBER)
          .from(MEMORY_COUNT)
          .where(MEMORY_COUNT.MESH_ID.eq(meshId))
          .fetchOptional(row -> new Library(meshId, row.value1(), row.value2()));
    }

    /// Members of a name, or the one of a key.
    List<String> members(String meshId, String nameOrKey) {
      return dsl.select(MEMBER.ID)
          .from(MEMBER)
          .where(MEMBER.MESH_ID.eq(meshId))
          .and(
              DSL.lower(MEMBER.DISPLAY_NAME)
                  .eq(DSL.lower(nameOrKey))
                  .or(MEMBER.PEER_PUBKEY.eq(nameOrKey)))
          .fetch(MEMBER.ID);
    }

    Wording wording(Library library, String text) {
      return dsl.fetchSingle(
              """
              select websearch_to_tsquery({0}::regconfig, {1})::text,
                array_agg(lower(t.token) order by t.place), array_agg(s.stem order by t.place)
              from ts_parse('default', {1}) with ordinality as t (kind, token, place)
              cross join lateral unnest(tsvector_to_array(to_tsvector({0}::regconfig, t.token))) as s (stem)
              """,
              DSL.val(library.language()), DSL.val(text))
          .map(row -> new Wording(row.get(0, String.class), tokens(row)));
    }

    private static List<Token> tokens(Record row) {
      String[] typed = row.get(1, String[].class);
      String[] stems = row.get(2, String[].class);
      return typed == null
          ? List.of()
          : IntStream.range(0, typed.length).mapToObj(i -> new Token(typed[i], stems[i])).toList();
    }

    /// Words of the mesh that begin with one of these, and these themselves, the most frequent
    /// first.
    List<Written> begun(Library library, Collection<String> typed) {
      return typed.isEmpty()
          ? List.of()
          : dsl.fetch(
                  """
                  select typed, w.word, w.memories, tsvector_to_array(to_tsvector({1}::regconfig, w.word))
                  from unnest({2}::text[]) as typed
                  cross join lateral (
                    select word, memories from (
                      select word, memories from mesh.memory_word
                      where mesh_id = {0} and word >= typed and word < typed || chr(1114111)
                      order by word limit {3}) near
                    order by (word = typed) desc, memories desc, word limit {4}) w
                  """,
                  DSL.val(library.meshId()),
                  DSL.val(library.language()),
                  texts(typed),
                  DSL.inline(BEGUN),
                  DSL.inline(TAKEN))
              .map(Search::written);
    }

    /// Words of the mesh that look like one of these, the most alike first.
    List<Written> alike(Library library, Collection<String> typed) {
      return typed.isEmpty()
          ? List.of()
          : dsl.fetch(
                  """
                  select typed, w.word, w.memories, tsvector_to_array(to_tsvector({1}::regconfig, w.word))
                  from unnest({2}::text[]) as typed
                  cross join lateral mesh.words_alike({0}, typed, {3}) w
                  """,
                  DSL.val(library.meshId()),
                  DSL.val(library.language()),
                  texts(typed),
                  DSL.inline(ALIKE))
              .map(Search::written);
    }

    private static Written written(Record row) {
      return new Written(
          row.get(0, String.class),
          row.get(1, String.class),
          row.get(2, Integer.class),
          Arrays.asList(row.get(3, String[].class)));
    }

    /// Memories on these shelves, the newest of each shelf first, shelf by shelf until there are
    /// enough.
    List<Candidate> candidates(Filter filter, List<String> shelves, int most) {
      return dsl.fetch(
              """
              select m.number, m.rank from (
                select m.number, {4} as rank
                from unnest({0}::text[]) as shelf
                cross join lateral (
                  select number, words from (
                    select number, words from mesh.memory where {1} limit {2}) held
                  order by number desc limit {3}) m
                limit {3}) m
              """,
              texts(shelves),
              onShelf(filter),
              DSL.inline(Shelves.SIZE),
              DSL.inline(most),
              filter.query().map(Search::rank).orElseGet(() -> DSL.inline(0.0)))
          .map(row -> new Candidate(row.get(0, Long.class), row.get(1, Double.class)));
    }

    private static Condition onShelf(Filter filter) {
      List<Condition> all = new ArrayList<>();
      if (filter.authors().isEmpty()) {
        all.add(DSL.condition("shelves @> array[shelf]"));
      } else {
        all.add(
            DSL.or(
                filter.authors().stream()
                    .map(author ->
                        DSL.condition(
                            "shelves @> array[shelf, {0}]",
                            DSL.val(Shelves.of(filter.reader().meshId(), author))))
                    .toList()));
      }
      filter
          .query()
          .ifPresent(
              query -> all.add(DSL.condition("words @@ {0}::tsquery", DSL.val(query.wide()))));
      if (!filter.tags().isEmpty()) {
        all.add(DSL.condition("tags @> {0}::text[]", texts(filter.tags())));
      }
      all.add(readable(filter.reader()));
      return DSL.and(all);
    }

    /// Tags count more than content, and what was typed more than what it may stand for. Long texts
    /// do not win by their length.
    private static Field<Double> rank(Query query) {
      return DSL.field(
          "ts_rank(m.words, {0}::tsquery, 1) + ts_rank(m.words, {1}::tsquery, 1)",
          Double.class, DSL.val(query.exact()), DSL.val(query.wide()));
    }

    private static Condition readable(Member reader) {
      return GrantStore.granted(MEMORY.REMEMBERED_BY, reader, Grant.STATE_READ);
    }

    List<Memory> newest(Member reader, int most) {
      return dsl.select(shown())
          .from(MEMORY)
          .join(MEMBER)
          .on(MEMBER.ID.eq(MEMORY.REMEMBERED_BY))
          .where(MEMORY.MESH_ID.eq(reader.meshId()))
          .and(readable(reader))
          .orderBy(MEMORY.NUMBER.desc())
          .limit(most)
          .fetch(row -> memory(row, Optional.empty()));
    }

    /// By number; without those that were forgotten meanwhile.
    Map<Long, Memory> memories(String meshId, List<Candidate> candidates) {
      Map<Long, Double> ranks =
          candidates.stream().collect(Collectors.toMap(Candidate::number, Candidate::rank));
      Map<Long, Memory> memories = new HashMap<>();
      dsl.select(shown())
          .from(MEMORY)
          .join(MEMBER)
          .on(MEMBER.ID.eq(MEMORY.REMEMBERED_BY))
          .where(MEMORY.MESH_ID.eq(meshId))
          .and(MEMORY.NUMBER.eq(DSL.any(ranks.keySet().toArray(Long[]::new))))
          .forEach(row -> {
            long number = row.get(MEMORY.NUMBER);
            memories.put(
                number, memory(row, Optional.of(ranks.get(number)).filter(rank -> rank > 0)));
          });
      return memories;
    }

    private static List<SelectField<?>> shown() {
      return List.of(
          MEMORY.NUMBER,
          MEMORY.ID,
          MEMORY.CONTENT,
          MEMORY.TAGS,
          MEMORY.REMEMBERED_AT,
          MEMBER.DISPLAY_NAME,
          MEMBER.PEER_PUBKEY);
    }

    private static Memory memory(Record row, Optional<Double> rank) {
      return new Memory(
          row.get(MEMORY.ID),
          row.get(MEMORY.CONTENT),
          List.of(row.get(MEMORY.TAGS)),
          row.get(MEMBER.DISPLAY_NAME),
          row.get(MEMORY.REMEMBERED_AT),
          Optional.of(row.get(MEMBER.PEER_PUBKEY)),
          rank);
    }

    private static Param<String[]> texts(Collection<String> texts) {
      return DSL.val(texts.toArray(String[]::new));
    }
  }
}
