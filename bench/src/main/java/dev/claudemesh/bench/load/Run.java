package dev.claudemesh.bench.load;

import java.util.List;

/// A scenario and what each broker did in it.
///
/// @param command repeats it
/// @param headline the figures that stand in the short table of the report, most telling first
/// @param notes what a reader of the figures must know
public record Run(
    String scenario,
    String title,
    String command,
    List<String> headline,
    List<String> notes,
    List<Result> results) {
  /// Whether everything came as it should with every broker.
  public boolean good() {
    return results.stream().allMatch(Result::good);
  }
}
