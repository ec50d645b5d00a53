package dev.claudemesh.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.bench.load.Chart;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Result.Point;
import dev.claudemesh.bench.load.Run;
import java.io.StringReader;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class PlotTest {
  private static Result result(String broker, List<Point> curve) {
    return new Result(broker, "on disk", true, Map.of("rows_per_s", 1_234.0), curve);
  }

  private static Run run(Chart chart, Result... results) {
    return new Run(
        "x",
        "a < b & \"c\"",
        "bench/bench x",
        Optional.empty(),
        chart,
        List.of(),
        List.of(results));
  }

  private static Document draw(Run run) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(Plot.svg(run))));
  }

  /// Places of a line, from left to right.
  private static List<double[]> points(Document svg, int line) {
    String points =
        ((Element) svg.getElementsByTagName("polyline").item(line)).getAttribute("points");
    return Arrays.stream(points.split(" "))
        .map(point -> Arrays.stream(point.split(",")).mapToDouble(Double::parseDouble).toArray())
        .toList();
  }

  private static String texts(Document svg) {
    NodeList texts = svg.getElementsByTagName("text");
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < texts.getLength(); i++) {
      all.append(texts.item(i).getTextContent()).append('|');
    }
    return all.toString();
  }

  @Test
  void a_latency_curve_rises_to_the_right_and_a_slower_broker_is_above() throws Exception {
    Document svg =
        draw(
            run(
                new Chart.Percentiles(),
                result("quick", List.of(new Point(0, 1), new Point(50, 2), new Point(100, 8))),
                result("slow", List.of(new Point(0, 30), new Point(50, 90), new Point(100, 700)))));

    List<double[]> quick = points(svg, 0);
    List<double[]> slow = points(svg, 1);
    for (int i = 0; i < 3; i++) {
      // SVG counts from the top.
      assertThat(slow.get(i)[1]).isLessThan(quick.get(i)[1]);
    }
    assertThat(quick.get(2)[0]).isGreaterThan(quick.get(1)[0]);
    assertThat(quick.get(2)[1]).isLessThan(quick.get(0)[1]);
    assertThat(texts(svg)).contains("|quick|", "|slow|", "|p50|", "|p99.9|", "|1,000|");
  }

  @Test
  void names_with_signs_of_xml_are_shown_as_they_are() throws Exception {
    Document svg = draw(run(new Chart.Percentiles(), result("<&>", List.of(new Point(0, 1)))));

    assertThat(texts(svg)).contains("a < b & \"c\"|", "|<&>|");
  }

  @Test
  void a_dark_page_gets_colors_of_its_own() {
    assertThat(Plot.svg(run(new Chart.Percentiles(), result("x", List.of(new Point(0, 1))))))
        .contains("prefers-color-scheme: dark");
  }

  @Test
  void a_bar_is_as_high_as_its_figure() throws Exception {
    Result half = new Result("half", "", true, Map.of("rows_per_s", 617.0), List.of());
    Document svg =
        draw(
            run(new Chart.Bars("rows/s", List.of("rows_per_s")), result("whole", List.of()), half));
    NodeList bars = svg.getElementsByTagName("rect");
    double whole = Double.parseDouble(((Element) bars.item(1)).getAttribute("height"));
    double other = Double.parseDouble(((Element) bars.item(2)).getAttribute("height"));

    assertThat(whole / other).isBetween(1.98, 2.02);
    assertThat(texts(svg)).contains("|1,234|", "|617|", "|whole|", "|half|");
  }

  @Test
  void a_timeline_ends_at_its_last_point() throws Exception {
    Document svg =
        draw(
            run(
                new Chart.Timeline("peers"),
                result("x", List.of(new Point(0, 0), new Point(5, 500), new Point(10, 1_000)))));

    assertThat(points(svg, 0).get(2)[0]).isEqualTo(736.0);
    assertThat(points(svg, 0).get(2)[1]).isEqualTo(64.0);
    assertThat(texts(svg)).contains("|1,000|", "|10|");
  }
}
