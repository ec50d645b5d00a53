package dev.claudemesh.db;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/// Rows on their way into one table by `COPY … FROM STDIN (FORMAT binary)`: the cheapest way to
/// insert many. No conflict is resolved: one refused row refuses all.
///
/// Holds the rows in memory until {@link #into}. Not thread-safe. Source: PostgreSQL documentation,
/// COPY, "Binary Format".
public final class BinaryCopy {
  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };

  /// PostgreSQL counts microseconds from here.
  private static final long EPOCH_MILLIS = Instant.parse("2000-01-01T00:00:00Z").toEpochMilli();

  private static final int ABSENT = -1;

  private final String sql;
  private final int columns;
  private byte[] bytes;
  private int length;

  /// @param table with its schema
  /// @param columns in the order in which each row's values will be given
  /// @param sizeHint bytes that all rows will take, roughly
  public BinaryCopy(String table, int sizeHint, String... columns) {
    this.sql = "copy " + table + " (" + String.join(", ", columns) + ") from stdin (format binary)";
    this.columns = columns.length;
    this.bytes = new byte[Math.max(64, sizeHint)];
    put(HEADER);
  }

  /// Begins a row; its values follow.
  public BinaryCopy row() {
    room(2);
    bytes[length++] = (byte) (columns >> 8);
    bytes[length++] = (byte) columns;
    return this;
  }

  public BinaryCopy text(String value) {
    byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
    int32(encoded.length);
    put(encoded);
    return this;
  }

  public BinaryCopy text(Optional<String> value) {
    return value.isPresent() ? text(value.get()) : absent();
  }

  /// An `int`.
  public BinaryCopy whole(int value) {
    int32(4);
    int32(value);
    return this;
  }

  public BinaryCopy whole(Optional<Integer> value) {
    return value.isPresent() ? whole(value.get()) : absent();
  }

  /// A `bigint`.
  public BinaryCopy big(long value) {
    int32(8);
    int64(value);
    return this;
  }

  public BinaryCopy bool(boolean value) {
    int32(1);
    room(1);
    bytes[length++] = (byte) (value ? 1 : 0);
    return this;
  }

  /// A `timestamptz`, to the millisecond.
  public BinaryCopy time(Instant value) {
    return big((value.toEpochMilli() - EPOCH_MILLIS) * 1_000);
  }

  private BinaryCopy absent() {
    int32(ABSENT);
    return this;
  }

  /// Sends the rows.
  ///
  /// @param transaction whose connection is used
  /// @throws DataAccessException if a row is refused
  /// @throws DatabaseException if the database is busy or away
  public void into(DSLContext transaction) {
    transaction.connection(connection -> {
      try {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        try {
          copy.writeToCopy(bytes, 0, length);
          copy.writeToCopy(new byte[] {(byte) 0xff, (byte) 0xff}, 0, 2);
          copy.endCopy();
        } finally {
          if (copy.isActive()) {
            copy.cancelCopy();
          }
        }
      } catch (SQLException e) {
        throw DatabaseFaults.named(new DataAccessException("Rows could not be copied", e));
      }
    });
  }

  private void int32(int value) {
    room(4);
    bytes[length++] = (byte) (value >> 24);
    bytes[length++] = (byte) (value >> 16);
    bytes[length++] = (byte) (value >> 8);
    bytes[length++] = (byte) value;
  }

  private void int64(long value) {
    int32((int) (value >> 32));
    int32((int) value);
  }

  private void put(byte[] more) {
    room(more.length);
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
  }

  private void room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
    }
  }
}
