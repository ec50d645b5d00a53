package dev.claudemesh.cli.launch;

import dev.claudemesh.cli.flow.Flow;
import dev.claudemesh.cli.flow.Page;
import dev.claudemesh.cli.flow.Page.Choice;
import dev.claudemesh.cli.flow.Page.Pick;
import dev.claudemesh.cli.flow.Step;
import dev.claudemesh.cli.launch.LaunchSession.Goal;
import dev.claudemesh.cli.launch.LaunchSession.Mesh;
import dev.claudemesh.cli.launch.LaunchSession.Offer;
import dev.claudemesh.cli.mesh.Brokers;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.invites.InviteLink;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// What is asked before Claude Code starts, in its order. Nothing is joined or made before the last
/// question is answered.
final class LaunchFlow {
  private static final int LONGEST_NAME = 100;
  private static final List<String> ROLES =
      List.of("lead", "developer", "reviewer", "tester", "researcher", "writer", "operator");

  private final Actions actions;
  private final InstantSource clock;

  private LaunchFlow(Actions actions, InstantSource clock) {
    this.actions = actions;
    this.clock = clock;
  }

  static Flow<LaunchSession> of(Actions actions, InstantSource clock) {
    return new LaunchFlow(actions, clock).flow();
  }

  private Flow<LaunchSession> flow() {
    Predicate<LaunchSession> fresh = session -> session.machine().meshes().isEmpty();
    return new Flow<>(
        List.of(
            entry("welcome", fresh, LaunchSession::hasGoal, this::welcome, Unattended::welcome),
            entry("mesh", fresh.negate(), LaunchSession::hasGoal, this::mesh, Unattended::mesh),
            entry(
                "link",
                wants(Goal.Join.class),
                session -> join(session).link().isPresent(),
                this::link,
                _ -> "Say which invite with --join <link>"),
            entry(
                "broker",
                LaunchFlow::needsBroker,
                session -> session.broker().isPresent(),
                this::broker,
                _ -> "Say where the broker is: set CLAUDEMESH_BROKER_URL"),
            entry(
                "account",
                wants(Goal.SignIn.class),
                session -> session.machine().account().isPresent(),
                this::account,
                _ -> "Sign in first: claudemesh login"),
            entry(
                "offer",
                wants(Goal.Join.class),
                session -> join(session).offer().isPresent(),
                this::offer,
                _ -> ""),
            entry(
                "mesh name",
                wants(Goal.Create.class),
                session -> create(session).name().isPresent(),
                this::meshName,
                _ -> "Make the mesh first: claudemesh create <name>"),
            entry(
                "template",
                wants(Goal.Create.class),
                session -> create(session).template().isPresent(),
                this::template,
                _ -> ""),
            entry("name", _ -> true, session -> session.name().isPresent(), this::name, _ -> ""),
            entry("role", _ -> true, session -> session.role().isPresent(), this::role, _ -> ""),
            entry("confirm", _ -> true, LaunchSession::confirmed, this::confirm, _ -> "")));
  }

  private static Flow.Entry<LaunchSession> entry(
      String name,
      Predicate<LaunchSession> show,
      Predicate<LaunchSession> isComplete,
      Function<LaunchSession, Page<LaunchSession>> screen,
      Function<LaunchSession, String> unattended) {
    return new Flow.Entry<>(name, show, isComplete, screen, unattended);
  }

  private static Predicate<LaunchSession> wants(Class<? extends Goal> kind) {
    return session -> session.has(kind);
  }

  private static Goal.Join join(LaunchSession session) {
    return (Goal.Join) session.goal().orElseThrow();
  }

  private static Goal.Create create(LaunchSession session) {
    return (Goal.Create) session.goal().orElseThrow();
  }

  /// A link says where its broker is, a bare code does not.
  private static boolean needsBroker(LaunchSession session) {
    return session.has(Goal.Create.class)
        || session.has(Goal.SignIn.class)
        || session.has(Goal.Join.class)
            && join(session).link().filter(LaunchFlow::isBare).isPresent();
  }

  private static boolean isBare(String link) {
    InviteLink invite = InviteLink.parse(link);
    return invite.broker().isEmpty() && invite.kind() instanceof InviteLink.Kind.Code;
  }

