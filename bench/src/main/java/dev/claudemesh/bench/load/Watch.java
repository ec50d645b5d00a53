package dev.claudemesh.bench.load;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Looks at the broker's processes, and at our own, from its start to its end; once a second tells
/// how far the run is.
public final class Watch implements AutoCloseable {
  private static final long LOOK_MILLIS = 100;
  private static final int LOOKS_PER_LINE = 20;

  private final Watched watched;
  private final Supplier<String> progress;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private final long startedAt = System.nanoTime();
  private final double brokerCpu;
  private final double databaseCpu;
  private final double ownCpu;
  private volatile double peakMb;

  /// Whose work is looked at.
  public interface Watched {
    /// The broker's own processes.
    List<ProcessHandle> broker();

    /// Those of a database it runs, which are counted apart.
    List<ProcessHandle> database();
  }

  private Watch(Watched watched, Supplier<String> progress) {
    this.watched = watched;
    this.progress = progress;
    this.brokerCpu = brokerCpu();
    this.databaseCpu = Processes.cpuSeconds(watched.database(), true);
    this.ownCpu = ownCpuSeconds();
    this.thread = Thread.ofPlatform().name("bench-watch").daemon().unstarted(this::look);
  }

  /// Begins to look.
  public static Watch start(Watched watched, Supplier<String> progress) {
    Watch watch = new Watch(watched, progress);
    watch.thread.start();
    return watch;
  }

  private void look() {
    try {
      for (int look = 1; !stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS); look++) {
        peakMb = Math.max(peakMb, Processes.rssMb(watched.broker()));
        if (look % LOOKS_PER_LINE == 0) {
          long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedAt);
          System.err.println("bench: " + seconds + " s: " + progress.get());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Adds what was seen up to now; nothing of a broker that runs elsewhere.
  ///
  /// @param count what the CPU of the generator is divided by
  /// @param unit what is counted, such as `message`
  public void into(Figures figures, int count, String unit) {
    if (!watched.broker().isEmpty()) {
      double rss = Processes.rssMb(watched.broker());
      figures.put("broker_cpu_s", brokerCpu() - brokerCpu);
      figures.put("broker_rss_mb", rss);
      figures.put("broker_peak_rss_mb", Math.max(peakMb, rss));
    }
    List<ProcessHandle> database = watched.database();
    if (!database.isEmpty()) {
      figures.put("database_cpu_s", Processes.cpuSeconds(database, true) - databaseCpu);
      figures.put("database_pss_mb", Processes.pssMb(database));
    }
    double own = ownCpuSeconds() - ownCpu;
    figures.put("generator_cpu_s", own);
    figures.put("generator_cpu_us_per_" + unit, own * 1e6 / Math.max(1, count));
  }

  /// The parent of a database has its children counted there.
  private double brokerCpu() {
    return Processes.cpuSeconds(watched.broker(), watched.database().isEmpty());
  }

  private static double ownCpuSeconds() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime() / 1e9
        : 0;
  }

  @Override
  public void close() {
    stop.countDown();
  }
}
