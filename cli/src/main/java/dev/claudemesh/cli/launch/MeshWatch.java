package dev.claudemesh.cli.launch;

import dev.claudemesh.cli.flow.News;
import dev.claudemesh.cli.flow.Step;
import dev.claudemesh.cli.flow.Watch;
import dev.claudemesh.cli.launch.LaunchSession.Mesh;
import dev.claudemesh.protocol.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Asks the broker of the chosen mesh who is there, now and then while somebody looks at the card;
/// tells when it is away, and when it is back.
final class MeshWatch implements Watch<LaunchSession> {
  private static final Duration EVERY = Duration.ofSeconds(2);

  private final Actions actions;
  private final InstantSource clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("claudemesh-watch").factory());
  private volatile LaunchSession session;
  private Optional<Mesh> watched = Optional.empty();
  private int failures;

  MeshWatch(Actions actions, InstantSource clock) {
    this.actions = actions;
    this.clock = clock;
  }

  @Override
  public void on(LaunchSession now, Consumer<News<LaunchSession>> tell) {
    if (session == null) {
      // Apart from the other asking: a feed may take its time.
      Thread.ofVirtual().start(() -> tellNewest(tell));
    }
    boolean another = session == null || !now.mesh().equals(session.mesh());
    session = now;
    if (another) {
      timer.execute(() -> begin(now.mesh(), tell));
    }
  }

  private void tellNewest(Consumer<News<LaunchSession>> tell) {
    try {
      actions
          .newest()
          .ifPresent(version ->
              tell.accept(
                  new News.Banner<>("claudemesh " + version + " is out: claudemesh upgrade")));
    } catch (Problem e) {
      // Who starts a session is not held up by that; claudemesh upgrade says what is wrong.
      return;
    }
  }

  private void begin(Optional<Mesh> mesh, Consumer<News<LaunchSession>> tell) {
    watched = mesh;
    failures = 0;
    tell.accept(new News.Withdrawn<>(Trouble.BROKER_LOST));
    mesh.ifPresent(one -> ask(one, tell));
  }

  /// Goes on until another mesh is watched.
  private void ask(Mesh mesh, Consumer<News<LaunchSession>> tell) {
    if (watched.filter(mesh::equals).isEmpty()) {
      return;
    }
    Duration pause = EVERY;
    try {
      int online = actions.online(mesh);
      failures = 0;
      tell.accept(new News.Withdrawn<>(Trouble.BROKER_LOST));
      tell.accept(
          new News.Learned<>(
              one -> one.mesh().filter(mesh::equals).isPresent() ? one.withOnline(online) : one));
    } catch (Problem problem) {
      pause = Trouble.asksToWait(problem).orElse(Trouble.pause(failures++));
      if (Trouble.isUnknownMesh(problem)) {
        watched = Optional.empty();
        tell.accept(new News.Interrupted<>(Trouble.unknownMesh(problem.getMessage())));
      } else if (Trouble.isBrokerAway(problem) && !session.alone()) {
        tell.accept(
            new News.Interrupted<>(
                Trouble.lostMesh(problem, mesh, again(mesh, tell), clock.instant().plus(pause))));
      }
    }
    timer.schedule(() -> ask(mesh, tell), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Asks once more, at once; what comes of it is told like any other time.
  private Step<LaunchSession> again(Mesh mesh, Consumer<News<LaunchSession>> tell) {
    return new Step.Work<>(
        "Asking the broker of " + mesh.slug(),
        () -> {
          int online = actions.online(mesh);
          tell.accept(new News.Learned<>(one -> one.withOnline(online)));
          return new Step.Resume<>();
        },
        problem -> {
          Instant next = clock.instant().plus(Trouble.pause(1));
          return new Step.Interrupt<>(Trouble.lostMesh(problem, mesh, again(mesh, tell), next));
        });
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
