package dev.claudemesh.mcp;

import dev.claudemesh.protocol.presence.PresenceRequest;
import dev.claudemesh.protocol.presence.Status;
import dev.claudemesh.protocol.presence.StatusSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/// Keeps the meshes told what the session is doing: at once by hooks, corrected by Claude Code's
/// own session file, which is right also after Esc or an API error.
///
/// Thread-safe. Repeats `working` every 20 s, because a broker takes a peer that was silent for a
/// minute to be idle. In the first minute of a connection `idle`, too: hooks that ran before this
/// process was there told the broker on their own, and came in any order.
final class StatusReporter {
  private static final Duration REPEAT = Duration.ofSeconds(20);
  private static final Duration BEGINNING = Duration.ofSeconds(60);

  /// How long a hook's word stands before the file may correct it: the file is written a moment
  /// later.
  private static final Duration HOOK_STANDS = Duration.ofSeconds(3);

  private final Meshes meshes;
  private final Supplier<Optional<Status>> file;
  private final InstantSource clock;
  private Status last = Status.IDLE;
  private StatusSource source = StatusSource.JSONL;
  private Instant saidAt = Instant.EPOCH;
  private Instant connectedAt = Instant.EPOCH;
  private boolean manual;

  StatusReporter(Meshes meshes, Supplier<Optional<Status>> file, InstantSource clock) {
    this.meshes = meshes;
    this.file = file;
    this.clock = clock;
  }

  /// A hook fired.
  synchronized void hook(Status status) {
    if (!manual) {
      say(status, StatusSource.HOOK);
    }
  }

  /// The peer set its own status; `dnd` stays until it sets another.
  synchronized void manual(Status status) {
    manual = status == Status.DND;
    said(status, StatusSource.MANUAL);
  }

  /// A mesh is reached, or again: it has not heard what was said before, such as that the session
  /// works on its first prompt.
  synchronized void connected(MeshLink link) {
    connectedAt = clock.instant();
    if (saidAt.isAfter(Instant.EPOCH)) {
      tell(link);
    }
  }

  /// Called every few seconds.
  ///
  /// @return whether the session is idle
  synchronized boolean tick() {
    Instant now = clock.instant();
    Optional<Status> truth = file.get();
    if (!manual && truth.isPresent()) {
      boolean wrong = truth.get() != last && saidAt.plus(HOOK_STANDS).isBefore(now);
      boolean may = truth.get() == Status.WORKING || connectedAt.plus(BEGINNING).isAfter(now);
      boolean due = may && saidAt.plus(REPEAT).isBefore(now);
      if (wrong || due) {
        say(truth.get(), StatusSource.JSONL);
      }
    }
    return truth.orElse(last) == Status.IDLE;
  }

  private void say(Status status, StatusSource from) {
    said(status, from);
    meshes.links().stream().filter(MeshLink::connected).forEach(this::tell);
  }

  private void said(Status status, StatusSource from) {
    last = status;
    source = from;
    saidAt = clock.instant();
  }

  private void tell(MeshLink link) {
    link.client().call(new PresenceRequest.SetStatus(last, Optional.of(source)));
  }
}
