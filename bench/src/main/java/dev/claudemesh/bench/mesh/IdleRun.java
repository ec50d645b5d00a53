package dev.claudemesh.bench.mesh;

import dev.claudemesh.bench.load.Figures;
import dev.claudemesh.bench.load.Processes;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Watch;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// Many peers that connect at once and then do nothing: how fast they get in, what each costs, and
/// whether all are still there after some pings.
///
/// @param meshes rooms the peers are spread over, each with one member; a mesh is a team, not a
///   city
/// @param holdSeconds how long they stay
public record IdleRun(int peers, int meshes, long holdSeconds) {
  private static final int OTHER_FILES = 300;
  private static final long CONNECT_SECONDS = 300;
  private static final int FIRST = 200;

  /// Starts a broker in an empty folder and measures.
  public Result measure(Path folder) throws Exception {
    checkFiles();
    try (BrokerProcess broker = BrokerProcess.start(folder, Map.of())) {
      List<MemberKeys> members = Meshes.founders(broker.url(), meshes);
      warmUp(broker, members);
      long heapBefore = Heap.liveBytes(broker.pid());
      double rssBefore = Processes.rssMb(broker.broker());
      List<MemberKeys.Seat> seats =
          IntStream.range(0, peers)
              .mapToObj(i -> members.get(i % meshes).seat("peer " + i, List.of()))
              .toList();
      Figures figures = new Figures();
      boolean good;
      List<Result.Point> arrivals;
      try (Fleet fleet = new Fleet(broker.url());
          Watch watch = Watch.start(broker, () -> "connecting " + peers + " peers")) {
        System.err.println("bench: signing " + peers + " hellos");
        double seconds = fleet.connect(seats, CONNECT_SECONDS);
        figures.put("peers", (long) peers);
        figures.put("hellos_per_s", peers / seconds);
        figures.put("hellos_told_to_come_back", (long) fleet.refusals());
        long heap = Heap.liveBytes(broker.pid()) - heapBefore;
        figures.put("heap_per_peer_kb", heap / 1_000.0 / peers);
        figures.put(
            "rss_per_peer_kb", (Processes.rssMb(broker.broker()) - rssBefore) * 1_000 / peers);
        new CountDownLatch(1).await(holdSeconds, TimeUnit.SECONDS);
        arrivals = fleet.arrivals();
        long lost = fleet.losses();
        figures.put("held_s", holdSeconds);
        figures.put("lost", lost);
        good = lost == 0;
        watch.into(figures, peers, "peer");
      }
      return new Result(
          "claudemesh",
          "each peer is a row in PostgreSQL before its hello_ack",
          good,
          figures.values(),
          arrivals);
    }
  }

  /// The first hellos of a JVM would be charged with loading its classes. They are gone before the
  /// others come.
  private static void warmUp(BrokerProcess broker, List<MemberKeys> members) throws Exception {
    try (Fleet fleet = new Fleet(broker.url())) {
      fleet.connect(MeshContender.seats(members, FIRST), CONNECT_SECONDS);
    }
  }

  private void checkFiles() {
    if (ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.UnixOperatingSystemMXBean system
        && system.getMaxFileDescriptorCount() < peers + OTHER_FILES) {
      throw new IllegalStateException(
          "This shell allows a process "
              + system.getMaxFileDescriptorCount()
              + " files; "
              + peers
              + " peers need more: ulimit -n "
              + (peers + 1_000));
    }
  }
}
