package dev.claudemesh.bench.load;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;

/// One contender does the work of a message scenario.
public final class MessageRun {
  private final Workload work;
  private final Optional<Workload> warmUp;
  private final long limitSeconds;

  /// @param warmUp done first and not counted, so that no compiler is measured
  /// @param limitSeconds what is not done by then is counted as missing
  public MessageRun(Workload work, Optional<Workload> warmUp, long limitSeconds) {
    this.work = work;
    this.warmUp = warmUp;
    this.limitSeconds = limitSeconds;
  }

  /// Starts the contender in an empty folder, measures, and ends it.
  public Result measure(Contender contender, Path folder) throws Exception {
    System.err.println("bench: " + contender.name() + ": starting");
    Histogram disk = DiskSync.measure(folder);
    try (Contender.Line line = contender.start(folder, work)) {
      System.err.println("bench: " + contender.name() + ": " + work.peers() + " peers are ready");
      warmUp(line);
      Tally tally = new Tally(work);
      Body body = new Body(System.nanoTime());
      Figures figures = new Figures();
      try (Watch watch = Watch.start(line, tally::progress)) {
        line.run(tally, body);
        boolean complete = await(tally);
        double confirmed = complete ? line.confirmed() : 0;
        counts(figures, tally);
        latencies(figures, tally);
        if (confirmed > 0) {
          figures.put("confirmed_after_ms", confirmed * 1e3);
        }
        watch.into(figures, work.messages(), "message");
      }
      figures.put("disk_sync_p50_ms", disk.getValueAtPercentile(50) / 1e6);
      Tally.Counts counts = tally.counts();
      return new Result(
          contender.title(),
          contender.durability(),
          counts.clean(work),
          figures.values(),
          Result.curve(tally.latencies().arrival()));
    }
  }

  private void warmUp(Contender.Line line) throws Exception {
    if (warmUp.isEmpty()) {
      return;
    }
    Tally tally = new Tally(warmUp.get());
    line.run(tally, new Body(System.nanoTime()));
    if (!await(tally)) {
      throw new IllegalStateException("The warm-up was not finished");
    }
    line.confirmed();
  }

  private boolean await(Tally tally) throws InterruptedException {
    try {
      tally.complete().get(limitSeconds, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      System.err.println("bench: not done after " + limitSeconds + " s: " + tally.progress());
    } catch (ExecutionException e) {
      System.err.println("bench: cut off: " + e.getCause().getMessage());
    }
    return false;
  }

  private void counts(Figures figures, Tally tally) {
    Tally.Counts counts = tally.counts();
    figures.put("clean", counts.clean(work) ? "yes" : "NO");
    figures.put("messages", (long) work.messages());
    figures.put("acked", (long) counts.acked());
    figures.put("delivered", (long) counts.delivered());
    figures.put("missing", (long) counts.missing());
    figures.put("shown_twice", (long) counts.duplicates());
    figures.put("out_of_order", (long) counts.outOfOrder());
    figures.put("repeated_on_the_wire", (long) counts.wireRepeats());
    figures.put("sent_again", (long) counts.retries());
    if (counts.strays() > 0) {
      figures.put("strays", (long) counts.strays());
    }
    if (counts.errors() > 0) {
      figures.put("errors", (long) counts.errors());
      figures.put("first_error", counts.firstError());
    }
    double seconds = tally.seconds();
    figures.put("seconds", seconds);
    figures.put("throughput_per_s", seconds == 0 ? 0 : counts.delivered() / seconds);
  }

  private void latencies(Figures figures, Tally tally) {
    Tally.Latencies latencies = tally.latencies();
    figures.latency("ack", latencies.ack());
    figures.latency("end_to_end", latencies.arrival());
    figures.latency("ack_from_write", latencies.ackOfWritten());
    figures.latency("end_to_end_from_write", latencies.arrivalOfWritten());
    figures.put("written_late_p99_ms", latencies.lag().getValueAtPercentile(99) / 1e6);
    if (work.kind() != Workload.Kind.DIRECT) {
      figures.latency("ack_to_last_receiver", tally.spread());
    }
  }
}
