package dev.claudemesh.broker.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.Grants;
import dev.claudemesh.broker.messaging.MessageRules.Author;
import dev.claudemesh.broker.messaging.MessageRules.Seat;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import dev.claudemesh.protocol.messaging.Priority;
import dev.claudemesh.protocol.presence.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// Who gets a message and whether it may be sent, without a database.
class MessageRulesTest {
  private static final String ANN = "a".repeat(64);
  private static final String BOB = "b".repeat(64);
  private static final String BOBS_SESSION = "c".repeat(64);
  private static final String NONCE = Base64.getEncoder().encodeToString(new byte[24]);
  private static final Author AUTHOR = new Author("presence-ann", "ann", ANN);

  private final Roster roster = roster(entry("ann", ANN), entry("bob", BOB));

  private static Roster roster(Roster.Entry... members) {
    return Roster.of("mesh", false, 3, List.of(members), Instant.EPOCH);
  }

  private static Roster.Entry entry(String id, String key, String... groups) {
    return new Roster.Entry(id, key, id, groups(groups), true, Grants.DEFAULT);
  }

  private static List<GroupRole> groups(String... names) {
    return List.of(names).stream().map(name -> new GroupRole(name, Optional.empty())).toList();
  }

  private static Send send(
      String target, Optional<Encryption> enc, Optional<Integer> epoch, String nonce) {
    return new Send(
        target,
        Priority.NEXT,
        nonce,
        "AAAA",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        enc,
        epoch,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static void refused(ProblemCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(code));
  }

  @Test
  void a_key_is_a_session_that_is_here_then_a_member_then_a_session_that_was_here() {
    Seat seat = new Seat("p", BOBS_SESSION, "bob", List.of(), true);
    Supplier<Optional<String>> never =
        () -> {
          throw new AssertionError("not to be asked");
        };

    assertThat(MessageRules.recipient(BOBS_SESSION, Optional.of(seat), roster, never))
        .contains(new Recipient(BOBS_SESSION, "bob"));
    assertThat(MessageRules.recipient(BOB, Optional.empty(), roster, never))
        .contains(new Recipient(BOB, "bob"));
    assertThat(
            MessageRules.recipient(
                BOBS_SESSION, Optional.empty(), roster, () -> Optional.of("bob")))
        .contains(new Recipient(BOBS_SESSION, "bob"));
    assertThat(MessageRules.recipient(BOBS_SESSION, Optional.empty(), roster, Optional::empty))
        .isEmpty();
    assertThat(
            MessageRules.recipient(
                BOBS_SESSION, Optional.empty(), roster, () -> Optional.of("removed")))
        .isEmpty();
  }

  @Test
  void targets_are_read_as_keys_groups_and_everyone() {
    assertThat(Target.parse(ANN.toUpperCase(java.util.Locale.ROOT)).spec()).isEqualTo(ANN);
    assertThat(Target.parse("*").kind()).isEqualTo(Kind.BROADCAST);
    assertThat(Target.parse("@all").kind()).isEqualTo(Kind.BROADCAST);
    assertThat(Target.parse("@dev/api").kind()).isEqualTo(Kind.GROUP);
    assertThat(List.of("bob", "#topic", "@", "@a//b", "tag:x", ANN.substring(1)))
        .allSatisfy(text -> assertThat(Target.parse(text)).isInstanceOf(Target.Unknown.class));
  }

  @Test
  void random_meshes_resolve_as_a_naive_reading_of_the_rules_does() {
    long seed =
        System.getProperty("seed", "").matches("-?\\d+")
            ? Long.parseLong(System.getProperty("seed"))
            : new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      List<Roster.Entry> members = new ArrayList<>();
      List<Seat> seats = new ArrayList<>();
      for (int m = 0; m < 1 + random.nextInt(5); m++) {
        members.add(
            new Roster.Entry(
                "m" + m,
                "key" + m,
                "m" + m,
                someGroups(random),
                random.nextInt(4) > 0,
                Grants.DEFAULT));
        for (int s = 0; s < random.nextInt(3); s++) {
          seats.add(
              new Seat(
                  "p" + m + s, "s" + m + s, "m" + m, someGroups(random), random.nextInt(4) > 0));
        }
      }
      Author author = new Author(random.nextBoolean() ? "p00" : "command", "m0", "key0");
      String spec = List.of("*", "@a", "@a/b", "@b").get(random.nextInt(4));

      assertThat(
              MessageRules.recipients(
                  Target.parse(spec),
                  author,
                  seats,
                  Roster.of("mesh", false, 1, members, Instant.EPOCH)))
          .as("%s to %s with %s and %s", author, spec, members, seats)
          .containsExactlyInAnyOrderElementsOf(naive(spec, author, members, seats));
    }
  }

