package dev.claudemesh.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.flow.Flow;
import dev.claudemesh.cli.flow.Guide;
import dev.claudemesh.cli.flow.Guides;
import dev.claudemesh.cli.flow.Page;
import dev.claudemesh.cli.flow.Position;
import dev.claudemesh.cli.flow.Step;
import dev.claudemesh.cli.launch.LaunchSession.Goal;
import dev.claudemesh.cli.launch.LaunchSession.Mesh;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

/// The questions of a launch as a pure function of what is known, with a broker that is made up.
class LaunchFlowTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final String LINK = "http://127.0.0.1:7900/i/ABCD2345";

  private final FakeActions actions = new FakeActions();
  private final Flow<LaunchSession> flow = LaunchFlow.of(actions, InstantSource.fixed(NOW));

  @Test
  void somebody_with_one_mesh_is_one_key_away_from_the_end() throws Exception {
    Position<LaunchSession> position = Position.start(flow, session(1));

    assertThat(position.page(NOW).title()).isEqualTo("claudemesh launch");
    assertThat(labels(position)).startsWith("Continue");
    position = take(position, preselected(position));

    assertThat(position.isDone()).isTrue();
  }

  @Test
  void a_newcomer_makes_a_mesh_and_nothing_is_done_before_the_last_answer() throws Exception {
    Position<LaunchSession> position = Position.start(flow, session(0));
    position = pick(position, "Make a mesh");
    position = type(position, "127.0.0.1:7900");
    position = type(position, "payments");
    position = pick(position, "dev-team");
    position = type(position, "Ana");
    position = pick(position, "reviewer");

    assertThat(actions.done).isEmpty();
    position = pick(position, "Continue");

    assertThat(actions.done).containsExactly("make payments from dev-team as Ana");
    assertThat(position.isDone()).isTrue();
    assertThat(position.session().mesh()).map(Mesh::slug).contains("payments");
    assertThat(position.session().role()).contains("reviewer");
  }

  @Test
  void a_newcomer_with_a_link_sees_who_invites_before_joining() throws Exception {
    Position<LaunchSession> position = Position.start(flow, session(0));
    position = pick(position, "Join a mesh");
    position = type(position, LINK);
    position = take(position, preselected(position));

    assertThat(actions.done).containsExactly("look at " + LINK);
    assertThat(Card.rows(position.session()))
        .contains(
            new Page.Row(
                "Mesh",
                dev.claudemesh.cli.terminal.Icon.RUN,
                "platform (invited by ana, 3 members)"));
    position = type(position, "Ben");
    position = pick(position, "None");
    position = pick(position, "Continue");
    assertThat(actions.done).contains("join by " + LINK + " as Ben");
  }

  @Test
  void a_link_that_is_none_is_refused_where_it_was_typed() throws Exception {
    Position<LaunchSession> position = pick(Position.start(flow, session(0)), "Join a mesh");
    Page.Type<LaunchSession> type = (Page.Type<LaunchSession>) position.page(NOW).ask();

    assertThat(type.then().apply("ftp://x/i/ABCD2345")).isInstanceOf(Step.Refuse.class);
    assertThat(type.then().apply("")).isInstanceOf(Step.Refuse.class);
  }

  @Test
  void a_bare_code_needs_to_know_the_broker_and_a_link_says_it() throws Exception {
    Position<LaunchSession> position = pick(Position.start(flow, session(0)), "Join a mesh");

    assertThat(type(position, "ABCD2345").page(NOW).title()).isEqualTo("Where is the broker?");
    assertThat(type(position, LINK).page(NOW).ask()).isInstanceOf(Page.Pass.class);
  }

  @Test
  void signing_in_leads_back_to_the_welcome_with_the_account_known() throws Exception {
    Position<LaunchSession> position = Position.start(flow, session(0));
    position = pick(position, "Sign in");
    position = type(position, "wss://mesh.example.test");
    position = take(position, preselected(position));

    assertThat(position.page(NOW).title()).isEqualTo("claudemesh");
    assertThat(labels(position)).doesNotContain("Sign in");
    assertThat(position.session().machine().account()).contains("ana@example.test");
  }

  @Test
  void with_several_meshes_and_none_used_before_one_is_picked() throws Exception {
    Position<LaunchSession> position = Position.start(flow, session(3).withGoal(null));

    assertThat(labels(position))
        .containsExactly("mesh-0", "mesh-1", "mesh-2", "Join a mesh", "Make a mesh", "Cancel");
    position = pick(position, "mesh-1");
    assertThat(position.page(NOW).title()).isEqualTo("claudemesh launch");
    position = pick(position, "Change mesh");
    assertThat(labels(position)).contains("mesh-2");
  }

  @Test
  void what_is_changed_begins_with_what_it_was() throws Exception {
    Position<LaunchSession> position =
        Position.start(flow, session(1).withName("Ana").withRole("gardener"));
    position = pick(position, "Change name or role");
    position = take(position, preselected(position));
    assertThat(labels(position)).contains("None", "gardener");
    position = take(position, preselected(position));

    assertThat(position.session().name()).contains("Ana");
    assertThat(position.session().role()).contains("gardener");
    position = pick(position, "Change name or role");
    position = pick(take(position, preselected(position)), "None");
    assertThat(position.session().role()).contains("");
  }

  @Test
  void each_trouble_has_an_interruption_of_its_own_that_says_what_to_do() {
    LaunchSession joining = session(0).withGoal(new Goal.Join(Optional.of(LINK), Optional.empty()));
    assertThat(trouble(ProblemCode.UNREACHABLE, joining)).isEqualTo("The broker is away");
    assertThat(trouble(ProblemCode.BUSY, joining)).isEqualTo("The broker is away");
    assertThat(trouble(ProblemCode.INVITE_EXPIRED, joining))
        .isEqualTo("This invite cannot be taken");
    assertThat(trouble(ProblemCode.RATE_LIMITED, joining))
        .isEqualTo("The broker asks for patience");
    assertThat(
            trouble(
                ProblemCode.FORBIDDEN,
                session(0).withGoal(new Goal.Create(Optional.of("x"), Optional.empty()))))
        .isEqualTo("That was refused");
  }

  @Test
  void a_broker_that_says_how_long_to_wait_is_asked_again_then() {
    Problem problem =
        new Problem(
            ProblemCode.RATE_LIMITED,
            "slowly",
            JsonNodeFactory.instance.objectNode().put("retryAfterMs", 7_000));
    Step.Interrupt<LaunchSession> step =
        (Step.Interrupt<LaunchSession>)
            Trouble.of(problem, session(0), 0, new Step.Resume<>(), NOW);

    assertThat(step.overlay().again())
        .hasValueSatisfying(again -> {
          assertThat(again.at()).isEqualTo(NOW.plusSeconds(7));
          assertThat(again.step()).contains(new Step.Resume<>());
        });
  }

  @Test
  void the_pauses_between_tries_grow_up_to_half_a_minute() {
    assertThat(List.of(0, 1, 2, 3, 4, 60).stream().map(Trouble::pause).map(Duration::toSeconds))
        .containsExactly(2L, 4L, 8L, 16L, 30L, 30L);
  }

  @Test
  void with_nobody_there_what_is_known_is_enough_or_the_flag_is_named() throws Exception {
    Guide<LaunchSession> nobody = Guides.nobodyThere();

    assertThat(nobody.lead(Position.start(flow, session(1))).session())
        .map(LaunchSession::confirmed)
        .contains(true);
    assertThatThrownBy(() -> nobody.lead(Position.start(flow, session(2).withGoal(null))))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("--mesh: mesh-0, mesh-1");
    assertThatThrownBy(() -> nobody.lead(Position.start(flow, session(0))))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("--join <link>")
        .hasMessageContaining("claudemesh create <name>");
    LaunchSession invited = session(0).withGoal(new Goal.Join(Optional.of(LINK), Optional.empty()));
    assertThat(nobody.lead(Position.start(flow, invited)).session())
        .flatMap(LaunchSession::mesh)
        .map(Mesh::slug)
        .contains("platform");
  }

  /// Whatever somebody does, and whatever goes wrong meanwhile: once the broker is well, taking
  /// what is preselected ends it, and what was done was done once.
  @Test
  void every_history_ends_and_joins_or_makes_one_mesh_at_most() throws Exception {
    long first = Long.getLong("seed", System.nanoTime());
    int runs = Long.getLong("seed") == null ? 400 : 1;
    for (int run = 0; run < runs; run++) {
      Random random = new Random(first + run);
      try {
        history(random);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dseed=" + (first + run) + ": " + e.getMessage(), e);
      }
    }
  }

  private static void history(Random random) throws Exception {
    List<ProblemCode> codes =
        List.of(
            ProblemCode.UNREACHABLE,
            ProblemCode.INVITE_EXPIRED,
            ProblemCode.RATE_LIMITED,
            ProblemCode.FORBIDDEN);
    boolean[] well = {false};
    FakeActions world =
        new FakeActions()
            .failing(() ->
                well[0] || random.nextInt(3) > 0
                    ? Optional.empty()
                    : Optional.of(codes.get(random.nextInt(codes.size()))));
    Flow<LaunchSession> flow = LaunchFlow.of(world, InstantSource.fixed(NOW));
    int meshes = random.nextInt(3);
    Position<LaunchSession> position =
        Position.start(flow, meshes == 1 ? session(1) : session(meshes).withGoal(null));
    for (int i = random.nextInt(30); i > 0 && !position.isDone(); i--) {
      position = anything(position, random);
    }
    well[0] = true;
    for (int steps = 0; !position.isDone(); steps++) {
      assertThat(steps).as("steps to the end").isLessThan(40);
      position = take(position, answer(position));
    }
    LaunchSession end = position.session();
    assertThat(end.confirmed()).isTrue();
    assertThat(end.mesh()).isPresent();
    assertThat(end.name()).isPresent();
    assertThat(world.done.stream().filter(done -> done.matches("(join|make) .*")).count())
        .isLessThanOrEqualTo(1);
  }

  private static Position<LaunchSession> anything(Position<LaunchSession> position, Random random)
      throws Exception {
    if (random.nextInt(6) == 0) {
      return position.after(new Step.Back<>());
    }
    if (random.nextInt(8) == 0) {
      return position.learned(session -> session.withOnline(random.nextInt(9)));
    }
    Page<LaunchSession> page = position.page(NOW);
    if (!(page.ask() instanceof Page.Pick<LaunchSession> pick)) {
      return take(position, answer(position));
    }
    Step<LaunchSession> step = pick.choices().get(random.nextInt(pick.choices().size())).step();
    return step instanceof Step.Leave ? position : take(position, step);
  }

  /// What is preselected; something sensible where nothing stands there.
  private static Step<LaunchSession> answer(Position<LaunchSession> position) {
    return position.page(NOW).ask() instanceof Page.Type<LaunchSession> type
        ? type.then().apply(type.initial().isEmpty() ? sensible(type.label()) : type.initial())
        : preselected(position);
  }

  private static String sensible(String label) {
    return label.equals("Invite link") ? LINK : "payments";
  }

  private static Step<LaunchSession> preselected(Position<LaunchSession> position) {
    return switch (position.page(NOW).ask()) {
      case Page.Pick<LaunchSession> pick -> pick.choices().get(pick.preselected()).step();
      case Page.Type<LaunchSession> type -> type.then().apply(type.initial());
      case Page.Pass<LaunchSession> pass -> pass.step();
    };
  }

  private static Position<LaunchSession> take(
      Position<LaunchSession> position, Step<LaunchSession> step) throws Exception {
    return switch (step) {
      case Step.Work<LaunchSession> work -> {
        Step<LaunchSession> next;
        try {
          next = work.work().call();
        } catch (Problem problem) {
          next = work.trouble().apply(problem);
        }
        yield take(position, next);
      }
      case Step.Outside<LaunchSession> outside -> {
        try {
          yield take(position, outside.work().call());
        } catch (Problem problem) {
          yield position.after(new Step.Settle<>(session -> session.withGoal(null)));
        }
      }
      default -> position.after(step);
    };
  }

  private static Position<LaunchSession> pick(Position<LaunchSession> position, String label)
      throws Exception {
    Page.Pick<LaunchSession> pick = (Page.Pick<LaunchSession>) position.page(NOW).ask();
    return take(
        position,
        pick.choices().stream()
            .filter(choice -> choice.label().equals(label))
            .findFirst()
            .orElseThrow(() -> new AssertionError(label + " is not among " + labels(position)))
            .step());
  }

  private static Position<LaunchSession> type(Position<LaunchSession> position, String text)
      throws Exception {
    Page.Type<LaunchSession> type = (Page.Type<LaunchSession>) position.page(NOW).ask();
    return take(position, type.then().apply(text));
  }

  private static List<String> labels(Position<LaunchSession> position) {
    Page.Pick<LaunchSession> pick = (Page.Pick<LaunchSession>) position.page(NOW).ask();
    return pick.choices().stream().map(Page.Choice::label).toList();
  }

  private static String trouble(ProblemCode code, LaunchSession session) {
    Step.Interrupt<LaunchSession> step =
        (Step.Interrupt<LaunchSession>)
            Trouble.of(new Problem(code, code.meaning()), session, 0, new Step.Resume<>(), NOW);
    return step.overlay().title();
  }

  private static LaunchSession session(int meshes) {
    List<Mesh> all = new ArrayList<>();
    for (int i = 0; i < meshes; i++) {
      all.add(new Mesh("id-" + i, "mesh-" + i, "mesh-" + i, "ws://127.0.0.1:1/ws"));
    }
    return new LaunchSession(
        new LaunchSession.Machine("~/payments", all, Optional.empty(), true),
        new LaunchSession.Wishes(
            Optional.empty(), Optional.empty(), Optional.empty(), false, false, false),
        meshes == 0 ? Optional.empty() : Optional.of(new Goal.Joined("id-0")),
        Optional.empty(),
        "ana",
        "",
        meshes == 0 ? Optional.empty() : Optional.of("ana"),
        meshes == 0 ? Optional.empty() : Optional.of(""),
        Optional.empty(),
        false,
        false);
  }
}
