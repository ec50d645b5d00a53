package dev.claudemesh.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.bench.Bench;
import dev.claudemesh.bench.faults.FaultRun.Done;
import dev.claudemesh.bench.faults.Finding.Kind;
import dev.claudemesh.bench.faults.Schedule.Pace;
import dev.claudemesh.protocol.Wire;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ReportTest {
  private static final FaultRun.Options OPTIONS =
      new FaultRun.Options(
          7,
          Path.of("folder"),
          Duration.ofSeconds(30),
          Pace.HASTY,
          3,
          100,
          Optional.of(true),
          Optional.of(true));

  private static final Checker.Tally TALLY =
      new Checker.Tally(10, 9, 8, Map.of("too_large", 1), 20, 0, Map.of());

  private static Report report(List<Finding> findings, List<Done> timeline, Entry... ledger) {
    return Report.of(
        OPTIONS,
        OPTIONS.schedule(),
        TALLY,
        findings,
        timeline,
        Map.of(),
        Map.of("ana-0", List.of(ledger)));
  }

  @Test
  void a_run_without_findings_is_clean_and_one_with_a_finding_is_not() {
    assertThat(report(List.of(), List.of()).clean()).isTrue();
    assertThat(report(List.of(Finding.of(Kind.LOST, "gone")), List.of()).clean()).isFalse();
  }

  @Test
  void the_time_to_recover_is_the_longest_from_the_end_of_a_fault_to_the_next_ack() {
    Fault kill = new Fault.BrokerKill(Duration.ofSeconds(1));
    Report report =
        report(
            List.of(),
            List.of(
                new Done(kill, true, 100, 200),
                new Done(new Fault.Cut(1), false, 600, 650),
                new Done(kill, true, 1_000, 1_100),
                // nobody was served before the next one: it says nothing
                new Done(kill, true, 2_000, 2_100),
                new Done(kill, true, 2_200, 2_300)),
            new Entry.Acked(150, 1, "a", 1),
            new Entry.Acked(250, 2, "b", 1),
            new Entry.Acked(1_500, 3, "c", 1),
            new Entry.Acked(2_310, 4, "d", 1));
    assertThat(report.recoverMillis()).isEqualTo(400);
    assertThat(report.kills()).isEqualTo(4);
    assertThat(report.faults()).containsEntry("broker kill", 4).containsEntry("cut", 1);
  }

  @Test
  void programs_get_the_result_as_one_object() {
    JsonNode json =
        Wire.mapper().readTree(Wire.mapper().writeValueAsString(report(List.of(), List.of())));
    assertThat(json.get("seed").intValue()).isEqualTo(7);
    assertThat(json.get("acked").intValue()).isEqualTo(8);
    assertThat(json.get("findings").get("LOST").intValue()).isZero();
  }

  @Test
  void the_command_refuses_words_it_does_not_know() {
    StringWriter err = new StringWriter();
    int exit =
        Bench.commandLine()
            .setErr(new PrintWriter(err))
            .execute("faults", "--database", "elsewhere", "--seed", "1");
    assertThat(exit).isEqualTo(3);
    assertThat(err.toString()).contains("--database");
  }
}
