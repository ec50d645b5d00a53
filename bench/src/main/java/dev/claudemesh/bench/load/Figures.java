package dev.claudemesh.bench.load;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// Named figures in the order they are shown; a name ends in its unit. One thread.
public final class Figures {
  private static final double MILLIS = 1e6;

  private final Map<String, Object> values = new LinkedHashMap<>();

  public Figures put(String name, long value) {
    values.put(name, value);
    return this;
  }

  /// Keeps four digits: more would be noise.
  public Figures put(String name, double value) {
    values.put(name, rounded(value));
    return this;
  }

  public Figures put(String name, String value) {
    values.put(name, value);
    return this;
  }

  /// p50, p95, p99 and the largest, in milliseconds.
  public Figures latency(String name, Histogram histogram) {
    put(name + "_p50_ms", histogram.getValueAtPercentile(50) / MILLIS);
    put(name + "_p95_ms", histogram.getValueAtPercentile(95) / MILLIS);
    put(name + "_p99_ms", histogram.getValueAtPercentile(99) / MILLIS);
    return put(name + "_max_ms", histogram.getMaxValue() / MILLIS);
  }

  public Map<String, Object> values() {
    return Collections.unmodifiableMap(values);
  }

  private static double rounded(double value) {
    if (value == 0 || !Double.isFinite(value)) {
      return 0;
    }
    double scale = Math.pow(10, 3 - Math.floor(Math.log10(Math.abs(value))));
    return Math.round(value * scale) / scale;
  }
}
