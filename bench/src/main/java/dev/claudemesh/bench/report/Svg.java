package dev.claudemesh.bench.report;

import java.util.List;
import java.util.Locale;

/// Writes one diagram: a frame, grid lines, lines or bars, a legend. Places are given from 0 to 1,
/// left to right and bottom to top.
final class Svg {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 420;
  private static final int LEFT = 70;
  private static final int RIGHT = 24;
  private static final int TOP = 64;
  private static final int BOTTOM = 60;
  private static final int COLORS = 4;

  private final StringBuilder out = new StringBuilder();
  private int lines;

  Svg(String title, String up, String across) {
    out.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img">
        <title>%3$s</title>
        <style>
          text { font: 12px system-ui, sans-serif; fill: #24292f }
          .title { font-size: 15px; font-weight: 600 }
          .grid { stroke: #d0d7de; stroke-width: 1 }
          .line { fill: none; stroke-width: 2.2; stroke-linejoin: round }
          .s0 { stroke: #0969da } .s1 { stroke: #bc4c00 } .s2 { stroke: #1a7f37 } .s3 { stroke: #8250df }
          .f0 { fill: #0969da } .f1 { fill: #bc4c00 } .f2 { fill: #1a7f37 } .f3 { fill: #8250df }
          .page { fill: #ffffff }
          @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3 } .grid { stroke: #30363d } .page { fill: #0d1117 }
            .s0 { stroke: #58a6ff } .s1 { stroke: #f0883e } .s2 { stroke: #56d364 } .s3 { stroke: #bc8cff }
            .f0 { fill: #58a6ff } .f1 { fill: #f0883e } .f2 { fill: #56d364 } .f3 { fill: #bc8cff }
          }
        </style>
        <rect class="page" width="%1$d" height="%2$d" rx="8"/>
        """
            .formatted(WIDTH, HEIGHT, escaped(title)));
    text(LEFT, 24, "start", "title", title);
    text(LEFT, TOP - 10, "start", "", up);
    text(WIDTH - RIGHT, HEIGHT - 8, "end", "", across);
  }

  /// A grid line with its number.
  void horizontal(double height, String label) {
    out.append(
        String.format(
            Locale.ROOT,
            "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>%n",
            LEFT,
            y(height),
            WIDTH - RIGHT,
            y(height)));
    text(LEFT - 8, y(height) + 4, "end", "", label);
  }

  void vertical(double place, String label) {
    out.append(
        String.format(
            Locale.ROOT,
            "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>%n",
            x(place),
            TOP,
            x(place),
            HEIGHT - BOTTOM));
    text(x(place), HEIGHT - BOTTOM + 18, "middle", "", label);
  }

  /// A line with its name in the legend.
  void line(String name, List<double[]> points) {
    StringBuilder path = new StringBuilder();
    for (double[] point : points) {
      path.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point[0]), y(point[1])));
    }
    int color = lines++ % COLORS;
    out.append("<polyline class=\"line s")
        .append(color)
        .append("\" points=\"")
        .append(path.toString().strip())
        .append("\"/>\n");
    double at = LEFT + (lines - 1) * (WIDTH - LEFT - RIGHT) / (double) COLORS;
    out.append(
        String.format(
            Locale.ROOT,
            "<rect class=\"f%d\" x=\"%.1f\" y=\"%d\" width=\"14\" height=\"4\"/>%n",
            color,
            at,
            HEIGHT - 27));
    text(at + 20, HEIGHT - 21, "start", "", name);
  }

  /// One of several bars, with its name below and its number above.
  void bar(int number, int of, double height, String name, String value) {
    double room = 1.0 / of;
    double left = x((number + 0.2) * room);
    double width = x((number + 0.8) * room) - left;
    out.append(
        String.format(
            Locale.ROOT,
            "<rect class=\"f%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>%n",
            number % COLORS,
            left,
            y(height),
            width,
            HEIGHT - BOTTOM - y(height)));
    text(left + width / 2, y(height) - 6, "middle", "", value);
    text(left + width / 2, HEIGHT - BOTTOM + 18, "middle", "", name);
  }

  String end() {
    return out.append("</svg>\n").toString();
  }

  private void text(double x, double y, String anchor, String style, String text) {
    out.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s</text>%n",
            x,
            y,
            anchor,
            style.isEmpty() ? "" : " class=\"" + style + "\"",
            escaped(text)));
  }

  private static double x(double place) {
    return LEFT + place * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double height) {
    return HEIGHT - BOTTOM - height * (HEIGHT - TOP - BOTTOM);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
