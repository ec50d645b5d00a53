package dev.claudemesh.cli.install;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// The text of a `mimeapps.list`, in which desktops keep what opens what: our one entry goes in and
/// out, everything else stays to the letter. Pure.
final class MimeApps {
  static final String DESKTOP_FILE = "claudemesh-url-handler.desktop";

  private static final String SECTION = "[Default Applications]";
  private static final String KEY = "x-scheme-handler/claudemesh";

  private MimeApps() {}

  /// With our handler before any other of our links.
  static String with(String text) {
    List<String> lines = lines(text);
    int entry = entry(lines);
    if (entry >= 0) {
      List<String> ids = ids(lines.get(entry));
      if (ids.contains(DESKTOP_FILE)) {
        return text;
      }
      ids.addFirst(DESKTOP_FILE);
      lines.set(entry, line(ids));
      return String.join("", lines);
    }
    int section = section(lines);
    if (section >= 0) {
      if (!lines.get(section).endsWith("\n")) {
        lines.set(section, lines.get(section) + "\n");
      }
      lines.add(section + 1, line(List.of(DESKTOP_FILE)));
      return String.join("", lines);
    }
    return text
        + (text.isEmpty() || text.endsWith("\n") ? "" : "\n")
        + SECTION
        + "\n"
        + line(List.of(DESKTOP_FILE));
  }

  /// Without our handler; empty if nothing but the heading would be left.
  static String without(String text) {
    List<String> lines = lines(text);
    int entry = entry(lines);
    if (entry < 0 || !ids(lines.get(entry)).contains(DESKTOP_FILE)) {
      return text;
    }
    List<String> ids = ids(lines.get(entry));
    ids.remove(DESKTOP_FILE);
    if (ids.isEmpty()) {
      lines.remove(entry);
    } else {
      lines.set(entry, line(ids));
    }
    String left = String.join("", lines);
    return left.strip().equals(SECTION) ? "" : left;
  }

  private static String line(List<String> ids) {
    return KEY + "=" + ids.stream().map(id -> id + ";").collect(Collectors.joining()) + "\n";
  }

  private static List<String> ids(String line) {
    return Arrays.stream(line.substring(line.indexOf('=') + 1).split(";"))
        .map(String::strip)
        .filter(id -> !id.isEmpty())
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static int section(List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().equals(SECTION)) {
        return i;
      }
    }
    return -1;
  }

  private static int entry(List<String> lines) {
    int section = section(lines);
    for (int i = section + 1; section >= 0 && i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.startsWith("[")) {
        return -1;
      }
      if (line.contains("=") && line.substring(0, line.indexOf('=')).strip().equals(KEY)) {
        return i;
      }
    }
    return -1;
  }

  /// Each with its line end.
  private static List<String> lines(String text) {
    return text.isEmpty() ? new ArrayList<>() : new ArrayList<>(List.of(text.split("(?<=\n)")));
  }
}
