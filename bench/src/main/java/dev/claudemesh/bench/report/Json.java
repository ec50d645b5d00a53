package dev.claudemesh.bench.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.bench.load.Machine;
import dev.claudemesh.bench.load.Run;
import dev.claudemesh.protocol.Wire;

/// A run as one line of JSON.
public final class Json {
  private Json() {}

  /// The line and all that is in it.
  record Line(
      @JsonProperty("schema_version") String schemaVersion,
      Machine machine,
      boolean good,
      Run run) {}

  /// Ends without a line break.
  public static String line(Run run, Machine machine) {
    return Wire.mapper().writeValueAsString(new Line("1.0", machine, run.good(), run));
  }
}