  private Page<LaunchSession> welcome(LaunchSession session) {
    List<Choice<LaunchSession>> choices = new ArrayList<>(ways());
    if (session.machine().account().isEmpty()) {
      choices.add(
          new Choice<>(
              "Sign in",
              "to an account of a broker that has accounts",
              new Step.Go<>(one -> one.withGoal(new Goal.SignIn()))));
    }
    choices.add(new Choice<>("Exit", new Step.Leave<>()));
    return new Page<>(
        "claudemesh",
        session.machine().account().isPresent() ? Card.rows(session) : List.of(),
        List.of(
            "A private mesh for Claude Code sessions: they see each other, and talk end to end"
                + " encrypted.",
            "To look around first, leave and type: claudemesh demo"),
        new Pick<>(choices, 0));
  }

  private static List<Choice<LaunchSession>> ways() {
    return List.of(
        new Choice<>(
            "Join a mesh",
            "by an invite link that somebody sent you",
            new Step.Go<>(one -> one.withGoal(new Goal.Join(Optional.empty(), Optional.empty())))),
        new Choice<>(
            "Make a mesh",
            "and invite others to it",
            new Step.Go<>(
                one -> one.withGoal(new Goal.Create(Optional.empty(), Optional.empty())))));
  }

  private Page<LaunchSession> mesh(LaunchSession session) {
    List<Choice<LaunchSession>> choices = new ArrayList<>();
    for (Mesh mesh : session.machine().meshes()) {
      choices.add(
          new Choice<>(
              mesh.slug(),
              (mesh.name().equals(mesh.slug()) ? "" : mesh.name() + ", ") + "on " + mesh.broker(),
              new Step.Go<>(one -> one.withGoal(new Goal.Joined(mesh.id())))));
    }
    choices.addAll(ways());
    choices.add(new Choice<>("Cancel", new Step.Leave<>()));
    return new Page<>("Which mesh?", Card.rows(session), List.of(), new Pick<>(choices, 0));
  }

  private Page<LaunchSession> link(LaunchSession session) {
    return new Page<>(
        "Join a mesh",
        List.of(),
        List.of("Paste the link that somebody sent you. It is only looked at for now."),
        new Page.Type<>(
            "Invite link",
            "",
            text -> {
              try {
                InviteLink.parse(text);
                return new Step.Go<>(
                    one -> one.withGoal(new Goal.Join(Optional.of(text), Optional.empty())));
              } catch (Problem problem) {
                return new Step.Refuse<>(problem.getMessage());
              }
            }));
  }

  private Page<LaunchSession> broker(LaunchSession session) {
    return new Page<>(
        "Where is the broker?",
        List.of(),
        List.of(
            "A broker carries the messages of a mesh. On this machine one is started with:"
                + " claudemesh broker"),
        new Page.Type<>(
            "Broker",
            Brokers.DEFAULT.toString(),
            text -> {
              try {
                String url = Brokers.webSocket(text).toString();
                return new Step.Go<>(one -> one.withBroker(Optional.of(url)));
              } catch (Problem problem) {
                return new Step.Refuse<>(problem.getMessage());
              }
            }));
  }

  private Page<LaunchSession> account(LaunchSession session) {
    String broker = session.broker().orElseThrow();
    return passing(
        new Step.Outside<>(() -> {
          Optional<String> email = actions.signIn(broker);
          return new Step.Settle<>(one -> email.map(one::withAccount).orElse(one).withGoal(null));
        }));
  }

  private Page<LaunchSession> offer(LaunchSession session) {
    String link = join(session).link().orElseThrow();
    return passing(
        work(
            "Reading the invite",
            session,
            0,
            () -> {
              Offer offer = actions.offer(link, session.broker());
              return new Step.Go<>(
                  one -> one.withGoal(new Goal.Join(Optional.of(link), Optional.of(offer))));
            }));
  }

  private static Page<LaunchSession> passing(Step<LaunchSession> step) {
    return new Page<>("claudemesh", List.of(), List.of(), new Page.Pass<>(step));
  }

  /// Work that is tried again where that helps.
  private Step<LaunchSession> work(
      String doing, LaunchSession session, int failures, Callable<Step<LaunchSession>> call) {
    return new Step.Work<>(
        doing,
        call,
        problem ->
            Trouble.of(
                problem,
                session,
                failures,
                work(doing, session, failures + 1, call),
                clock.instant()));
  }

  private Page<LaunchSession> meshName(LaunchSession session) {
    return new Page<>(
        "Make a mesh",
        Card.rows(session),
        List.of("A name that your team knows, such as platform."),
        new Page.Type<>(
            "Name of the mesh",
            "",
            text ->
                named(
                    text,
                    one -> one.withGoal(new Goal.Create(Optional.of(text), Optional.empty())))));
  }

