package dev.claudemesh.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.bench.load.Chart;
import dev.claudemesh.bench.load.Figures;
import dev.claudemesh.bench.load.Machine;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Run;
import dev.claudemesh.bench.load.Workload;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PageTest {
  private static final Machine MACHINE = new Machine("A CPU", 2, "8 GB", "Linux", "25", "abc123");

  private static final Workload WORK =
      new Workload(Workload.Kind.DIRECT, 100, 100, 1_000, 0, 1_100, 128);

  private static Json.Line line(double throughput) {
    Result ours =
        new Result(
            "claudemesh",
            "on disk",
            true,
            new Figures().put("messages", 1_000L).put("throughput_per_s", throughput).values(),
            List.of());
    Result theirs =
        new Result(
            "Other 1.2.3",
            "in memory",
            true,
            new Figures().put("messages", 1_000L).put("throughput_per_s", 4_000.0).values(),
            List.of());
    Run run =
        new Run(
            "blast",
            "All at once",
            "bench/bench blast",
            Optional.of(WORK),
            new Chart.Percentiles(),
            List.of("a note"),
            List.of(ours, theirs));
    return Json.read(Json.line(run, MACHINE));
  }

  @Test
  void a_run_that_was_printed_as_json_reads_back_as_it_was() {
    Json.Line line = line(20_000);

    assertThat(line.schemaVersion()).isEqualTo("1.0");
    assertThat(line.good()).isTrue();
    assertThat(line.machine()).isEqualTo(MACHINE);
    assertThat(line.run().chart()).isEqualTo(new Chart.Percentiles());
    assertThat(line.run().work()).contains(WORK);
    assertThat(line.run().results()).hasSize(2);
  }

  @Test
  void ours_stands_beside_each_rival_as_a_ratio() {
    assertThat(Table.markdown(line(20_000).run()))
        .contains("| throughput per s | 20,000 | 4,000 | 5.00× |")
        .contains("| messages | 1,000 | 1,000 |  |");
  }

  @Test
  void what_was_written_by_hand_survives_and_what_was_generated_is_renewed() {
    String page =
        """
        # Benchmarks

        Written by hand, before.

        <!-- bench:blast -->
        old figures
        <!-- /bench:blast -->

        ### What limits this

        Written by hand, after.
        """;
    String once = Page.with(page, line(20_000), "benchmarks/blast.svg");
    String twice = Page.with(once, line(30_000), "benchmarks/blast.svg");

    assertThat(twice)
        .contains("Written by hand, before.", "Written by hand, after.", "30,000", "abc123")
        .contains("![All at once](benchmarks/blast.svg)", "`bench/bench blast`")
        .doesNotContain("old figures", "20,000");
  }

  @Test
  void a_part_without_a_place_is_added_at_the_end() {
    String page = Page.with("# Benchmarks\n", line(20_000), "x.svg");

    assertThat(page).startsWith("# Benchmarks\n\n## All at once\n\n<!-- bench:blast -->\n");
    assertThat(Page.with(page, line(20_000), "x.svg").split("<!-- bench:blast -->")).hasSize(2);
  }

  @Test
  void the_machine_is_told_with_the_speed_of_its_disk() {
    assertThat(Page.with("# Benchmarks\n", MACHINE, 0.25)).contains("A CPU, 2 cores", "0.25 ms");
  }
}
