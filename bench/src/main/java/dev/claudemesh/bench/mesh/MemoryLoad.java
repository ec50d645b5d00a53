package dev.claudemesh.bench.mesh;

import dev.claudemesh.bench.load.Vocabulary;
import dev.claudemesh.db.BinaryCopy;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.DatabaseConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// Puts memories into a broker's tables while no broker runs, as it would have put them there one
/// by one: the words are made by the same functions of the database.
final class MemoryLoad {
  private static final int BATCH = 10_000;
  private static final int SHORTEST = 8;
  private static final int LONGEST = 40;
  private static final int MOST_TAGS = 3;
  private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<String> COLUMNS =
      List.of("mesh_id", "number", "id", "content", "tags", "remembered_by", "remembered_at");

  private MemoryLoad() {}

  /// So many memories of one member of a mesh.
  record Shelf(MemberKeys member, int memories) {}

  /// Fills empty meshes.
  ///
  /// @param folder data folder of a broker that was started once
  static void into(Path folder, List<Shelf> shelves, Vocabulary words) {
    DatabaseConfig config = DatabaseConfig.embedded(folder).withStatementLimit(Duration.ofHours(1));
    try (Database database = Database.open(config, line -> System.err.println("bench: " + line))) {
      run(
          database,
          """
          create unlogged table mesh.bench_memory (mesh_id text, number bigint, id text, content text, tags text,
            remembered_by text, remembered_at timestamptz)
          """);
      shelves.forEach(shelf -> copy(database, shelf, words));
      System.err.println("bench: indexing the memories");
      run(database, "drop index mesh.memory_search, mesh.memory_word_alike");
      run(
          database,
          """
          insert into mesh.memory (mesh_id, number, id, content, tags, words, remembered_by, remembered_at)
          select mesh_id, number, id, content, string_to_array(tags, ' '),
            mesh.memory_words('english', content, string_to_array(tags, ' ')), remembered_by, remembered_at
          from mesh.bench_memory
          """);
      run(
          database,
          """
          insert into mesh.memory_word (mesh_id, word, memories)
          select mesh_id, word, count(*)::int from mesh.bench_memory
          cross join lateral mesh.memory_spellings(content, string_to_array(tags, ' ')) as word
          group by mesh_id, word
          """);
      run(
          database,
          """
          insert into mesh.memory_count (mesh_id, last_number, memories, language)
          select mesh_id, max(number), count(*)::int, 'english' from mesh.bench_memory group by mesh_id
          """);
      run(
          database,
          "create index memory_search on mesh.memory using gin (shelves, words, tags) with"
              + " (fastupdate = off)");
      run(
          database,
          "create index memory_word_alike on mesh.memory_word using gin (mesh_id, word gin_trgm_ops)"
              + " with (fastupdate = off)");
      run(database, "drop table mesh.bench_memory");
      run(database, "vacuum analyze mesh.memory");
      run(database, "vacuum analyze mesh.memory_word");
      run(database, "checkpoint");
    }
  }

  private static void run(Database database, String sql) {
    database.dsl().execute(sql);
  }

  private static void copy(Database database, Shelf shelf, Vocabulary words) {
    for (int from = 0; from < shelf.memories(); from += BATCH) {
      int first = from;
      int last = Math.min(from + BATCH, shelf.memories());
      database.transaction(transaction -> {
        BinaryCopy.into(
            transaction,
            "mesh.bench_memory",
            COLUMNS,
            rows -> rows(rows, shelf, words, first, last));
        return last;
      });
    }
  }

  private static void rows(BinaryCopy rows, Shelf shelf, Vocabulary words, int from, int to) {
    for (int i = from; i < to; i++) {
      int length = SHORTEST + words.number(LONGEST - SHORTEST);
      rows.row()
          .text(shelf.member().meshId())
          .big(i + 1)
          .text(String.format(Locale.ROOT, "%032d", i))
          .text(words.text(length))
          .text(words.text(words.number(MOST_TAGS + 1)))
          .text(shelf.member().memberId())
          .time(FIRST.plusSeconds(i));
    }
  }
}
