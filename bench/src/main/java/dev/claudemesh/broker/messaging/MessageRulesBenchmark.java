package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Grants;
import dev.claudemesh.broker.messaging.MessageRules.Author;
import dev.claudemesh.broker.messaging.MessageRules.Seat;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import dev.claudemesh.protocol.messaging.Priority;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What deciding about a message costs, in a mesh of some members with a session each. Stands in
/// the rules' package, because nobody else has business with them.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MessageRulesBenchmark {
  private static final int GROUPS = 10;
  private static final int HOPS = 30;

  /// Members of the mesh.
  @Param({"10", "1000"})
  int members;

  private final List<Seat> seats = new ArrayList<>();
  private final Target group = Target.parse("@team3");
  private final Target everyone = Target.parse("*");
  private Roster roster;
  private Author author;
  private Send send;

  /// Makes the mesh.
  @Setup
  public void prepare() {
    List<Roster.Entry> entries = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      List<GroupRole> groups =
          List.of(new GroupRole("team" + i % GROUPS + "/part", Optional.empty()));
      entries.add(
          new Roster.Entry("m" + i, key('a', i), "member " + i, groups, true, Grants.DEFAULT));
      seats.add(new Seat("p" + i, key('b', i), "m" + i, groups, true));
    }
    roster = Roster.of("mesh", false, 1, entries, Instant.EPOCH);
    author = new Author("p0", "m0", key('a', 0));
    send =
        new Send(
            key('b', 1),
            Priority.NEXT,
            Base64.getEncoder().encodeToString(new byte[24]),
            Base64.getEncoder().encodeToString(new byte[825]),
            Optional.of("00000042"),
            Optional.of("run-3-00000042"),
            Optional.empty(),
            Optional.of(Encryption.BOX),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  private static String key(char first, int number) {
    return first + "0".repeat(55) + String.format("%08x", number);
  }

  /// Form and secrecy of a direct message.
  @Benchmark
  public Send checkSend() {
    MessageRules.checkForm(send, HOPS);
    MessageRules.checkSecrecy(send, Kind.DIRECT, false, 1);
    return send;
  }

  /// Who a direct message is for.
  @Benchmark
  public Optional<Recipient> recipient() {
    return MessageRules.recipient(
        seats.get(1).address(), Optional.of(seats.get(1)), roster, Optional::empty);
  }

  /// Who is in a group.
  @Benchmark
  public List<Recipient> groupRecipients() {
    return MessageRules.recipients(group, author, seats, roster);
  }

  /// Who is everyone.
  @Benchmark
  public List<Recipient> broadcastRecipients() {
    return MessageRules.recipients(everyone, author, seats, roster);
  }
}
