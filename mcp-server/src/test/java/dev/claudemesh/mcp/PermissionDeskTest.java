package dev.claudemesh.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.mcp.approvals.PermissionAnswer;
import dev.claudemesh.mcp.approvals.PermissionQuestion;
import dev.claudemesh.mcp.approvals.Verdict;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.approvals.ApprovalEvent.Answered;
import dev.claudemesh.protocol.approvals.ApprovalOutcome;
import dev.claudemesh.protocol.approvals.ApprovalReply.Passed;
import dev.claudemesh.protocol.approvals.ApprovalRequest;
import dev.claudemesh.protocol.approvals.ApprovalRequest.Ask;
import dev.claudemesh.protocol.approvals.ApprovalRequest.Settle;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class PermissionDeskTest {
  private final SecretKey ana = Keys.generate();
  private final SecretKey ben = Keys.generate();
  private final Wiring mesh = new Wiring();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();

  @Test
  void where_nobody_may_decide_or_nobody_is_there_nothing_is_printed_at_once() {
    mesh.approvers = List.of();
    assertThat(desk(60).decide(bash("ls"), gone)).isEmpty();
    assertThat(mesh.passed).isEmpty();

    mesh.approvers = List.of(ben.publicKey());
    mesh.watching = 0;
    assertThat(desk(60).decide(bash("ls"), gone)).isEmpty();

    mesh.broken = true;
    assertThat(desk(60).decide(bash("ls"), gone)).isEmpty();
  }

  @Test
  void what_was_allowed_for_the_session_keeps_to_the_rules_that_were_shown() {
    mesh.verdict = Optional.of(Verdict.ALLOW_SESSION);
    JsonNode output = desk(60).decide(bash("npm test"), gone);
    JsonNode decision = output.path("hookSpecificOutput").path("decision");
    assertThat(decision.path("behavior").asString()).isEqualTo("allow");
    assertThat(decision.path("updatedPermissions").toString())
        .isEqualTo(
            "[{\"type\":\"addRules\",\"rules\":[{\"toolName\":\"Bash\",\"ruleContent\":\"npm"
                + " test\"}],\"behavior\":\"allow\",\"destination\":\"session\"}]");
    assertThat(output.path("systemMessage").asString()).contains("allowed Bash for this session");
    assertThat(mesh.settled()).isEqualTo(ApprovalOutcome.ALLOWED);
  }

  @Test
  void what_cannot_be_a_rule_is_allowed_once_whatever_the_answer_says() {
    mesh.verdict = Optional.of(Verdict.ALLOW_SESSION);
    JsonNode output = desk(60).decide(bash("rm *\nls"), gone);
    assertThat(output.path("hookSpecificOutput").path("decision").toString())
        .isEqualTo("{\"behavior\":\"allow\"}");
  }

  @Test
  void a_denial_tells_the_model_why_in_words_that_can_do_no_harm() {
    mesh.verdict = Optional.of(Verdict.DENY);
    JsonNode output = desk(60).decide(bash("ls"), gone);
    assertThat(output.path("hookSpecificOutput").path("decision").path("message").asString())
        .contains("whom the user lets decide: \"not ‹system› here\"");
    assertThat(mesh.settled()).isEqualTo(ApprovalOutcome.DENIED);
  }

  @Test
  void an_answer_is_to_the_question_in_its_box_whatever_id_the_broker_says() {
    mesh.verdict = Optional.of(Verdict.ALLOW);
    mesh.saidId = Optional.of("another");
    assertThat(desk(1).decide(bash("ls"), gone).has("hookSpecificOutput")).isTrue();
  }

  @Test
  void nobody_answers_and_the_user_is_asked_here() {
    JsonNode output = desk(1).decide(bash("ls"), gone);
    assertThat(output.has("hookSpecificOutput")).isFalse();
    assertThat(output.path("systemMessage").asString()).contains("nobody answered within 1 s");
    assertThat(mesh.settled()).isEqualTo(ApprovalOutcome.EXPIRED);
  }

  @Test
  void who_was_asked_is_told_when_it_was_decided_here() {
    gone.complete(null);
    desk(60).decide(bash("ls"), gone);
    assertThat(mesh.settled()).isEqualTo(ApprovalOutcome.WITHDRAWN);
  }

  @Test
  void an_input_that_is_too_large_to_show_goes_to_nobody() {
    JsonNode output = desk(60).decide(bash("x".repeat(PermissionDesk.MOST_INPUT)), gone);
    assertThat(output.path("systemMessage").asString()).contains("too large");
    assertThat(output.has("hookSpecificOutput")).isFalse();
    assertThat(mesh.passed).isEmpty();
    assertThat(desk(60).decide(Wire.mapper().createObjectNode(), gone).toString())
        .contains("too large");
  }

  @Test
  void the_largest_input_that_is_shown_fits_into_a_frame() {
    mesh.verdict = Optional.of(Verdict.ALLOW);
    desk(60).decide(bash("\n".repeat(PermissionDesk.MOST_INPUT / 2 - 20)), gone);
    Ask ask = (Ask) mesh.passed.getFirst();
    assertThat(ask.ciphertext().length()).isLessThanOrEqualTo(ApprovalRequest.MOST_CIPHERTEXT);
  }

  @Test
  void the_patience_is_what_the_user_says_within_bounds() {
    assertThat(patience("")).hasSeconds(60);
    assertThat(patience("5")).hasSeconds(5);
    assertThat(patience("0")).hasSeconds(1);
    assertThat(patience("9999")).hasSeconds(600);
    assertThat(patience("soon")).hasSeconds(60);
  }

  private static Duration patience(String said) {
    return PermissionDesk.patience(Map.of("CLAUDEMESH_APPROVAL_SECONDS", said));
  }

  private PermissionDesk desk(int seconds) {
    mesh.desk =
        new PermissionDesk(
            () -> List.of(mesh),
            new PermissionDesk.Asker("ana", "/home/ana", "laptop", Duration.ofSeconds(seconds)),
            InstantSource.system());
    return mesh.desk;
  }

  private static ObjectNode bash(String command) {
    ObjectNode hook =
        Wire.mapper().createObjectNode().put("tool_name", "Bash").put("cwd", "/home/ana");
    hook.putObject("tool_input").put("command", command);
    return hook;
  }

  /// A mesh on which ben answers at once, or not.
  private final class Wiring implements PermissionDesk.Mesh {
    private List<PublicKey> approvers = List.of(ben.publicKey());
    private int watching = 1;
    private boolean broken;
    private Optional<Verdict> verdict = Optional.empty();
    private Optional<String> saidId = Optional.empty();
    private PermissionDesk desk;
    private final List<ApprovalRequest<Passed>> passed = new CopyOnWriteArrayList<>();

    @Override
    public String meshId() {
      return "mesh";
    }

    @Override
    public SecretKey memberKey() {
      return ana;
    }

    @Override
    public List<PublicKey> approvers() {
      return approvers;
    }

    @Override
    public boolean reached() {
      return connected();
    }

    @Override
    public boolean connected() {
      return true;
    }

    @Override
    public CompletableFuture<Passed> pass(ApprovalRequest<Passed> request) {
      passed.add(request);
      if (broken) {
        return CompletableFuture.failedFuture(new Problem(ProblemCode.UNREACHABLE, "gone"));
      }
      if (request instanceof Ask ask) {
        verdict.ifPresent(said -> answer(ask, said));
      }
      return CompletableFuture.completedFuture(new Passed(watching));
    }

    private void answer(Ask ask, Verdict said) {
      String text = Keys.openBox(ask.nonce(), ask.ciphertext(), ana.publicKey(), ben).orElseThrow();
      PermissionQuestion question = PermissionQuestion.read(text).orElseThrow();
      Boxed box =
          Keys.box(
              new PermissionAnswer(
                      question.id(),
                      PermissionQuestion.digest(text),
                      said,
                      Optional.of("not <system> here"))
                  .text(),
              ana.publicKey(),
              ben);
      desk.heard(
          this,
          new Answered(
              saidId.orElse(ask.approvalId()),
              ben.publicKey().hex(),
              "ben",
              box.nonce(),
              box.ciphertext()));
    }

    private ApprovalOutcome settled() {
      return ((Settle) passed.getLast()).outcome();
    }
  }
}
