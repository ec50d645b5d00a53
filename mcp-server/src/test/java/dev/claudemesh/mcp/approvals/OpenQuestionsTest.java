package dev.claudemesh.mcp.approvals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.approvals.ApprovalEvent.Answered;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OpenQuestionsTest {
  private static final String MESH = "mesh";
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final int STEPS = 3_000;

  private final SecretKey ana = Keys.generate();
  private final SecretKey ben = Keys.generate();
  private final OpenQuestions questions = new OpenQuestions();

  @Test
  void the_first_answer_of_who_was_asked_and_may_decide_counts_and_none_after_it() {
    PermissionQuestion question = ask("01", ben);
    Answered answer = answer(question, question.id(), ben, Verdict.ALLOW);
    assertThat(believed(answer, true, NOON.plusSeconds(59)))
        .hasValueSatisfying(decision -> {
          assertThat(decision.id()).isEqualTo("01");
          assertThat(decision.verdict()).isEqualTo(Verdict.ALLOW);
          assertThat(decision.by()).isEqualTo(ben.publicKey());
        });
    assertThat(believed(answer, true, NOON.plusSeconds(59))).isEmpty();
  }

  @Test
  void who_may_not_decide_any_more_or_was_not_asked_or_is_late_does_not_count() {
    PermissionQuestion question = ask("01", ben);
    Answered answer = answer(question, question.id(), ben, Verdict.ALLOW);
    assertThat(believed(answer, false, NOON)).isEmpty();
    assertThat(believed(answer, true, NOON.plusSeconds(60))).isEmpty();
    SecretKey eve = Keys.generate();
    assertThat(believed(answer(question, question.id(), eve, Verdict.ALLOW), true, NOON)).isEmpty();
    assertThat(believed(answer, true, NOON)).isPresent();
  }

  @Test
  void the_id_that_a_broker_says_beside_the_box_does_not_make_it_an_answer_to_another_question() {
    PermissionQuestion harmless = ask("01", ben);
    ask("02", ben);
    assertThat(believed(answer(harmless, "02", ben, Verdict.ALLOW), true, NOON))
        .hasValueSatisfying(decision -> assertThat(decision.id()).isEqualTo("01"));
  }

  @Test
  void a_question_sent_back_is_no_answer() {
    PermissionQuestion question = ask("01", ben);
    Boxed box = Keys.box(question.text(), ben.publicKey(), ana);
    assertThat(
            believed(
                new Answered("01", ben.publicKey().hex(), "ben", box.nonce(), box.ciphertext()),
                true,
                NOON))
        .isEmpty();
  }

  @Test
  void a_session_asks_only_so_many_at_once_and_in_a_minute() {
    for (int i = 0; i < OpenQuestions.MOST; i++) {
      assertThat(open("o" + i, NOON)).isTrue();
    }
    assertThat(open("more", NOON)).isFalse();
    for (int i = 0; i < OpenQuestions.MOST_A_MINUTE - OpenQuestions.MOST; i++) {
      questions.close("o" + (i + OpenQuestions.MOST - 1));
      questions.close("o0");
      assertThat(open("o" + (i + OpenQuestions.MOST), NOON)).isTrue();
    }
    questions.close("o1");
    assertThat(open("many", NOON)).isFalse();
    assertThat(open("later", NOON.plusSeconds(61))).isTrue();
  }

  /// A lying broker: it has every box that was ever made, by whomever, and hands them over in any
  /// order, as often as it likes, under any name and id, in time or late, while rights come and go.
  @Test
  void whatever_a_broker_does_only_a_true_answer_counts_and_only_once() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    List<SecretKey> members = List.of(ben, Keys.generate(), Keys.generate());
    List<PermissionQuestion> asked = new ArrayList<>();
    List<Set<Integer>> whom = new ArrayList<>();
    record Made(Answered event, int question, int member, boolean exact) {}
    List<Made> made = new ArrayList<>();
    Set<Integer> granted = new HashSet<>(Set.of(0, 1));
    Set<Integer> settled = new HashSet<>();
    Instant now = NOON;
    int believed = 0;
    for (int step = 0; step < STEPS; step++) {
      now = now.plusMillis(random.nextInt(3_000));
      switch (random.nextInt(6)) {
        case 0 -> {
          PermissionQuestion question = question("q" + asked.size(), now);
          if (questions.open(question, PermissionQuestion.digest(question.text()), now)) {
            Set<Integer> to = new HashSet<>();
            for (int m = 0; m < members.size(); m++) {
              if (random.nextBoolean()) {
                questions.asked(question.id(), MESH, members.get(m).publicKey());
                to.add(m);
              }
            }
            asked.add(question);
            whom.add(to);
          }
        }
        case 1 -> {
          int m = random.nextInt(members.size());
          if (!granted.remove(m)) {
            granted.add(m);
          }
        }
        case 2 -> {
          if (!asked.isEmpty()) {
            int q = Math.max(0, asked.size() - 1 - random.nextInt(4)) % asked.size();
            int m = random.nextInt(members.size());
            boolean exact = random.nextInt(4) > 0;
            PermissionQuestion about =
                exact ? asked.get(q) : question(asked.get(q).id(), now.plusSeconds(1));
            made.add(
                new Made(
                    answer(
                        about, "q" + random.nextInt(asked.size()), members.get(m), Verdict.ALLOW),
                    q,
                    m,
                    exact));
          }
        }
        default -> {
          if (!made.isEmpty()) {
            Made one = made.get(Math.max(0, made.size() - 1 - random.nextInt(6)));
            boolean posed = random.nextInt(5) == 0;
            int pose = posed ? random.nextInt(members.size()) : one.member();
            Answered event =
                new Answered(
                    one.event().approvalId(),
                    members.get(pose).publicKey().hex(),
                    "anybody",
                    one.event().nonce(),
                    one.event().ciphertext());
            boolean right =
                one.exact()
                    && pose == one.member()
                    && granted.contains(pose)
                    && whom.get(one.question()).contains(pose)
                    && now.isBefore(asked.get(one.question()).at().plusSeconds(60))
                    && !settled.contains(one.question());
            Optional<OpenQuestions.Decision> decision =
                questions.answered(
                    MESH,
                    event,
                    ana,
                    key -> granted.stream().anyMatch(g -> members.get(g).publicKey().equals(key)),
                    now);
            assertThat(decision.isPresent()).as("seed %d, step %d", seed, step).isEqualTo(right);
            if (right) {
              assertThat(decision.get().id()).isEqualTo(asked.get(one.question()).id());
              settled.add(one.question());
              believed++;
            }
          }
        }
      }
    }
    assertThat(believed).as("seed %d", seed).isGreaterThan(5);
  }

  private PermissionQuestion ask(String id, SecretKey of) {
    PermissionQuestion question = question(id, NOON);
    assertThat(questions.open(question, PermissionQuestion.digest(question.text()), NOON)).isTrue();
    questions.asked(id, MESH, of.publicKey());
    return question;
  }

  private boolean open(String id, Instant now) {
    return questions.open(question(id, now), "digest", now);
  }

  private static PermissionQuestion question(String id, Instant at) {
    return new PermissionQuestion(
        id,
        "Bash",
        Wire.mapper().createObjectNode().put("command", "ls"),
        List.of(),
        "ana",
        "/home/ana",
        "laptop",
        at,
        60);
  }

  private Answered answer(
      PermissionQuestion question, String saidId, SecretKey by, Verdict verdict) {
    String text =
        new PermissionAnswer(
                question.id(),
                PermissionQuestion.digest(question.text()),
                verdict,
                Optional.empty())
            .text();
    Boxed box = Keys.box(text, ana.publicKey(), by);
    return new Answered(saidId, by.publicKey().hex(), "ben", box.nonce(), box.ciphertext());
  }

  private Optional<OpenQuestions.Decision> believed(Answered answer, boolean may, Instant now) {
    return questions.answered(MESH, answer, ana, key -> may, now);
  }
}
