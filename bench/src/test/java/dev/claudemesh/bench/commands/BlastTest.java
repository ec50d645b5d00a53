package dev.claudemesh.bench.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.bench.Bench;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.report.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The whole command, against a real broker in a process of its own.
class BlastTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int bench(String... arguments) {
    CommandLine line = Bench.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  @Test
  void ten_peers_fire_fifty_messages_each_and_all_come_once_and_in_order(@TempDir Path folder)
      throws Exception {
    Path plot = folder.resolve("blast.svg");
    int exit =
        bench(
            "blast",
            "--peers",
            "10",
            "--messages",
            "50",
            "--warm-up",
            "5",
            "--json",
            "--plot",
            plot.toString());

    assertThat(exit).as(err.toString()).isZero();
    assertThat(out.toString().lines()).hasSize(1);
    Json.Line line = Json.read(out.toString());
    assertThat(line.good()).isTrue();
    assertThat(line.run().command())
        .isEqualTo("bench/bench blast --peers 10 --messages 50 --warm-up 5 --plot " + plot);
    Result result = line.run().results().getFirst();
    Map<String, Object> figures = result.figures();
    assertThat(figures)
        .containsEntry("messages", 500)
        .containsEntry("acked", 500)
        .containsEntry("delivered", 500)
        .containsEntry("missing", 0)
        .containsEntry("shown_twice", 0)
        .containsEntry("out_of_order", 0)
        .doesNotContainKey("strays")
        .doesNotContainKey("errors");
    assertThat(((Number) figures.get("broker_rss_mb")).doubleValue()).isBetween(20.0, 4_000.0);
    assertThat(((Number) figures.get("broker_cpu_s")).doubleValue()).isPositive();
    assertThat(((Number) figures.get("database_pss_mb")).doubleValue()).isPositive();
    assertThat(((Number) figures.get("end_to_end_p50_ms")).doubleValue())
        .isLessThanOrEqualTo(((Number) figures.get("end_to_end_p99_ms")).doubleValue());
    assertThat(Files.readString(plot)).startsWith("<svg").contains("claudemesh");
    assertThat(err.toString()).contains("throughput per s");
  }

  @Test
  void a_broadcast_reaches_every_peer_but_its_sender() {
    int exit =
        bench(
            "broadcast",
            "--peers",
            "8",
            "--rate",
            "20",
            "--seconds",
            "1",
            "--warm-up",
            "0",
            "--json");

    assertThat(exit).as(err.toString()).isZero();
    Map<String, Object> figures = Json.read(out.toString()).run().results().getFirst().figures();
    assertThat(figures)
        .containsEntry("messages", 20)
        .containsEntry("delivered", 140)
        .containsEntry("shown_twice", 0)
        .containsKey("ack_to_last_receiver_p99_ms");
  }

  @Test
  void every_question_about_a_shared_value_is_answered() {
    int exit = bench("state", "--peers", "3", "--warm-up", "0", "--seconds", "1", "--json");

    assertThat(exit).as(err.toString()).isZero();
    Map<String, Object> figures = Json.read(out.toString()).run().results().getFirst().figures();
    assertThat(((Number) figures.get("lone_asks")).intValue()).isBetween(50, 200);
    assertThat(((Number) figures.get("asks_per_s")).doubleValue()).isPositive();
    assertThat(figures).containsKeys("lone_p50_ms", "asks_p99_ms", "broker_cpu_s");
  }

  @Test
  void rivals_are_for_direct_messages_only() {
    assertThat(bench("broadcast", "--against", "nats")).isEqualTo(3);
    assertThat(err.toString()).contains("--against compares direct messages");
  }

  @Test
  void the_help_names_every_scenario() {
    assertThat(bench("--help")).isZero();
    assertThat(out.toString())
        .contains("blast", "rate", "lone", "group", "broadcast", "idle", "start", "postgres")
        .contains("state", "tools", "report");
  }
}
