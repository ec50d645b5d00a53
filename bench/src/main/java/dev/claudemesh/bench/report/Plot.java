package dev.claudemesh.bench.report;

import dev.claudemesh.bench.load.Chart;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A run as an SVG that reads well on a light and on a dark page. Needs nothing but a browser.
public final class Plot {
  /// By percentile, each step to the right is ten times rarer.
  private static final double[] PERCENTILES = {0, 50, 90, 99, 99.9, 99.99};

  private static final double RAREST = 99.995;

  private Plot() {}

  /// Draws what the run's chart asks for.
  public static String svg(Run run) {
    return switch (run.chart()) {
      case Chart.Percentiles percentiles -> percentiles(run);
      case Chart.Timeline(String what) -> timeline(run, what);
      case Chart.Bars(String unit, List<String> figures) -> bars(run, unit, figures);
    };
  }

  private static String percentiles(Run run) {
    Svg svg = new Svg(run.title(), "end-to-end latency, ms (each step ten times)", "percentile");
    double low = Double.MAX_VALUE;
    double high = 0;
    for (Result result : run.results()) {
      for (Result.Point point : result.curve()) {
        low = Math.min(low, Math.max(point.y(), 0.01));
        high = Math.max(high, point.y());
      }
    }
    int bottom = (int) Math.floor(Math.log10(Math.min(low, Math.max(high, 0.1))));
    int top = Math.max(bottom + 1, (int) Math.ceil(Math.log10(Math.max(high, 0.1))));
    for (int power = bottom; power <= top; power++) {
      svg.horizontal((double) (power - bottom) / (top - bottom), number(Math.pow(10, power)));
    }
    for (double percentile : PERCENTILES) {
      svg.vertical(rarity(percentile), percentile == 0 ? "min" : "p" + number(percentile));
    }
    for (Result result : run.results()) {
      List<double[]> line = new ArrayList<>();
      for (Result.Point point : result.curve()) {
        double height = (Math.log10(Math.max(point.y(), 0.01)) - bottom) / (top - bottom);
        line.add(new double[] {rarity(point.x()), Math.clamp(height, 0, 1)});
      }
      svg.line(result.broker(), line);
    }
    return svg.end();
  }

  private static double rarity(double percentile) {
    double rare = -Math.log10(1 - Math.min(percentile, RAREST) / 100);
    return rare / -Math.log10(1 - RAREST / 100);
  }

  private static String timeline(Run run, String what) {
    Svg svg = new Svg(run.title(), what, "seconds");
    double right =
        run.results().stream()
            .flatMap(result -> result.curve().stream())
            .mapToDouble(Result.Point::x)
            .max()
            .orElse(1);
    double top =
        run.results().stream()
            .flatMap(result -> result.curve().stream())
            .mapToDouble(Result.Point::y)
            .max()
            .orElse(1);
    Steps across = Steps.upTo(right);
    Steps up = Steps.upTo(top);
    across.values().forEach(x -> svg.vertical(x / across.end(), number(x)));
    up.values().forEach(y -> svg.horizontal(y / up.end(), number(y)));
    for (Result result : run.results()) {
      svg.line(
          result.broker(),
          result.curve().stream()
              .map(point -> new double[] {point.x() / across.end(), point.y() / up.end()})
              .toList());
    }
    return svg.end();
  }

  private static String bars(Run run, String unit, List<String> figures) {
    Svg svg = new Svg(run.title(), unit, "");
    List<String> labels = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    for (String figure : figures) {
      for (Result result : run.results()) {
        if (result.figures().get(figure) instanceof Number value) {
          labels.add(run.results().size() == 1 ? figure.replace('_', ' ') : result.broker());
          values.add(value.doubleValue());
        }
      }
    }
    Steps up = Steps.upTo(values.stream().mapToDouble(Double::doubleValue).max().orElse(1));
    up.values().forEach(y -> svg.horizontal(y / up.end(), number(y)));
    for (int i = 0; i < values.size(); i++) {
      svg.bar(i, values.size(), values.get(i) / up.end(), labels.get(i), Table.cell(values.get(i)));
    }
    return svg.end();
  }

  /// Round numbers along an axis.
  private record Steps(double step, double end) {
    static Steps upTo(double largest) {
      double rough = Math.max(largest, 1e-9) / 5;
      double power = Math.pow(10, Math.floor(Math.log10(rough)));
      double times = rough / power;
      double step = power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
      return new Steps(step, step * Math.ceil(largest / step));
    }

    List<Double> values() {
      List<Double> values = new ArrayList<>();
      for (int i = 0; i * step <= end + step / 2; i++) {
        values.add(i * step);
      }
      return values;
    }
  }

  private static String number(double value) {
    return value >= 1_000
        ? String.format(Locale.ROOT, "%,.0f", value)
        : Table.cell(Math.round(value * 1e4) / 1e4);
  }
}