  private static Step<LaunchSession> named(
      String text, java.util.function.UnaryOperator<LaunchSession> change) {
    if (text.isBlank()) {
      return new Step.Refuse<>("Type a name");
    }
    return text.length() > LONGEST_NAME
        ? new Step.Refuse<>("A name has at most " + LONGEST_NAME + " characters")
        : new Step.Go<>(change);
  }

  private Page<LaunchSession> template(LaunchSession session) {
    Goal.Create wanted = create(session);
    List<Choice<LaunchSession>> choices = new ArrayList<>();
    choices.add(new Choice<>("Empty", "nothing in it yet", chooses(wanted, "")));
    actions
        .templates()
        .forEach(template ->
            choices.add(
                new Choice<>(template.name(), template.about(), chooses(wanted, template.name()))));
    return new Page<>(
        "What does it begin with?",
        Card.rows(session),
        List.of("A template puts a welcome, values, first tasks and a skill into the mesh."),
        new Pick<>(choices, 0));
  }

  private static Step<LaunchSession> chooses(Goal.Create wanted, String template) {
    return new Step.Go<>(
        one -> one.withGoal(new Goal.Create(wanted.name(), Optional.of(template))));
  }

  private Page<LaunchSession> name(LaunchSession session) {
    return new Page<>(
        "What are you called?",
        Card.rows(session),
        List.of("Others on the mesh see this name, and write to it."),
        new Page.Type<>(
            "Your name", session.usualName(), text -> named(text, one -> one.withName(text))));
  }

  private Page<LaunchSession> role(LaunchSession session) {
    List<Choice<LaunchSession>> choices = new ArrayList<>();
    choices.add(new Choice<>("None", new Step.Go<>(one -> one.withRole(""))));
    List<String> roles = new ArrayList<>(ROLES);
    if (!session.usualRole().isEmpty() && !roles.contains(session.usualRole())) {
      roles.add(session.usualRole());
    }
    roles.forEach(
        role -> choices.add(new Choice<>(role, new Step.Go<>(one -> one.withRole(role)))));
    return new Page<>(
        "What does the session do?",
        Card.rows(session),
        List.of("Others see it beside the name. For a word of your own: --role <word>"),
        new Pick<>(choices, 1 + roles.indexOf(session.usualRole())));
  }

  private Page<LaunchSession> confirm(LaunchSession session) {
    List<Choice<LaunchSession>> choices = new ArrayList<>();
    choices.add(new Choice<>("Continue", going(session)));
    choices.add(new Choice<>("Change mesh", new Step.Go<>(one -> one.withGoal(null))));
    choices.add(
        new Choice<>("Change name or role", new Step.Go<>(LaunchSession::withoutNameAndRole)));
    choices.add(new Choice<>("Cancel", new Step.Leave<>()));
    return new Page<>(
        "claudemesh launch", Card.rows(session), Card.remarks(session), new Pick<>(choices, 0));
  }

  private Step<LaunchSession> going(LaunchSession session) {
    String as = session.name().orElseThrow();
    return switch (session.goal().orElseThrow()) {
      case Goal.Join wanted ->
          work(
              "Joining " + wanted.offer().orElseThrow().mesh(),
              session,
              0,
              () -> done(actions.join(wanted.link().orElseThrow(), session.broker(), as)));
      case Goal.Create wanted ->
          work(
              "Making " + wanted.name().orElseThrow(),
              session,
              0,
              () ->
                  done(
                      actions.create(
                          wanted.name().orElseThrow(),
                          wanted.template().orElseThrow(),
                          session.broker(),
                          as)));
      case Goal.Joined joined -> new Step.Go<>(LaunchSession::withConfirmed);
      case Goal.SignIn signIn -> new Step.Go<>(one -> one.withGoal(null));
    };
  }

  private static Step<LaunchSession> done(Mesh mesh) {
    return new Step.Settle<>(one -> one.withMesh(mesh).withConfirmed());
  }

  /// What is said where nobody can be asked.
  private static final class Unattended {
    static String welcome(LaunchSession session) {
      return "You are in no mesh yet. Take an invite with --join <link>, or make a mesh first:"
          + " claudemesh create <name>";
    }

    static String mesh(LaunchSession session) {
      return "You are in several meshes; name one with --mesh: "
          + session.machine().meshes().stream().map(Mesh::slug).collect(Collectors.joining(", "));
    }
  }
}
