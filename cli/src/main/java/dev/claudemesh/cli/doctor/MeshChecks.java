package dev.claudemesh.cli.doctor;

import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.mesh.Brokers;
import dev.claudemesh.cli.mesh.Reach;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Each mesh: whether its broker is there, takes us, keeps the same time, and whether we hold the
/// mesh key.
final class MeshChecks {
  private static final int PROTOCOL = 1;
  private static final Duration SKEW = Duration.ofSeconds(10);

  private final Context context;

  MeshChecks(Context context) {
    this.context = context;
  }

  List<Finding> findings(List<Membership> members) throws InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<List<Finding>>> asked =
          members.stream().<Callable<List<Finding>>>map(member -> () -> of(member)).toList();
      return threads.invokeAll(asked).stream()
          .map(Future::resultNow)
          .flatMap(List::stream)
          .toList();
    }
  }

  private List<Finding> of(Membership member) {
    Reach reach;
    try {
      Brokers.webSocket(member.brokerUrl().toString());
      reach = Reach.of(context, member);
    } catch (Problem e) {
      return List.of(refused(member, e));
    }
    List<Finding> findings = new ArrayList<>();
    findings.add(
        Finding.good(
            "broker",
            member.slug()
                + ": "
                + member.brokerUrl()
                + " answers in "
                + reach.time().toMillis()
                + " ms and knows you"));
    HelloAck hello = reach.hello();
    if (hello.protocolVersion() > PROTOCOL) {
      findings.add(
          Finding.warning(
              "protocol",
              member.slug()
                  + ": the broker speaks protocol "
                  + hello.protocolVersion()
                  + ", this claudemesh "
                  + PROTOCOL,
              "git pull, and run claudemesh again"));
    }
    Duration skew = Duration.between(context.clock().instant(), hello.serverTime()).abs();
    if (skew.compareTo(SKEW) > 0) {
      findings.add(
          Finding.warning(
              "clock",
              member.slug()
                  + ": your clock and the broker's differ by "
                  + skew.toSeconds()
                  + " s; from a minute on it refuses you",
              "set the clock: timedatectl set-ntp true"));
    }
    findings.add(
        reach.holdsKey()
            ? Finding.good(
                "mesh_key", member.slug() + ": you hold the mesh key of epoch " + hello.epoch())
            : Finding.warning(
                "mesh_key",
                member.slug()
                    + ": the mesh key of epoch "
                    + hello.epoch()
                    + " is still to come; group messages wait for it",
                "ask a member who has it to run any command, such as claudemesh peers"));
    return findings;
  }

  private static Finding refused(Membership member, Problem problem) {
    String what = member.slug() + ": " + problem.getMessage();
    return switch (problem.code()) {
      case UNREACHABLE, TIMEOUT ->
          Finding.bad(
              "broker",
              ExitCode.NETWORK,
              what,
              Brokers.isLocal(member.brokerUrl())
                  ? start(member.brokerUrl())
                  : "check the network, or ask who runs " + member.brokerUrl().getHost());
      case TIMESTAMP_SKEW ->
          Finding.bad("clock", ExitCode.AUTH, what, "set the clock: timedatectl set-ntp true");
      case UNAUTHORIZED,
          REVOKED,
          MESH_NOT_FOUND,
          NOT_FOUND,
          BAD_SIGNATURE,
          PARENT_MEMBER_ID_MISMATCH ->
          Finding.bad(
              "membership",
              ExitCode.AUTH,
              what,
              "claudemesh leave " + member.slug() + " --local, then claudemesh join <a new link>");
      case INVALID_ARGUMENT ->
          Finding.bad(
              "broker",
              ExitCode.ARGUMENTS,
              what,
              "correct brokerUrl in config.json, or take the entry out and join the mesh again");
      case ProblemCode other ->
          Finding.bad(
              "broker",
              ExitCode.NETWORK,
              what + " (" + other.wireName() + ")",
              "look into the broker's log");
    };
  }

  /// The command that starts a broker where the mesh expects it.
  private static String start(URI broker) {
    int port = broker.getPort();
    return port < 0 || port == Brokers.DEFAULT.getPort()
        ? "claudemesh broker"
        : "claudemesh broker --port " + port;
  }
}
