package dev.claudemesh.bench.report;

import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Run;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A run as a table: a line a figure, a column a broker, and beside each rival how many times ours
/// is of theirs.
public final class Table {
  private static final String GAP = "  ";

  /// Ends of names of figures that are better when they are smaller, or larger, whoever they are
  /// of.
  private static final List<String> COMPARABLE = List.of("_ms", "_per_s", "_mb", "cpu_s");

  private Table() {}

  /// For a terminal.
  public static String text(Run run) {
    StringBuilder out = new StringBuilder();
    out.append(run.title()).append('\n');
    List<List<String>> rows = rows(run);
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        String cell = row.get(i);
        String pad = " ".repeat(widths[i] - cell.length());
        out.append(i == 0 ? cell + pad : GAP + pad + cell);
      }
      out.append('\n');
    }
    run.results()
        .forEach(result ->
            out.append(result.broker()).append(": ").append(result.durability()).append('\n'));
    run.notes().forEach(note -> out.append("note: ").append(note).append('\n'));
    return out.toString();
  }

  /// For a page.
  public static String markdown(Run run) {
    List<List<String>> rows = rows(run);
    StringBuilder out = new StringBuilder();
    out.append("| ").append(String.join(" | ", rows.getFirst())).append(" |\n|---");
    out.append("|--:".repeat(rows.getFirst().size() - 1)).append("|\n");
    rows.stream()
        .skip(1)
        .forEach(row -> out.append("| ").append(String.join(" | ", row)).append(" |\n"));
    return out.toString();
  }

  private static List<List<String>> rows(Run run) {
    Set<String> names = new LinkedHashSet<>();
    run.results().forEach(result -> names.addAll(result.figures().keySet()));
    List<List<String>> rows = new ArrayList<>();
    Result ours = run.results().getFirst();
    List<String> head = new ArrayList<>(List.of(""));
    for (Result result : run.results()) {
      head.add(result.broker());
      if (result != ours) {
        head.add("ratio");
      }
    }
    rows.add(head);
    for (String name : names) {
      List<String> row = new ArrayList<>(List.of(label(name)));
      for (Result result : run.results()) {
        row.add(cell(result.figures().get(name)));
        if (result != ours) {
          row.add(ratio(name, ours.figures().get(name), result.figures().get(name)));
        }
      }
      rows.add(row);
    }
    return rows;
  }

  private static String label(String name) {
    return name.replace('_', ' ');
  }

  /// A figure as people write it.
  static String cell(Object value) {
    return switch (value) {
      case null -> "";
      case Double number when Math.abs(number) >= 1_000 ->
          String.format(Locale.ROOT, "%,.0f", number);
      case Double number -> new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
      case Integer number -> String.format(Locale.ROOT, "%,d", number);
      case Long number -> String.format(Locale.ROOT, "%,d", number);
      case Object other -> other.toString();
    };
  }

  /// Ours as a multiple of theirs, for what can be compared.
  private static String ratio(String name, Object ours, Object theirs) {
    boolean comparable = COMPARABLE.stream().anyMatch(name::endsWith) && !name.startsWith("disk");
    if (comparable
        && ours instanceof Number our
        && theirs instanceof Number their
        && their.doubleValue() != 0) {
      double ratio = our.doubleValue() / their.doubleValue();
      return String.format(Locale.ROOT, ratio < 10 ? "%.2f×" : "%.0f×", ratio);
    }
    return "";
  }
}
