package dev.claudemesh.broker.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/// What of a long list goes into one answer. Pure.
public final class Listed {
  private Listed() {}

  /// As many of the first as fit, at least one.
  ///
  /// @param size characters of an entry
  public static <T> List<T> fitting(List<T> entries, ToIntFunction<T> size, int most) {
    List<T> fitting = new ArrayList<>();
    int taken = 0;
    for (T entry : entries) {
      taken += size.applyAsInt(entry);
      if (taken > most && !fitting.isEmpty()) {
        break;
      }
      fitting.add(entry);
    }
    return fitting;
  }
}