  private static List<GroupRole> someGroups(Random random) {
    return groups(
        List.of("a", "a/b", "ab", "b", "a/b/c")
            .subList(0, random.nextInt(6))
            .toArray(String[]::new));
  }

  private static List<Recipient> naive(
      String spec, Author author, List<Roster.Entry> members, List<Seat> seats) {
    List<Recipient> recipients = new ArrayList<>();
    for (Seat seat : seats) {
      if (seat.visible()
          && !seat.presenceId().equals(author.presenceId())
          && in(spec, seat.groups())) {
        recipients.add(new Recipient(seat.address(), seat.memberId()));
      }
    }
    for (Roster.Entry member : members) {
      boolean offline = seats.stream().noneMatch(seat -> seat.memberId().equals(member.id()));
      if (offline
          && member.visible()
          && !member.id().equals(author.memberId())
          && in(spec, member.groups())) {
        recipients.add(new Recipient(member.key(), member.id()));
      }
    }
    return recipients;
  }

  private static boolean in(String spec, List<GroupRole> groups) {
    return spec.equals("*")
        || groups.stream()
            .anyMatch(group ->
                ("@" + group.name()).equals(spec) || ("@" + group.name()).startsWith(spec + "/"));
  }

  @Test
  void the_gate_lets_everything_to_the_idle_and_only_urgent_messages_to_others() {
    for (Priority priority : Priority.values()) {
      for (Status status : Status.values()) {
        assertThat(MessageRules.open(priority, status))
            .isEqualTo(priority == Priority.NOW || status == Status.IDLE);
      }
    }
  }

  @Test
  void grants_are_kept_by_the_senders_member_key() {
    Roster.Entry blocking =
        new Roster.Entry("bob", BOB, "bob", List.of(), true, new Grants(Map.of(ANN, Set.of())));
    Roster.Entry muting =
        new Roster.Entry("cat", "k", "cat", List.of(), true, new Grants(Map.of(ANN, Set.of("dm"))));
    Roster mesh = roster(entry("ann", ANN), blocking, muting, entry("dan", "d"));

    assertThat(MessageRules.accepts(mesh, "bob", AUTHOR, Grant.DM)).isFalse();
    assertThat(MessageRules.accepts(mesh, "cat", AUTHOR, Grant.DM)).isTrue();
    assertThat(MessageRules.accepts(mesh, "cat", AUTHOR, Grant.BROADCAST)).isFalse();
    assertThat(MessageRules.accepts(mesh, "dan", AUTHOR, Grant.BROADCAST)).isTrue();
    assertThat(MessageRules.accepts(mesh, "ann", AUTHOR, Grant.DM)).isTrue();
    assertThat(MessageRules.accepts(mesh, "removed", AUTHOR, Grant.DM)).isFalse();
  }

