package dev.claudemesh.bench.mesh;

import dev.claudemesh.bench.load.Body;
import dev.claudemesh.bench.load.Figures;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Workload;
import dev.claudemesh.db.BinaryCopy;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.DatabaseConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// PostgreSQL itself, as fast as one connection goes: the rows that the broker writes for the same
/// messages, copied in binary, so many messages to a commit, with nobody to ack, deliver or
/// confirm.
///
/// @param batch messages of one commit
public record CopyRun(Workload work, int batch) {
  private static final String MESH = "m".repeat(32);
  private static final String MEMBER = "e".repeat(32);
  private static final String KEY = "a".repeat(64);
  private static final String NONCE = "QkVOQ0hCRU5DSEJFTkNIQkVOQ0hCRU5D";
  private static final List<String> MESSAGE =
      List.of(
          "id",
          "mesh_id",
          "sender_member_id",
          "sender_address",
          "target_spec",
          "kind",
          "priority",
          "enc",
          "nonce",
          "ciphertext",
          "client_message_id",
          "hops",
          "notify",
          "created_at",
          "expires_at");
  private static final List<String> DELIVERY =
      List.of(
          "message_id",
          "recipient_key",
          "mesh_id",
          "recipient_member_id",
          "seq",
          "priority_rank",
          "notify");
  private static final int ROWS_PER_MESSAGE = 2;

  /// Starts a PostgreSQL like the broker's in an empty folder and measures.
  public Result measure(Path folder) {
    try (Database database =
        Database.open(
            DatabaseConfig.embedded(folder), line -> System.err.println("bench: " + line))) {
      copy(database, "warm", work.messages() / 5);
      double seconds = copy(database, "bench", work.messages());
      Figures figures = new Figures();
      figures.put("messages", (long) work.messages());
      figures.put("seconds", seconds);
      figures.put("throughput_per_s", work.messages() / seconds);
      figures.put("rows_per_s", ROWS_PER_MESSAGE * work.messages() / seconds);
      return new Result(
          "PostgreSQL, bare COPY",
          "each batch of " + batch + " messages committed to disk (fdatasync)",
          true,
          figures.values(),
          List.of());
    }
  }

  /// @return seconds it took
  private double copy(Database database, String run, int messages) {
    String ciphertext =
        new String(
            new Body(System.nanoTime()).blank(work.bodyBytes(), 0), StandardCharsets.US_ASCII);
    long before = System.nanoTime();
    for (int from = 0; from < messages; from += batch) {
      int first = from;
      int last = Math.min(from + batch, messages);
      database.transaction(transaction -> {
        BinaryCopy.into(
            transaction,
            "mesh.message",
            MESSAGE,
            rows -> messages(rows, run, first, last, ciphertext));
        BinaryCopy.into(
            transaction, "mesh.delivery", DELIVERY, rows -> deliveries(rows, run, first, last));
        return last;
      });
    }
    return (System.nanoTime() - before) / 1e9;
  }

  private static void messages(BinaryCopy rows, String run, int from, int to, String ciphertext) {
    Instant now = Instant.now();
    for (int i = from; i < to; i++) {
      rows.row()
          .text(id(run, i))
          .text(MESH)
          .text(MEMBER)
          .text(KEY)
          .text(KEY)
          .text("direct")
          .text("next")
          .text(Optional.of("box"))
          .text(NONCE)
          .text(ciphertext)
          .text(id(run, i))
          .whole(0)
          .bool(false)
          .time(now)
          .time(now.plus(Duration.ofDays(7)));
    }
  }

  private static void deliveries(BinaryCopy rows, String run, int from, int to) {
    for (int i = from; i < to; i++) {
      rows.row().text(id(run, i)).text(KEY).text(MESH).text(MEMBER).big(i).whole(1).bool(false);
    }
  }

  /// As long as the broker's ids, and in order as those.
  private static String id(String run, int number) {
    String digits = Integer.toString(number);
    return run + "0".repeat(32 - run.length() - digits.length()) + digits;
  }
}
