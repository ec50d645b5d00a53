package dev.claudemesh.cli.launch;

import dev.claudemesh.cli.flow.Overlay;
import dev.claudemesh.cli.flow.Page.Choice;
import dev.claudemesh.cli.flow.Step;
import dev.claudemesh.cli.launch.LaunchSession.Goal;
import dev.claudemesh.cli.mesh.Brokers;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.ProblemCode.Category;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a launch is interrupted by. Pure.
final class Trouble {
  static final String BROKER_LOST = "broker lost";
  static final String UNKNOWN_MESH = "unknown mesh";

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private Trouble() {}

  /// How long to wait before the next try.
  ///
  /// @param failures how many tries failed before this one, from 0
  static Duration pause(int failures) {
    Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, 10));
    return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }

  static boolean isBrokerAway(Problem problem) {
    Category category = problem.code().category();
    return category == Category.NETWORK || category == Category.BUSY;
  }

  static boolean isUnknownMesh(Problem problem) {
    return problem.code() == ProblemCode.MESH_NOT_FOUND
        || problem.code() == ProblemCode.UNAUTHORIZED;
  }

  /// The broker asked to wait that long.
  static Optional<Duration> asksToWait(Problem problem) {
    return problem.code().category() == Category.RATE_LIMITED
        ? Optional.of(
            problem
                .details()
                .map(details -> details.path("retryAfterMs").asLong(0))
                .filter(millis -> millis > 0)
                .map(Duration::ofMillis)
                .orElse(LONGEST_PAUSE))
        : Optional.empty();
  }

  /// What work of the flow was stopped by.
  ///
  /// @param again the same work once more
  static Step<LaunchSession> of(
      Problem problem,
      LaunchSession session,
      int failures,
      Step<LaunchSession> again,
      Instant now) {
    if (isBrokerAway(problem)) {
      return new Step.Interrupt<>(lost(problem, session, again, now.plus(pause(failures))));
    }
    Optional<Duration> wait = asksToWait(problem);
    if (wait.isPresent()) {
      return new Step.Interrupt<>(rateLimited(again, now.plus(wait.get())));
    }
    return new Step.Interrupt<>(
        session.has(Goal.Join.class) ? badInvite(problem) : refused(problem, session));
  }

  private static Overlay<LaunchSession> lost(
      Problem problem, LaunchSession session, Step<LaunchSession> again, Instant at) {
    List<Choice<LaunchSession>> choices = new ArrayList<>();
    choices.add(new Choice<>("Try now", again));
    if (session.has(Goal.Create.class)) {
      choices.add(
          new Choice<>("Another broker", new Step.Go<>(one -> one.withBroker(Optional.empty()))));
    }
    choices.add(new Choice<>("Back", new Step.Back<>()));
    choices.add(new Choice<>("Leave", new Step.Leave<>()));
    return new Overlay<>(
        BROKER_LOST,
        Icon.WARN,
        "The broker is away",
        text(problem, session.broker()),
        Optional.of(new Overlay.Countdown<>("Trying again", at, Optional.of(again))),
        choices);
  }

  /// The broker of the mesh that was chosen does not answer, while the card is shown.
  ///
  /// @param again asks it at once
  /// @param at when it is asked anyway
  static Overlay<LaunchSession> lostMesh(
      Problem problem, LaunchSession.Mesh mesh, Step<LaunchSession> again, Instant at) {
    return new Overlay<>(
        BROKER_LOST,
        Icon.WARN,
        "The broker of " + mesh.slug() + " is away",
        text(problem, Optional.of(mesh.broker())),
        Optional.of(new Overlay.Countdown<>("Trying again", at, Optional.empty())),
        List.of(
            new Choice<>("Try now", again),
            new Choice<>(
                "Start without it",
                "the session joins the mesh when its broker is back",
                new Step.Go<>(LaunchSession::withAlone)),
            new Choice<>("Change mesh", new Step.Go<>(session -> session.withGoal(null))),
            new Choice<>("Cancel", new Step.Leave<>())));
  }

  private static List<String> text(Problem problem, Optional<String> broker) {
    List<String> text = new ArrayList<>(List.of(problem.getMessage()));
    if (broker.map(URI::create).filter(Brokers::isLocal).isPresent()
        && !problem.getMessage().contains("claudemesh broker")) {
      text.add("Start one in another terminal: claudemesh broker");
    }
    return text;
  }

  private static Overlay<LaunchSession> rateLimited(Step<LaunchSession> again, Instant at) {
    return new Overlay<>(
        "rate limited",
        Icon.WARN,
        "The broker asks for patience",
        List.of("It was asked more often than it allows. Nothing is lost."),
        Optional.of(new Overlay.Countdown<>("Going on", at, Optional.of(again))),
        List.of(
            new Choice<>("Back", new Step.Back<>()), new Choice<>("Leave", new Step.Leave<>())));
  }

  static Overlay<LaunchSession> badInvite(Problem problem) {
    return new Overlay<>(
        "bad invite",
        Icon.BAD,
        "This invite cannot be taken",
        List.of(problem.getMessage()),
        Optional.empty(),
        List.of(
            new Choice<>(
                "Type another link",
                new Step.Go<>(session ->
                    session.withGoal(new Goal.Join(Optional.empty(), Optional.empty())))),
            new Choice<>("Something else", new Step.Go<>(session -> session.withGoal(null))),
            new Choice<>("Leave", new Step.Leave<>())));
  }

  static Overlay<LaunchSession> unknownMesh(String why) {
    return new Overlay<>(
        UNKNOWN_MESH,
        Icon.BAD,
        "There is no such mesh for you",
        List.of(why),
        Optional.empty(),
        List.of(
            new Choice<>("Choose a mesh", new Step.Go<>(session -> session.withGoal(null))),
            new Choice<>("Leave", new Step.Leave<>())));
  }

  /// Also where a name is taken, say.
  private static Overlay<LaunchSession> refused(Problem problem, LaunchSession session) {
    List<Choice<LaunchSession>> choices = new ArrayList<>();
    if (session.has(Goal.Create.class)) {
      choices.add(
          new Choice<>(
              "Another name for the mesh",
              new Step.Go<>(
                  one -> one.withGoal(new Goal.Create(Optional.empty(), Optional.empty())))));
    }
    choices.add(new Choice<>("Back", new Step.Back<>()));
    choices.add(new Choice<>("Leave", new Step.Leave<>()));
    return new Overlay<>(
        "refused",
        Icon.BAD,
        "That was refused",
        List.of(problem.getMessage()),
        Optional.empty(),
        choices);
  }
}
