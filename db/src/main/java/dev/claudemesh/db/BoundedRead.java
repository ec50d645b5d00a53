package dev.claudemesh.db;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jooq.Cursor;
import org.jooq.Record;
import org.jooq.ResultQuery;

/// Reads rows that can be long: few at a time, and no further than they are wanted, so that one
/// list cannot fill the memory.
public final class BoundedRead {
  private static final int READ_AT_ONCE = 50;

  private BoundedRead() {}

  /// The first rows. Run it in a transaction: outside of one, the driver reads them all at once.
  ///
  /// @param size characters of an entry
  /// @param most characters; the entry that goes beyond it is the last, but never the only one
  public static <T> List<T> of(
      ResultQuery<? extends Record> query,
      Function<Record, T> entry,
      ToIntFunction<T> size,
      int most) {
    List<T> read = new ArrayList<>();
    int taken = 0;
    try (Cursor<? extends Record> rows = query.fetchSize(READ_AT_ONCE).fetchLazy()) {
      while ((taken <= most || read.size() < 2) && rows.hasNext()) {
        T next = entry.apply(rows.fetchNext());
        taken += size.applyAsInt(next);
        read.add(next);
      }
    }
    return read;
  }
}
