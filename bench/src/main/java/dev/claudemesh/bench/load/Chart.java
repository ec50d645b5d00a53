package dev.claudemesh.bench.load;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/// What of a run is drawn.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Chart.Percentiles.class, name = "percentiles"),
  @JsonSubTypes.Type(value = Chart.Timeline.class, name = "timeline"),
  @JsonSubTypes.Type(value = Chart.Bars.class, name = "bars")
})
public sealed interface Chart {
  /// End-to-end latency by percentile, a line a broker.
  record Percentiles() implements Chart {}

  /// Something that grows over seconds, a line a broker.
  record Timeline(String what) implements Chart {}

  /// Some figures of one unit, a bar a figure and broker.
  record Bars(String unit, List<String> figures) implements Chart {}
}
