package dev.claudemesh.bench.report;

import dev.claudemesh.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// What JMH measured, as a table for the page.
public final class JmhTable {
  private JmhTable() {}

  /// @param results the JSON that `-rf json` makes JMH write
  public static String markdown(String results) {
    StringBuilder out =
        new StringBuilder("| Benchmark | Parameters | Time | ± (99.9 %) |\n|---|---|--:|--:|\n");
    for (JsonNode one : Wire.mapper().readTree(results)) {
      JsonNode metric = one.path("primaryMetric");
      String[] name = one.path("benchmark").asString().split("\\.");
      out.append("| ")
          .append(name[name.length - 2].replace("Benchmark", ""))
          .append('.')
          .append(name[name.length - 1])
          .append(" | ")
          .append(parameters(one.path("params")))
          .append(" | ")
          .append(microseconds(metric.path("score")))
          .append(" | ")
          .append(microseconds(metric.path("scoreError")))
          .append(" |\n");
    }
    return out.toString();
  }

  private static String parameters(JsonNode params) {
    List<String> all = new ArrayList<>();
    params
        .properties()
        .forEach(entry -> all.add(entry.getKey() + " " + entry.getValue().asString()));
    return String.join(", ", all);
  }

  /// JMH writes an error that it cannot tell as the text NaN.
  private static String microseconds(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.3f µs", value.asDouble()) : "";
  }
}
