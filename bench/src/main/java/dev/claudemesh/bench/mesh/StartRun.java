package dev.claudemesh.bench.mesh;

import dev.claudemesh.bench.load.Figures;
import dev.claudemesh.bench.load.Processes;
import dev.claudemesh.bench.load.Result;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What a broker holds and how long it takes when it starts: in an empty folder, and again in the
/// same one.
///
/// @param settleSeconds how long it is left alone before its memory is looked at
public record StartRun(long settleSeconds) {
  /// Starts it twice and measures.
  public Result measure(Path folder) throws Exception {
    Figures figures = new Figures();
    try (BrokerProcess first = BrokerProcess.start(folder, Map.of())) {
      figures.put("first_start_s", first.startSeconds());
    }
    try (BrokerProcess again = BrokerProcess.start(folder, Map.of())) {
      figures.put("start_s", again.startSeconds());
      figures.put("rss_at_ready_mb", Processes.rssMb(again.broker()));
      new CountDownLatch(1).await(settleSeconds, TimeUnit.SECONDS);
      figures.put("rss_settled_mb", Processes.rssMb(again.broker()));
      figures.put("database_pss_mb", Processes.pssMb(again.database()));
      figures.put("live_heap_mb", Heap.liveBytes(again.pid()) / 1e6);
    }
    return new Result("claudemesh", "nothing is sent", true, figures.values(), List.of());
  }
}
