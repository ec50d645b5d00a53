package dev.claudemesh.cli.audit;

import dev.claudemesh.protocol.audit.AuditChain;
import dev.claudemesh.protocol.audit.AuditChain.Break;
import java.util.Iterator;
import java.util.Optional;

/// Walks an export line by line, without a broker. Remembers one link, however long the export is.
final class ExportCheck {
  private Optional<AuditChain> chain = Optional.empty();
  private String meshId = "";
  private long lines;
  private long first;

  /// Walks all lines that are not blank.
  ///
  /// @return where the chain does not hold, if it does not
  /// @throws dev.claudemesh.protocol.Problem if a line is none of an export
  Optional<Break> walk(Iterator<String> all) {
    long number = 0;
    while (all.hasNext()) {
      String text = all.next();
      number++;
      if (!text.isBlank()) {
        Optional<Break> broken = take(ExportLine.parse(text, number));
        if (broken.isPresent()) {
          return broken;
        }
      }
    }
    return Optional.empty();
  }

  /// Takes the next line.
  Optional<Break> take(ExportLine line) {
    AuditChain known = chain.orElseGet(() -> begin(line));
    if (!line.meshId().equals(meshId)) {
      return Optional.of(new Break(line.id(), "is of another mesh, " + line.meshId()));
    }
    if (line.id() == known.last() + 1 && !line.prevHash().equals(known.hash())) {
      return Optional.of(new Break(line.id(), "does not follow the one before"));
    }
    Optional<Break> broken = known.check(line.link(), line.hash());
    if (broken.isEmpty()) {
      lines++;
    }
    return broken;
  }

  /// The first line is believed what stood before it, unless nothing can have.
  private AuditChain begin(ExportLine line) {
    meshId = line.meshId();
    first = line.id();
    AuditChain begun =
        line.id() == 1
            ? AuditChain.of(meshId)
            : new AuditChain(meshId, line.id() - 1, line.prevHash());
    chain = Optional.of(begun);
    return begun;
  }

  String meshId() {
    return meshId;
  }

  /// How many lines were right.
  long lines() {
    return lines;
  }

  /// Whether it begins where the chain begins.
  boolean whole() {
    return first == 1;
  }

  /// The last link that was right; empty before the first line.
  Optional<AuditChain> end() {
    return chain.filter(known -> lines > 0);
  }
}
