package dev.claudemesh.bench.commands;

import dev.claudemesh.bench.load.Chart;
import dev.claudemesh.bench.load.Contender;
import dev.claudemesh.bench.load.MessageRun;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Run;
import dev.claudemesh.bench.load.TempFolder;
import dev.claudemesh.bench.load.Workload;
import dev.claudemesh.bench.mesh.MeshContender;
import dev.claudemesh.bench.rivals.Rivals;
import java.net.URI;
import java.text.DecimalFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// One of the scenarios in which messages are sent.
@Command
public final class MessageCommand extends ScenarioCommand {
  private static final long LIMIT_SECONDS = 180;

  private final MessageScenario scenario;

  @Option(names = "--peers", paramLabel = "<n>", description = "How many peers.")
  private Integer peers;

  @Option(
      names = "--messages",
      paramLabel = "<n>",
      description = "All at once, so many of each sender.")
  private Integer messages;

  @Option(
      names = "--rate",
      paramLabel = "<n>",
      description = "Messages a second of all senders together, on a fixed schedule.")
  private Double rate;

  @Option(names = "--seconds", paramLabel = "<n>", description = "How long, with a rate.")
  private Integer seconds;

  @Option(
      names = "--body",
      paramLabel = "<n>",
      description = "Characters of base64 in each message, a multiple of 4; 1100 if absent.")
  private Integer bodyBytes;

  @Option(
      names = "--window",
      paramLabel = "<n>",
      description = "Unacked messages of one sender; 128 if absent.")
  private Integer window;

  @Option(
      names = "--warm-up",
      paramLabel = "<n>",
      description =
          "Messages of each sender before the measured ones, all at once, as brokers run for"
              + " months; 0 measures one that has just started. Some 100,000 in all if absent.")
  private Integer warmUp;

  @Option(
      names = "--limit",
      paramLabel = "<seconds>",
      description = "When to give up, beyond the time the schedule takes; 180 if absent.")
  private long limitSeconds = LIMIT_SECONDS;

  @Option(
      names = "--against",
      split = ",",
      paramLabel = "<rivals>",
      description =
          "Do the same work with rabbitmq, nats, mosquitto, those that are installed; direct"
              + " messages only.")
  private List<String> against = List.of();

  @ArgGroup(exclusive = false)
  private Elsewhere elsewhere;

  /// A broker that runs already.
  private static final class Elsewhere {
    @Option(
        names = "--url",
        required = true,
        paramLabel = "<url>",
        description = "A broker that runs already, such as ws://127.0.0.1:7900/ws.")
    private URI url;

    @Option(
        names = "--invite",
        required = true,
        paramLabel = "<link>",
        description = "An invite to one of its meshes, which every peer becomes a session of.")
    private String invite;
  }

  MessageCommand(MessageScenario scenario) {
    this.scenario = scenario;
  }

  @Override
  Run run() throws Exception {
    Workload work = scenario.work(peers, messages, rate, seconds, bodyBytes, window);
    if (work.kind() != Workload.Kind.DIRECT && !against.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--against compares direct messages; " + spec.name() + " has none");
    }
    long schedule = work.dueNanos(work.senders() - 1, work.perSender() - 1) / 1_000_000_000;
    MessageRun measuring = new MessageRun(work, warmUp(work), schedule + limitSeconds);
    List<Result> results = new ArrayList<>();
    for (Contender contender : contenders()) {
      try (TempFolder folder = TempFolder.in(dir)) {
        results.add(measuring.measure(contender, folder.path()));
      }
    }
    return new Run(
        scenario.name().toLowerCase(Locale.ROOT),
        title(work),
        commandLine(),
        Optional.of(work),
        new Chart.Percentiles(),
        notes(work),
        results);
  }

  private Optional<Workload> warmUp(Workload work) {
    int each = warmUp == null ? scenario.warmUp : warmUp;
    return each == 0 ? Optional.empty() : Optional.of(work.atOnce(each));
  }

  private List<Contender> contenders() {
    List<Contender> contenders = new ArrayList<>();
    contenders.add(
        new MeshContender(
            Optional.ofNullable(elsewhere)
                .map(other -> new MeshContender.Elsewhere(other.url, other.invite))));
    contenders.addAll(Rivals.installed(against));
    return contenders;
  }

  private static String title(Workload work) {
    String what = work.kind().name().toLowerCase(Locale.ROOT);
    return work.atOnce()
        ? "%d senders × %,d %s messages, fired at once"
            .formatted(work.senders(), work.perSender(), what)
        : "%d peers, %s %s messages a second in all"
            .formatted(work.peers(), new DecimalFormat("#.##").format(work.rate()), what);
  }

  private List<String> notes(Workload work) {
    List<String> notes = new ArrayList<>();
    notes.add(
        work.peers()
            + " peers, "
            + work.senders()
            + (work.senders() == 1 ? " sends " : " send ")
            + work.perSender()
            + " messages each ("
            + work.kind().name().toLowerCase(Locale.ROOT)
            + ", "
            + work.bodyBytes()
            + " bytes, at most "
            + work.window()
            + " unacked), "
            + (work.atOnce() ? "all due at the start" : work.rate() + " a second"));
    warmUp(work)
        .ifPresent(first ->
            notes.add(
                "after a warm-up of "
                    + first.messages()
                    + " messages of the same kind, fired at once"));
    notes.add(
        "latencies count from when a message was due, those \"from write\" from when it was handed"
            + " to the socket; generator, broker and database share the machine");
    if (elsewhere == null) {
      notes.add(loadSettings());
    }
    return notes;
  }
}
