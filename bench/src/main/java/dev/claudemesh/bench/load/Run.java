package dev.claudemesh.bench.load;

import java.util.List;
import java.util.Optional;

/// A scenario and what each broker did in it.
///
/// @param command repeats it
/// @param work what was sent; empty where nothing was
/// @param chart what of it is drawn
/// @param notes what a reader of the figures must know
public record Run(
    String scenario,
    String title,
    String command,
    Optional<Workload> work,
    Chart chart,
    List<String> notes,
    List<Result> results) {
  /// Whether everything came as it should with every broker.
  public boolean good() {
    return results.stream().allMatch(Result::good);
  }
}
