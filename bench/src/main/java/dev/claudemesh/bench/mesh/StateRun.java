package dev.claudemesh.bench.mesh;

import dev.claudemesh.bench.load.Figures;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Watch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// How fast shared values are read over the socket: by one peer alone, and by many who ask as fast
/// as they are answered.
///
/// @param peers of the many
/// @param window questions each of them has under way
/// @param warmUp seconds before
/// @param seconds of each part
/// @param valueBytes of each value
public record StateRun(int peers, int window, long warmUp, long seconds, int valueBytes) {
  /// Below the rate at which the broker says `rate_limited` to one connection.
  private static final int LONE_PER_SECOND = 150;

  /// Starts a broker in an empty folder and measures.
  public Result measure(Path folder) throws Exception {
    Figures figures = new Figures();
    try (BrokerProcess broker = BrokerProcess.start(folder, Map.of());
        Askers askers = new Askers(broker.url())) {
      MemberKeys member = Meshes.founders(broker.url(), 1).getFirst();
      askers.connect(member, peers);
      askers.fill(valueBytes);
      System.err.println("bench: warming up for " + warmUp + " s");
      askers.ask(peers, window, 0, warmUp);
      Histogram lone = askers.ask(1, 1, LONE_PER_SECOND, seconds);
      figures.put("lone_asks", lone.getTotalCount());
      figures.latency("lone", lone);
      try (Watch watch = Watch.start(broker, () -> peers + " peers ask")) {
        Histogram many = askers.ask(peers, window, 0, seconds);
        figures.put("asks_per_s", many.getTotalCount() / (double) seconds);
        figures.latency("asks", many);
        watch.into(figures, Math.toIntExact(many.getTotalCount()), "ask");
      }
    }
    return new Result(
        "claudemesh", "each answer is read from PostgreSQL", true, figures.values(), List.of());
  }
}
