package dev.claudemesh.bench.load;

import java.util.List;

/// A scenario and what each broker did in it.
///
/// @param command repeats it
/// @param chart what of it is drawn
/// @param notes what a reader of the figures must know
public record Run(
    String scenario,
    String title,
    String command,
    Chart chart,
    List<String> notes,
    List<Result> results) {
  /// Whether everything came as it should with every broker.
  public boolean good() {
    return results.stream().allMatch(Result::good);
  }
}
