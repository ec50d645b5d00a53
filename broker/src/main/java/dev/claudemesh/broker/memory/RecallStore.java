package dev.claudemesh.broker.memory;

import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.MEMORY;

import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.GrantStore;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.memory.Spelling.Written;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.memory.MemoryReply.Memory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.SQL;
import org.jooq.impl.DSL;

/// Searching `memory` by its words.
///
/// No statement can be planned as a walk through all memories of a mesh: what they look for is in
/// one index only, and each looks at a bounded number of rows.
final class RecallStore {
  /// Words that begin with another, of which the most frequent are taken.
  private static final int BEGUN = 1_000;

  private static final int TAKEN = 10;
  private static final int ALIKE = 40;

  private final Database database;
  private final Duration patience;
  private final int characters;

  /// @param patience how long one statement of a search may run, then the caller is told `busy`
  /// @param characters of the memories of one answer
  RecallStore(Database database, Duration patience, int characters) {
    this.database = database;
    this.patience = patience;
    this.characters = characters;
  }

  /// A search text as it was understood.
  ///
  /// @param language of the mesh's memories
  /// @param lastNumber of the memory that came last
  /// @param query as PostgreSQL writes it; empty if nothing can be found by it
  record Wording(
      String meshId, String language, long lastNumber, String query, List<Token> tokens) {}

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

  /// What was found on some shelves.
  ///
  /// @param seen how many fit
  /// @param best the best of them, the best first
  record Found(int seen, List<Hit> best) {
    static final Found NOTHING = new Found(0, List.of());
  }

  /// A memory that fits.
  record Hit(long number, double rank, Memory memory) {}

  /// Does one search, in one transaction.
  <T> T search(Function<Search, T> work) {
    return database.transaction(dsl -> work.apply(new Search(dsl, patience, characters)));
  }

  /// The statements of a search.
  static final class Search {
    private final DSLContext dsl;
    private final Duration patience;
    private final int characters;

    private Search(DSLContext dsl, Duration patience, int characters) {
      this.dsl = dsl;
      this.patience = patience;
      this.characters = characters;
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

    /// Understands a text; what follows it has a bounded time. Empty if the mesh never remembered
    /// anything.
    Optional<Wording> wording(String meshId, String text) {
      return dsl.fetchOptional(
              """
              select c.language, c.last_number, websearch_to_tsquery(c.language::regconfig, {1})::text, t.typed, t.stems,
                set_config('statement_timeout', {2}, true)
              from mesh.memory_count c
              cross join lateral (
                select array_agg(lower(t.token) order by t.place) as typed, array_agg(s.stem order by t.place) as stems
                from ts_parse('default', {1}) with ordinality as t (kind, token, place)
                cross join lateral unnest(tsvector_to_array(to_tsvector(c.language::regconfig, t.token))) as s (stem)) t
              where c.mesh_id = {0}
              """,
              DSL.val(meshId), DSL.val(text), DSL.val(String.valueOf(patience.toMillis())))
          .map(row ->
              new Wording(
                  meshId,
                  row.get(0, String.class),
                  row.get(1, Long.class),
                  row.get(2, String.class),
                  tokens(row.get(3, String[].class), row.get(4, String[].class))));
    }

    /// @param typed null if there are none
    private static List<Token> tokens(String[] typed, String[] stems) {
      return typed == null
          ? List.of()
          : IntStream.range(0, typed.length).mapToObj(i -> new Token(typed[i], stems[i])).toList();
    }

    /// Words of the mesh that begin with one of these, and these themselves, the most frequent
    /// first.
    List<Written> begun(Wording wording, Collection<String> typed) {
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
                  DSL.val(wording.meshId()),
                  DSL.val(wording.language()),
                  texts(typed),
                  DSL.inline(BEGUN),
                  DSL.inline(TAKEN))
              .map(Search::written);
    }

    /// Words of the mesh that look like one of these, the most alike first.
    List<Written> alike(Wording wording, Collection<String> typed) {
      return typed.isEmpty()
          ? List.of()
          : dsl.fetch(
                  """
                  select typed, w.word, w.memories, tsvector_to_array(to_tsvector({1}::regconfig, w.word))
                  from unnest({2}::text[]) as typed
                  cross join lateral mesh.words_alike({0}, typed, {3}) w
                  """,
                  DSL.val(wording.meshId()),
                  DSL.val(wording.language()),
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

    /// Memories on these shelves: of each shelf the newest, shelf by shelf until there are enough;
    /// of these, the best.
    Found find(Filter filter, List<String> shelves, int best) {
      return read(
          filter.reader(),
          DSL.sql(
              """
              select number, rank, count(*) over () as seen from (
                select m.number, {4} as rank
                from unnest({0}::text[]) as shelf
                cross join lateral (
                  select number, words from (
                    select number, words from mesh.memory where {1} limit {2}) held
                  order by number desc limit {3}) m
                limit {3}) m
              order by rank desc, number desc limit {5}
              """,
              texts(shelves),
              onShelf(filter),
              DSL.inline(Shelves.SIZE),
              DSL.inline(Shelves.CANDIDATES),
              filter.query().map(Search::rank).orElseGet(() -> DSL.inline(0.0)),
              DSL.val(best)));
    }

    /// The newest memories, whatever they are about.
    Found newest(Member reader, int most) {
      return read(
          reader,
          DSL.sql(
              """
              select number, 0.0 as rank, 0 as seen from mesh.memory
              where mesh_id = {0} and {1} order by number desc limit {2}
              """,
              DSL.val(reader.meshId()), readable(reader), DSL.val(most)));
    }

    /// Reads memories by their number, no further than they fit into an answer; the one that goes
    /// beyond it is the last.
    private Found read(Member reader, SQL found) {
      Result<Record> rows =
          dsl.fetch(
              """
              select seen, number, rank, id, content, tags, remembered_at, display_name, peer_pubkey
              from (
                select found.*, m.id, m.content, m.tags, m.remembered_at, a.display_name, a.peer_pubkey,
                  sum(length(m.content)) over (order by found.rank desc, found.number desc) - length(m.content) as before
                from ({0}) found
                cross join lateral (
                  select * from mesh.memory where mesh_id = {1} and number = found.number offset 0) m
                cross join lateral (
                  select * from mesh.member where id = m.remembered_by offset 0) a) read
              where before <= {2} order by rank desc, number desc
              """,
              found, DSL.val(reader.meshId()), DSL.val(characters));
      return rows.isEmpty()
          ? Found.NOTHING
          : new Found(rows.getFirst().get(0, Integer.class), rows.map(Search::hit));
    }

    private static Hit hit(Record row) {
      double rank = row.get(2, Double.class);
      return new Hit(
          row.get(1, Long.class),
          rank,
          new Memory(
              row.get(3, String.class),
              row.get(4, String.class),
              List.of(row.get(5, String[].class)),
              row.get(7, String.class),
              row.get(6, Instant.class),
              Optional.of(row.get(8, String.class)),
              Optional.of(rank).filter(some -> some > 0)));
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
      Field<Double> wide = rank(query.wide());
      return query.exact().equals(query.wide()) ? wide : rank(query.exact()).plus(wide);
    }

    private static Field<Double> rank(String query) {
      return DSL.field("ts_rank(m.words, {0}::tsquery, 1)", Double.class, DSL.val(query));
    }

    private static Condition readable(Member reader) {
      return GrantStore.granted(MEMORY.REMEMBERED_BY, reader, Grant.STATE_READ);
    }

    private static Param<String[]> texts(Collection<String> texts) {
      return DSL.val(texts.toArray(String[]::new));
    }
  }
}
