package dev.claudemesh.bench.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.bench.load.Machine;
import dev.claudemesh.bench.load.Run;
import dev.claudemesh.protocol.Wire;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// A run as one line of JSON.
public final class Json {
  private Json() {}

  /// The line and all that is in it.
  public record Line(
      @JsonProperty("schema_version") String schemaVersion,
      Instant at,
      Machine machine,
      boolean good,
      Run run) {}

  /// Reads a line back.
  public static Line read(String line) {
    return Wire.mapper().readValue(line, Line.class);
  }

  /// Ends without a line break.
  public static String line(Run run, Machine machine) {
    return Wire.mapper()
        .writeValueAsString(
            new Line(
                "1.0", Instant.now().truncatedTo(ChronoUnit.SECONDS), machine, run.good(), run));
  }
}
