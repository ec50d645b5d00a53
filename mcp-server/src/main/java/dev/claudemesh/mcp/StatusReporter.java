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
/// minute to be idle.
final class StatusReporter {
  private static final Duration REPEAT = Duration.ofSeconds(20);

  /// How long a hook's word stands before the file may correct it: the file is written a moment
  /// later.
  private static final Duration HOOK_STANDS = Duration.ofSeconds(3);

  private final Meshes meshes;
  private final Supplier<Optional<Status>> file;
  private final InstantSource clock;
  private Status last = Status.IDLE;
  private Instant saidAt = Instant.EPOCH;
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
    last = status;
    saidAt = clock.instant();
  }

  /// Called every few seconds.
  ///
  /// @return whether the session is idle
  synchronized boolean tick() {
    Instant now = clock.instant();
    Optional<Status> truth = file.get();
    if (!manual && truth.isPresent()) {
      boolean wrong = truth.get() != last && saidAt.plus(HOOK_STANDS).isBefore(now);
      boolean due = truth.get() == Status.WORKING && saidAt.plus(REPEAT).isBefore(now);
      if (wrong || due) {
        say(truth.get(), StatusSource.JSONL);
      }
    }
    return truth.orElse(last) == Status.IDLE;
  }

  private void say(Status status, StatusSource source) {
    last = status;
    saidAt = clock.instant();
    for (MeshLink link : meshes.links()) {
      if (link.connected()) {
        link.client().call(new PresenceRequest.SetStatus(status, Optional.of(source)));
      }
    }
  }
}
