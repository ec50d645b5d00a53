package dev.claudemesh.mcp.tools;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.config.PrivateFiles;
import dev.claudemesh.protocol.crypto.Keys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Collectors;

/// Knows the calls that were carried out, so that none is carried out twice: not by a broker that
/// sends a box again, and not after a restart. Thread-safe.
///
/// A box says when it was made. One that is more than five minutes old, or ahead, is refused, so
/// only younger ones need to be known: in memory, and in a file where there is one, a line a call.
/// Both clocks are the clients' own: the broker, which this is about, must have no say in it.
final class CallMemory {
  /// How far the caller's clock may be from ours, with the time on the way.
  static final Duration WINDOW = Duration.ofMinutes(5);

  /// Calls that are known; more within the window are refused.
  static final int MOST = 100_000;

  /// Lines of calls that are known no longer, in a file that is not made anew yet.
  private static final int SLACK = 1_000;

  private final Optional<Path> file;
  private final Set<String> known = new HashSet<>();
  private final PriorityQueue<Call> oldestFirst =
      new PriorityQueue<>(Comparator.comparing(Call::at));
  private int lines;

  private record Call(Instant at, String key) {
    String line() {
      return at.toEpochMilli() + " " + key + "\n";
    }
  }

  /// @param file holds what an earlier process carried out; made when it is first written
  CallMemory(Optional<Path> file) {
    this.file = file;
    try {
      if (file.filter(Files::exists).isPresent()) {
        Files.readAllLines(file.get()).forEach(this::read);
      }
      rewrite();
    } catch (IOException e) {
      throw unusable();
    }
  }

  /// A line that was cut off is of a call that was not carried out.
  private void read(String line) {
    String[] words = line.split(" ");
    if (words.length == 2 && words[0].matches("\\d{1,18}") && words[1].length() == 64) {
      add(new Call(Instant.ofEpochMilli(Long.parseLong(words[0])), words[1]));
    }
  }

  /// Notes a call that is about to be carried out.
  ///
  /// @param at when its caller made it, by the caller's clock
  /// @throws Problem `expired`, `replayed`, or `busy` if too many are known; nothing may be done
  synchronized void note(String caller, String id, Instant at, Instant now) {
    Duration off = Duration.between(at, now);
    if (off.abs().compareTo(WINDOW) > 0) {
      throw new Problem(
          ProblemCode.EXPIRED,
          "The call was made "
              + off.abs().toSeconds()
              + " s "
              + (off.isNegative() ? "ahead of" : "behind")
              + " the clock of the host, which takes "
              + WINDOW.toMinutes()
              + " minutes; nothing was done. Set the clocks of both machines");
    }
    forget(now);
    if (known.size() >= MOST) {
      throw new Problem(
          ProblemCode.BUSY, "The host carried out " + MOST + " calls just now; try again later");
    }
    String key = Keys.sha256Hex((caller + "|" + id).getBytes(StandardCharsets.UTF_8));
    Call call = new Call(at, key);
    if (!add(call)) {
      throw new Problem(
          ProblemCode.REPLAYED, "The call came twice; it was carried out the first time only");
    }
    append(call);
  }

  private boolean add(Call call) {
    return known.add(call.key()) && oldestFirst.add(call);
  }

  /// Those that would be refused by their age.
  private void forget(Instant now) {
    Instant oldest = now.minus(WINDOW);
    while (!oldestFirst.isEmpty() && oldestFirst.peek().at().isBefore(oldest)) {
      known.remove(oldestFirst.poll().key());
    }
  }

  private void append(Call call) {
    if (file.isEmpty()) {
      return;
    }
    try {
      if (lines > 2 * known.size() + SLACK) {
        rewrite();
      } else {
        Files.writeString(file.get(), call.line(), StandardOpenOption.APPEND);
        lines++;
      }
    } catch (IOException e) {
      throw unusable(); // nothing is done, and it stays known: it may be in the file
    }
  }

  private void rewrite() throws IOException {
    if (file.isEmpty()) {
      return;
    }
    lines = known.size();
    PrivateFiles.write(
        file.get(), oldestFirst.stream().map(Call::line).collect(Collectors.joining()));
  }

  private Problem unusable() {
    return new Problem(
        ProblemCode.FORBIDDEN,
        file.orElseThrow()
            + " cannot be used; check that it belongs to you and the disk is not full");
  }
}
