package dev.claudemesh.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// What one broker did in one scenario.
///
/// @param broker its name and version
/// @param durability what an ack of it means
/// @param good whether everything came as it should
/// @param curve what the run's chart draws as a line; empty where it draws none
public record Result(
    String broker,
    String durability,
    boolean good,
    Map<String, Object> figures,
    List<Point> curve) {
  private static final double[] PERCENTILES = {
    0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.9, 99.95, 99.99, 100
  };

  /// One point of a curve.
  public record Point(double x, double y) {}

  /// Milliseconds by percentile.
  public static List<Point> curve(Histogram histogram) {
    List<Point> points = new ArrayList<>();
    for (double percentile : PERCENTILES) {
      points.add(new Point(percentile, histogram.getValueAtPercentile(percentile) / 1e6));
    }
    return points;
  }
}
