package dev.claudemesh.db;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/// Rows on their way into one table by `COPY … FROM STDIN (FORMAT binary)`: the cheapest way to
/// insert many. No conflict is resolved: one refused row refuses all.
///
/// Rows go out as they are made, through a buffer of fixed size, so that the server works while the
/// next ones are made. Not thread-safe. Source: PostgreSQL documentation, COPY, "Binary Format".
public final class BinaryCopy {
  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final short END = -1;
  private static final int ABSENT = -1;

  /// PostgreSQL counts microseconds from here.
  private static final long EPOCH_MILLIS = Instant.parse("2000-01-01T00:00:00Z").toEpochMilli();

  private static final int BUFFER_BYTES = 65_536;

  private final CopyIn copy;
  private final int columns;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

  private BinaryCopy(CopyIn copy, int columns) {
    this.copy = copy;
    this.columns = columns;
    buffer.put(HEADER);
  }

  /// Inserts rows.
  ///
  /// @param transaction whose connection is used
  /// @param table with its schema
  /// @param columns in the order in which each row's values are given
  /// @param rows gives each of them by {@link #row} and one value a column
  /// @throws DataAccessException if a row is refused
  /// @throws DatabaseException if the database is busy or away
  public static void into(
      DSLContext transaction, String table, List<String> columns, Consumer<BinaryCopy> rows) {
    String sql =
        "copy " + table + " (" + String.join(", ", columns) + ") from stdin (format binary)";
    try {
      transaction.connection(connection -> {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        try {
          BinaryCopy out = new BinaryCopy(copy, columns.size());
          rows.accept(out);
          out.end();
        } finally {
          if (copy.isActive()) {
            copy.cancelCopy();
          }
        }
      });
    } catch (DataAccessException e) {
      throw DatabaseFaults.named(e);
    }
  }

  /// Begins a row; its values follow.
  public BinaryCopy row() {
    room(2).putShort((short) columns);
    return this;
  }

  public BinaryCopy text(String value) {
    byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
    room(4).putInt(encoded.length);
    put(encoded);
    return this;
  }

  public BinaryCopy text(Optional<String> value) {
    return value.isPresent() ? text(value.get()) : absent();
  }

  /// An `int`.
  public BinaryCopy whole(int value) {
    room(8).putInt(4).putInt(value);
    return this;
  }

  public BinaryCopy whole(Optional<Integer> value) {
    return value.isPresent() ? whole(value.get()) : absent();
  }

  /// A `bigint`.
  public BinaryCopy big(long value) {
    room(12).putInt(8).putLong(value);
    return this;
  }

  public BinaryCopy bool(boolean value) {
    room(5).putInt(1).put((byte) (value ? 1 : 0));
    return this;
  }

  /// A `timestamptz`, to the millisecond.
  public BinaryCopy time(Instant value) {
    return big((value.toEpochMilli() - EPOCH_MILLIS) * 1_000);
  }

  private BinaryCopy absent() {
    room(4).putInt(ABSENT);
    return this;
  }

  private void put(byte[] bytes) {
    int from = 0;
    while (from < bytes.length) {
      int part = Math.min(bytes.length - from, room(1).remaining());
      buffer.put(bytes, from, part);
      from += part;
    }
  }

  /// The buffer with so much room.
  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      flush();
    }
    return buffer;
  }

  private void flush() {
    try {
      copy.writeToCopy(buffer.array(), 0, buffer.position());
    } catch (SQLException e) {
      throw new DataAccessException("Rows could not be copied", e);
    }
    buffer.clear();
  }

  private void end() throws SQLException {
    room(2).putShort(END);
    flush();
    copy.endCopy();
  }
}
