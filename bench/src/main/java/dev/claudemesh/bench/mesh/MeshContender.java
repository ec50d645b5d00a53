package dev.claudemesh.bench.mesh;

import dev.claudemesh.bench.load.Body;
import dev.claudemesh.bench.load.Contender;
import dev.claudemesh.bench.load.Tally;
import dev.claudemesh.bench.load.Workload;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// A broker of this protocol: one that is started for the run, or one that runs somewhere.
///
/// @param elsewhere the address of the latter and an invite to one of its meshes
public record MeshContender(Optional<Elsewhere> elsewhere) implements Contender {
  private static final int MOST_MEMBERS = 100;
  private static final long CONNECT_SECONDS = 120;
  private static final long CONFIRM_SECONDS = 60;

  /// A broker that is not ours to start.
  public record Elsewhere(URI url, String invite) {}

  @Override
  public String name() {
    return "claudemesh";
  }

  @Override
  public String title() {
    return elsewhere.map(other -> "broker at " + other.url()).orElse("claudemesh");
  }

  @Override
  public String durability() {
    return elsewhere.isPresent()
        ? "unknown: whatever that broker does before its ack"
        : "acked after the commit is on disk (fdatasync of PostgreSQL's log, group commit); each"
            + " receiver confirms each message";
  }

  @Override
  public Line start(Path folder, Workload work) throws Exception {
    Optional<BrokerProcess> process =
        elsewhere.isPresent()
            ? Optional.empty()
            : Optional.of(BrokerProcess.start(folder, Map.of()));
    URI url = elsewhere.map(Elsewhere::url).orElseGet(() -> process.orElseThrow().url());
    Fleet fleet = new Fleet(url);
    try {
      List<MemberKeys> members =
          elsewhere
              .map(other -> List.of(Meshes.join(other.url(), other.invite())))
              .orElseGet(() -> Meshes.found(url, Math.min(work.peers(), MOST_MEMBERS)));
      fleet.connect(seats(members, work.peers()), CONNECT_SECONDS);
    } catch (Exception e) {
      fleet.close();
      process.ifPresent(BrokerProcess::close);
      throw e;
    }
    return new MeshLine(process, fleet);
  }

  /// Sessions of the members in turn.
  static List<MemberKeys.Seat> seats(List<MemberKeys> members, int peers) {
    return IntStream.range(0, peers)
        .mapToObj(i -> members.get(i % members.size()).seat("peer " + i, List.of(Fleet.GROUP)))
        .toList();
  }

  private record MeshLine(Optional<BrokerProcess> process, Fleet fleet) implements Line {
    @Override
    public void run(Tally tally, Body body) {
      fleet.run(tally, body, Long.toString(System.nanoTime(), Character.MAX_RADIX));
    }

    @Override
    public double confirmed() throws Exception {
      return fleet.confirmed(CONFIRM_SECONDS);
    }

    @Override
    public List<ProcessHandle> broker() {
      return process.map(BrokerProcess::broker).orElse(List.of());
    }

    @Override
    public List<ProcessHandle> database() {
      return process.map(BrokerProcess::database).orElse(List.of());
    }

    @Override
    public void close() {
      fleet.close();
      process.ifPresent(BrokerProcess::close);
    }
  }
}
