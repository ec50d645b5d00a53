package dev.claudemesh.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// CPU and memory of processes, as Linux tells in `/proc`; zero on other systems and for processes
/// that are gone.
public final class Processes {
  private static final double TICKS_PER_SECOND = 100;
  private static final double KIB_PER_MB = 1_000_000 / 1024.0;

  private Processes() {}

  /// A process and everything it started.
  public static List<ProcessHandle> tree(long pid) {
    return ProcessHandle.of(pid)
        .map(root -> Stream.concat(Stream.of(root), root.descendants()).toList())
        .orElse(List.of());
  }

  /// What a process started, itself left out.
  public static List<ProcessHandle> below(long pid) {
    return ProcessHandle.of(pid).map(root -> root.descendants().toList()).orElse(List.of());
  }

  /// Seconds that processes have computed so far, children that ended and were waited for included.
  ///
  /// @param withEnded whether those count; not for the parent of processes that are counted apart
  public static double cpuSeconds(List<ProcessHandle> processes, boolean withEnded) {
    double ticks = 0;
    for (ProcessHandle process : processes) {
      String stat = read(process.pid(), "stat");
      String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
      if (fields.length > 14) {
        ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        if (withEnded) {
          ticks += Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
        }
      }
    }
    return ticks / TICKS_PER_SECOND;
  }

  /// Memory that processes hold now, in megabytes.
  public static double rssMb(List<ProcessHandle> processes) {
    return processes.stream().mapToDouble(process -> kib(process, "status", "VmRSS:")).sum()
        / KIB_PER_MB;
  }

  /// Memory of processes that share some of it, each shared page counted once, in megabytes.
  public static double pssMb(List<ProcessHandle> processes) {
    return processes.stream().mapToDouble(process -> kib(process, "smaps_rollup", "Pss:")).sum()
        / KIB_PER_MB;
  }

  private static double kib(ProcessHandle process, String file, String field) {
    return read(process.pid(), file)
        .lines()
        .filter(line -> line.startsWith(field))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
        .sum();
  }

  /// A process may end at any time; then there is nothing to read.
  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), file));
    } catch (IOException e) {
      return "";
    }
  }
}