  @Test
  void a_group_body_must_be_under_the_present_mesh_key() {
    Optional<Encryption> group = Optional.of(Encryption.GROUP);
    assertThatCode(() ->
            MessageRules.checkSecrecy(
                send("*", group, Optional.of(3), NONCE), Kind.BROADCAST, false, 3))
        .doesNotThrowAnyException();
    refused(
        ProblemCode.ENCRYPTION_REQUIRED, () -> check("*", Optional.empty(), Optional.empty(), ""));
    refused(ProblemCode.STALE_EPOCH, () -> check("*", group, Optional.of(2), NONCE));
    refused(ProblemCode.STALE_EPOCH, () -> check("*", group, Optional.of(4), NONCE));
    refused(ProblemCode.INVALID_REQUEST, () -> check("*", group, Optional.empty(), NONCE));
    refused(
        ProblemCode.INVALID_REQUEST,
        () -> check("*", Optional.of(Encryption.BOX), Optional.empty(), NONCE));
    refused(ProblemCode.ENCRYPTION_REQUIRED, () -> check("*", group, Optional.of(3), "AAAA"));
  }

  @Test
  void a_direct_body_is_a_box_whether_its_client_says_so_or_not() {
    assertThatCode(() -> check(ANN, Optional.of(Encryption.BOX), Optional.empty(), NONCE))
        .doesNotThrowAnyException();
    assertThatCode(() -> check(ANN, Optional.empty(), Optional.empty(), NONCE))
        .doesNotThrowAnyException();
    refused(
        ProblemCode.ENCRYPTION_REQUIRED, () -> check(ANN, Optional.empty(), Optional.empty(), ""));
    refused(
        ProblemCode.INVALID_REQUEST,
        () -> check(ANN, Optional.of(Encryption.GROUP), Optional.of(3), NONCE));
  }

  @Test
  void a_mesh_for_old_clients_takes_what_they_can_send() {
    assertThatCode(() ->
            MessageRules.checkSecrecy(
                send("*", Optional.empty(), Optional.empty(), ""), Kind.BROADCAST, true, 3))
        .doesNotThrowAnyException();
    assertThatCode(() ->
            MessageRules.checkSecrecy(
                send(ANN, Optional.empty(), Optional.empty(), ""), Kind.DIRECT, true, 3))
        .doesNotThrowAnyException();
  }

  private static void check(
      String target, Optional<Encryption> enc, Optional<Integer> epoch, String nonce) {
    MessageRules.checkSecrecy(
        send(target, enc, epoch, nonce), Target.parse(target).kind(), false, 3);
  }

  @Test
  void agents_that_answer_each_other_without_end_are_stopped() {
    Send answer =
        new Send(
            ANN,
            Priority.NEXT,
            NONCE,
            "AAAA",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(31),
            Optional.empty());

    refused(ProblemCode.LOOP_SUSPECTED, () -> MessageRules.checkForm(answer, 30));
    assertThatCode(() -> MessageRules.checkForm(answer, 31)).doesNotThrowAnyException();
  }

  @Test
  void a_body_or_an_id_that_cannot_be_stored_is_refused_by_name() {
    for (String body : List.of("not base64!", "AA\u0000A", "ÄÄÄÄ")) {
      Send send =
          new Send(
              ANN,
              Priority.NEXT,
              NONCE,
              body,
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty());
      assertThatThrownBy(() -> MessageRules.checkForm(send, 30)).hasMessageContaining("ciphertext");
    }
    for (String id : List.of("a\u0000b", "\ud800")) {
      Send send =
          new Send(
              ANN,
              Priority.NEXT,
              NONCE,
              "AAAA",
              Optional.empty(),
              Optional.of(id),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty());
      assertThatThrownBy(() -> MessageRules.checkForm(send, 30))
          .hasMessageContaining("client_message_id");
    }
  }

  @Test
  void a_name_that_nobody_has_is_answered_with_those_that_come_close() {
    Problem problem = MessageRules.unknown("alcie", List.of("Alice", "bob", "alicia", "@backend"));
    assertThat(problem.code()).isEqualTo(ProblemCode.UNKNOWN_TARGET);
    assertThat(problem.getMessage()).contains("alcie").contains("Alice");
    assertThat(problem.details().orElseThrow().path("matches").get(0).asString())
        .isEqualTo("Alice");
    assertThat(MessageRules.unknown("zzzzz", List.of("Alice")).details()).isEmpty();
    assertThat(CloseMatches.of("back", List.of("@backend", "@front"))).containsExactly("@backend");
  }
}
