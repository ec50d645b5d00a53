package dev.claudemesh.bench.mesh;

import dev.claudemesh.bench.load.Vocabulary;
import dev.claudemesh.db.EmbeddedPostgres;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/// Puts memories into a broker's tables while no broker runs, as it would have put them there one
/// by one: their words are made by the same functions of the database.
final class MemoryLoad {
  private static final int BATCH = 10_000;
  private static final int SHORTEST = 8;
  private static final int LONGEST = 40;
  private static final int MOST_TAGS = 3;

  /// Indexes are dropped and made anew, which takes minutes less than growing them.
  private static final List<String> STORE =
      List.of(
          "drop index mesh.memory_search, mesh.memory_word_alike",
          """
          insert into mesh.memory (mesh_id, number, id, content, tags, words, remembered_by, remembered_at)
          select mesh_id, number, id, content, string_to_array(tags, ' '),
            mesh.memory_words('english', content, string_to_array(tags, ' ')), remembered_by,
            timestamptz '2026-01-01 00:00:00+00' + number * interval '1 second'
          from mesh.bench_memory order by place
          """,
          """
          insert into mesh.memory_word (mesh_id, word, memories)
          select mesh_id, word, count(*)::int from mesh.bench_memory
          cross join lateral mesh.memory_spellings(content, string_to_array(tags, ' ')) as word
          group by mesh_id, word
          """,
          """
          insert into mesh.memory_count (mesh_id, last_number, memories, language)
          select mesh_id, max(number), count(*)::int, 'english' from mesh.bench_memory group by mesh_id
          """,
          """
          create index memory_search on mesh.memory using gin (shelves, words, tags) with (fastupdate = off)
          """,
          """
          create index memory_word_alike on mesh.memory_word using gin (mesh_id, word gin_trgm_ops)
            with (fastupdate = off)
          """,
          "drop table mesh.bench_memory",
          "vacuum analyze",
          "checkpoint");

  private MemoryLoad() {}

  /// So many memories of one member of a mesh.
  record Share(MemberKeys member, int memories) {}

  /// Fills empty meshes.
  ///
  /// @param folder data folder of a broker that was started once
  static void into(Path folder, List<Share> shares, Vocabulary words)
      throws SQLException, IOException {
    try (EmbeddedPostgres server =
            EmbeddedPostgres.start(folder, line -> System.err.println("bench: " + line));
        Connection connection = connect(server);
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          create unlogged table mesh.bench_memory (place bigint generated always as identity, mesh_id text, number bigint,
            id text, content text, tags text, remembered_by text)
          """);
      for (Share share : shares) {
        copy(connection.unwrap(PGConnection.class), share, words);
      }
      System.err.println("bench: storing and indexing them");
      for (String step : STORE) {
        statement.execute(step);
      }
    }
  }

  /// No limit to how long a statement may take.
  private static Connection connect(EmbeddedPostgres server) throws SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(server.jdbcUrl());
    source.setUser(server.user());
    source.setPassword(server.password().reveal());
    source.setSocketTimeout(0);
    return source.getConnection();
  }

  private static void copy(PGConnection connection, Share share, Vocabulary words)
      throws SQLException, IOException {
    for (int from = 0; from < share.memories(); from += BATCH) {
      StringBuilder rows = new StringBuilder();
      for (int i = from; i < Math.min(from + BATCH, share.memories()); i++) {
        rows.append(share.member().meshId())
            .append('\t')
            .append(i + 1)
            .append('\t')
            .append(String.format(Locale.ROOT, "%032d", i))
            .append('\t')
            .append(words.text(SHORTEST + words.number(LONGEST - SHORTEST)))
            .append('\t')
            .append(words.text(words.number(MOST_TAGS + 1)))
            .append('\t')
            .append(share.member().memberId())
            .append('\n');
      }
      connection
          .getCopyAPI()
          .copyIn(
              "copy mesh.bench_memory (mesh_id, number, id, content, tags, remembered_by) from stdin",
              new StringReader(rows.toString()));
    }
  }
}
