package dev.claudemesh.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.members.MemberReply.Member;
import dev.claudemesh.protocol.presence.PresenceReply.Peer;
import dev.claudemesh.protocol.presence.Status;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetsTest {
  private static final String ALICE = "a1".repeat(32);
  private static final String ALICE_API = "b1".repeat(32);
  private static final String ALICE_WEB = "b2".repeat(32);
  private static final String BOB = "c1".repeat(32);
  private static final String BOB_ONE = "d1".repeat(32);
  private static final String BOB_TWO = "d2".repeat(32);
  private static final String CAROL = "e1".repeat(32);

  private final Targets targets =
      new Targets(
          List.of(
              peer(ALICE_API, "api-server", ALICE, "laptop", "/src/api"),
              peer(ALICE_WEB, "web", ALICE, "laptop", "/src/web"),
              peer(BOB_ONE, "Bob", BOB, "tower", "/one"),
              peer(BOB_TWO, "Bob", BOB, "tower", "/two")),
          List.of(
              member("Alice", ALICE, true),
              member("Bob", BOB, true),
              member("Carol", CAROL, false)));

  private static Peer peer(String key, String name, String memberKey, String host, String cwd) {
    return new Peer(
        key,
        name,
        Status.IDLE,
        Optional.empty(),
        List.of(),
        "session",
        Instant.EPOCH,
        cwd,
        Optional.of(host),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(memberKey),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Member member(String name, String key, boolean online) {
    return new Member(
        "id-" + name,
        name,
        Optional.empty(),
        List.of(),
        "push",
        "member",
        Optional.empty(),
        Instant.EPOCH,
        Optional.empty(),
        Optional.of(online),
        Optional.empty(),
        Optional.of(key),
        Optional.empty(),
        Optional.empty());
  }

  private String spec(String name) {
    return targets.resolve(name).spec();
  }

  private Problem refused(String name) {
    try {
      targets.resolve(name);
      throw new AssertionError(name + " should name nobody");
    } catch (Problem problem) {
      return problem;
    }
  }

  @Test
  void a_key_is_itself_and_bears_the_name_of_whom_it_belongs_to() {
    assertThat(targets.resolve(ALICE_API))
        .isEqualTo(new Target(ALICE_API, Target.Kind.SESSION, "api-server"));
    assertThat(targets.resolve(CAROL.toUpperCase(java.util.Locale.ROOT)))
        .isEqualTo(new Target(CAROL, Target.Kind.MEMBER, "Carol"));
    assertThat(targets.resolve("ff".repeat(32)).kind()).isEqualTo(Target.Kind.KEY);
  }

  @Test
  void groups_and_everyone_are_themselves() {
    assertThat(targets.resolve("@backend/api"))
        .isEqualTo(new Target("@backend/api", Target.Kind.GROUP, "@backend/api"));
    assertThat(targets.resolve("*").kind()).isEqualTo(Target.Kind.EVERYONE);
    assertThat(targets.resolve("@ALL"))
        .isEqualTo(new Target("*", Target.Kind.EVERYONE, "everyone"));
  }

  @Test
  void the_name_of_a_session_comes_before_that_of_a_member_and_case_does_not_matter() {
    Targets both =
        new Targets(
            List.of(peer(ALICE_API, "carol", ALICE, "laptop", "/src")),
            List.of(member("Carol", CAROL, true)));
    assertThat(both.resolve("CAROL").spec()).isEqualTo(ALICE_API);
    assertThat(spec(" Web ")).isEqualTo(ALICE_WEB);
    assertThat(spec("alice")).isEqualTo(ALICE);
  }

  @Test
  void several_sessions_that_bear_their_members_name_are_that_member() {
    assertThat(targets.resolve("bob")).isEqualTo(new Target(BOB, Target.Kind.MEMBER, "Bob"));
  }

  @Test
  void the_beginning_of_one_name_or_key_is_enough() {
    assertThat(spec("ap")).isEqualTo(ALICE_API);
    assertThat(spec("car")).isEqualTo(CAROL);
    assertThat(spec("bo")).isEqualTo(BOB);
    assertThat(spec("b1b1")).isEqualTo(ALICE_API);
    assertThat(spec("E1E1E1")).isEqualTo(CAROL);
  }

  @Test
  void a_name_that_several_bear_lists_them_with_their_keys_and_places() {
    Targets twins =
        new Targets(
            List.of(
                peer(ALICE_API, "worker", ALICE, "laptop", "/src/api"),
                peer(BOB_ONE, "worker", BOB, "tower", "/one")),
            List.of());
    assertThatThrownBy(() -> twins.resolve("worker"))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_ARGUMENT))
        .hasMessageContaining("worker (session b1b1b1b1 on laptop in /src/api)")
        .hasMessageContaining("worker (session d1d1d1d1 on tower in /one)");
  }

  @Test
  void several_sessions_of_one_member_under_another_name_are_not_guessed() {
    Targets sessions =
        new Targets(
            List.of(
                peer(ALICE_API, "worker", ALICE, "laptop", "/a"),
                peer(ALICE_WEB, "worker", ALICE, "laptop", "/b")),
            List.of(member("Alice", ALICE, true)));
    assertThatThrownBy(() -> sessions.resolve("worker")).hasMessageContaining("could be 2");
  }

  @Test
  void a_beginning_that_fits_several_is_refused() {
    Targets many =
        new Targets(
            List.of(
                peer(ALICE_API, "worker-1", ALICE, "h", "/a"),
                peer(BOB_ONE, "worker-2", BOB, "h", "/b")),
            List.of());
    assertThat(many.resolve("worker-2").spec()).isEqualTo(BOB_ONE);
    assertThatThrownBy(() -> many.resolve("work"))
        .hasMessageContaining("worker-1")
        .hasMessageContaining("worker-2");
  }

  @Test
  void an_unknown_name_is_refused_with_close_ones() {
    assertThat(refused("alcie").code()).isEqualTo(ProblemCode.UNKNOWN_TARGET);
    assertThat(refused("alcie")).hasMessageContaining("Did you mean Alice?");
    assertThat(refused("server")).hasMessageContaining("api-server");
    assertThat(refused("zzzzzzzzzzzz")).hasMessageContaining("claudemesh peers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "@", "#general"})
  void what_cannot_be_a_name_is_refused(String text) {
    assertThat(refused(text).code()).isEqualTo(ProblemCode.INVALID_ARGUMENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"b1b", "a"})
  void too_short_a_beginning_is_no_beginning(String text) {
    assertThat(refused(text).code()).isEqualTo(ProblemCode.UNKNOWN_TARGET);
  }

  @Test
  void what_is_sent_later_goes_to_the_member_whose_session_bears_the_same_name() {
    Targets one =
        new Targets(
            List.of(peer(BOB_ONE, "bob", BOB, "tower", "/one")), List.of(member("Bob", BOB, true)));
    assertThat(one.resolve("bob").spec()).isEqualTo(BOB_ONE);
    assertThat(one.resolveLasting("bob")).isEqualTo(new Target(BOB, Target.Kind.MEMBER, "Bob"));
    assertThat(targets.resolveLasting("web").spec()).isEqualTo(ALICE_WEB);
    assertThat(targets.resolveLasting("@backend").spec()).isEqualTo("@backend");
  }

  @Test
  void a_key_is_called_as_whom_it_belongs_to_is() {
    assertThat(targets.label(ALICE_WEB)).isEqualTo("web");
    assertThat(targets.label(CAROL)).isEqualTo("Carol");
    assertThat(targets.label("@backend")).isEqualTo("@backend");
  }

  @Test
  void a_mesh_before_the_name_is_split_off_if_there_is_such_a_mesh() {
    List<String> meshes = List.of("team", "other-team");
    assertThat(Targets.split("team:alice", meshes))
        .isEqualTo(new Targets.Scoped(Optional.of("team"), "alice"));
    assertThat(Targets.split("OTHER-TEAM:@all", meshes))
        .isEqualTo(new Targets.Scoped(Optional.of("other-team"), "@all"));
    assertThat(Targets.split("what:ever", meshes))
        .isEqualTo(new Targets.Scoped(Optional.empty(), "what:ever"));
    assertThat(Targets.split("alice", meshes))
        .isEqualTo(new Targets.Scoped(Optional.empty(), "alice"));
  }

  @Test
  void distances_are_counted_in_letters() {
    assertThat(EditDistance.between("", "abc")).isEqualTo(3);
    assertThat(EditDistance.between("kitten", "sitting")).isEqualTo(3);
    assertThat(EditDistance.between("same", "same")).isZero();
  }
}
