package dev.claudemesh.broker.audit;

import dev.claudemesh.broker.audit.AuditQueue.Round;
import dev.claudemesh.broker.audit.AuditQueue.Waiting;
import dev.claudemesh.broker.audit.AuditStore.Head;
import dev.claudemesh.broker.audit.AuditStore.RefusedException;
import dev.claudemesh.broker.audit.AuditStore.Stretch;
import dev.claudemesh.protocol.audit.AuditChain;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what waits for the audit, all of it in one transaction: while one commit runs, the next
/// round gathers.
///
/// It remembers where each chain ends; when another broker has moved one on, it reads that end and
/// writes again. An entry that cannot be written fails its caller, loudly; notes are kept and tried
/// again. A chain that somebody tampered with so that nothing can be added to it harms its own mesh
/// only.
final class AuditWriter {
  private static final Logger log = LoggerFactory.getLogger(AuditWriter.class);

  /// Entries of one transaction.
  private static final int MOST_ENTRIES = 512;

  /// Meshes whose chain's end is remembered; then all are read anew.
  private static final int MOST_HEADS = 10_000;

  /// How often another broker may have been faster before a round is given up.
  private static final int ATTEMPTS = 20;

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final AuditStore store;
  private final AuditQueue queue;
  private final InstantSource clock;
  private final Duration stop;
  private final Map<String, Head> heads = new HashMap<>();
  private final Thread thread = Thread.ofPlatform().name("audit-writer").unstarted(this::run);

  /// @param stop how long a stop waits for what was given
  AuditWriter(AuditStore store, AuditQueue queue, InstantSource clock, Duration stop) {
    this.store = store;
    this.queue = queue;
    this.clock = clock;
    this.stop = stop;
  }

  void start() {
    thread.start();
  }

  /// Writes what was given, then ends. May be called twice, and without a start.
  void stop() {
    queue.close();
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    try {
      thread.join(stop);
      thread.interrupt();
      thread.join(stop);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      for (Round round = queue.take(MOST_ENTRIES);
          !round.isEmpty();
          round = queue.take(MOST_ENTRIES)) {
        write(round);
      }
    } catch (InterruptedException e) {
      log.error("The audit was told to stop before the database took everything");
    }
  }

  private void write(Round round) throws InterruptedException {
    try {
      append(byMesh(round));
      round.waiting().forEach(AuditWriter::done);
    } catch (RefusedException e) {
      heads.clear();
      List<Round> meshes = round.apart();
      if (meshes.size() == 1) {
        failed(round, e);
        lost(round);
      } else {
        for (Round mesh : meshes) {
          write(mesh);
        }
      }
    } catch (RuntimeException | Error e) {
      heads.clear(); // perhaps it was written, perhaps not
      List<Waiting> notes = failed(round, e);
      if (queue.isClosed()) {
        lost(round);
      } else {
        queue.putBack(notes, round.sent());
        Thread.sleep(PAUSE);
      }
    }
  }

  /// Callers go on by themselves: what follows their answer must not hold up the writer.
  private static void done(Waiting waiting) {
    waiting
        .written()
        .ifPresent(written -> written.completeAsync(() -> null, Thread::startVirtualThread));
  }

  /// @return the notes, of which nobody was told
  private static List<Waiting> failed(Round round, Throwable why) {
    List<Waiting> notes = new ArrayList<>();
    for (Waiting waiting : round.waiting()) {
      if (waiting.written().isEmpty()) {
        notes.add(waiting);
        continue;
      }
      Happened lost = waiting.happened();
      log.error(
          "Not in the audit of mesh {}: {} by member {}",
          lost.meshId(),
          lost.eventType(),
          lost.memberId().orElse("?"));
      waiting.written().get().completeExceptionally(AuditQueue.busy());
    }
    log.error("A round of the audit could not be written", why);
    return notes;
  }

  private static void lost(Round round) {
    log.error(
        "{} notes and {} counts are lost with it",
        round.waiting().stream().filter(waiting -> waiting.written().isEmpty()).count(),
        round.sent().size());
  }

  /// Meshes in the order of their ids, so that two brokers never wait for each other crosswise.
  private Map<String, List<Happened>> byMesh(Round round) {
    Map<String, List<Happened>> meshes = new TreeMap<>();
    for (Waiting waiting : round.waiting()) {
      add(meshes, waiting.happened());
    }
    round
        .sent()
        .forEach((sent, count) -> add(meshes, AuditRules.sent(sent, count, clock.instant())));
    return meshes;
  }

  private static void add(Map<String, List<Happened>> meshes, Happened happened) {
    meshes.computeIfAbsent(happened.meshId(), mesh -> new ArrayList<>()).add(happened);
  }

  private void append(Map<String, List<Happened>> meshes) {
    Map<String, List<Happened>> left = new LinkedHashMap<>(meshes);
    for (int attempt = 0; !left.isEmpty(); attempt++) {
      if (attempt == ATTEMPTS) {
        throw new IllegalStateException("Others wrote first " + ATTEMPTS + " times");
      }
      List<Stretch> stretches = new ArrayList<>();
      left.forEach((meshId, happened) -> stretches.add(stretch(meshId, happened)));
      Set<String> written = store.append(stretches);
      for (Stretch stretch : stretches) {
        if (written.contains(stretch.meshId())) {
          heads.put(stretch.meshId(), stretch.after());
          left.remove(stretch.meshId());
        } else {
          heads.remove(stretch.meshId());
        }
      }
    }
  }

  private Stretch stretch(String meshId, List<Happened> happened) {
    if (heads.size() >= MOST_HEADS) {
      heads.clear();
    }
    Head before = heads.computeIfAbsent(meshId, store::head);
    AuditChain chain = new AuditChain(meshId, before.seq(), before.hash());
    List<String> hashes = new ArrayList<>();
    for (Happened one : happened) {
      hashes.add(chain.add(one.eventType(), one.memberId(), one.payload(), one.at()));
    }
    return new Stretch(
        meshId, before, new Head(chain.last(), chain.hash()), List.copyOf(happened), hashes);
  }
}
