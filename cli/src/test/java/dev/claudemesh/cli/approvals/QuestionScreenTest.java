package dev.claudemesh.cli.approvals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.mcp.approvals.PermissionQuestion;
import dev.claudemesh.mcp.approvals.SessionRule;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.approvals.ApprovalEvent;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class QuestionScreenTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  @Test
  void all_of_the_input_is_shown_and_none_of_it_poses_as_ours() {
    Asked asked =
        asked("Bash", "ls\n[a]llow once\u001b[2J\u202erm -rf /\u200b x", "/home/\u001b]0;x");
    assertThat(QuestionScreen.head(asked).getFirst()).startsWith("ben (key ");
    assertThat(QuestionScreen.head(asked)).noneMatch(line -> line.contains("\u001b"));
    assertThat(QuestionScreen.input(asked, 80))
        .containsExactly(
            "  command:", "  | ls", "  | [a]llow once␛[2J�rm -rf / x", "  timeout:", "  | 5");
    assertThat(QuestionScreen.rules(asked))
        .isEqualTo("Bash(npm test), Write (whatever it is given)");
  }

  @Test
  void long_lines_are_broken_and_not_cut() {
    Asked asked = asked("Bash", "x".repeat(200) + "😀", "/");
    List<String> rows = QuestionScreen.input(asked, 54);
    assertThat(rows).allMatch(row -> row.codePointCount(0, row.length()) <= 54);
    assertThat(rows.stream().filter(row -> row.startsWith("  | ")).map(row -> row.substring(4)))
        .startsWith("x".repeat(50))
        .contains("😀");
  }

  @Test
  void what_is_old_or_of_somebody_else_or_about_another_id_is_not_shown() {
    SecretKey ana = Keys.generate();
    SecretKey ben = Keys.generate();
    PermissionQuestion question = question("Bash", "ls", "/");
    Boxed box = Keys.box(question.text(), ana.publicKey(), ben);
    ApprovalEvent.Asked event = event("01", ben, box);
    assertThat(Asked.open(event, ana, NOON)).isPresent();
    assertThat(Asked.open(event, ana, NOON.plusSeconds(181))).isEmpty();
    assertThat(Asked.open(event, ana, NOON.minusSeconds(121))).isEmpty();
    assertThat(Asked.open(event("02", ben, box), ana, NOON)).isEmpty();
    assertThat(Asked.open(event("01", Keys.generate(), box), ana, NOON)).isEmpty();
    assertThat(Asked.open(event, ben, NOON)).isEmpty();
  }

  private static ApprovalEvent.Asked event(String id, SecretKey from, Boxed box) {
    return new ApprovalEvent.Asked(
        id, from.publicKey().hex(), "ben", box.nonce(), box.ciphertext());
  }

  private static Asked asked(String tool, String command, String folder) {
    return new Asked(
        question(tool, command, folder),
        Keys.generate().publicKey(),
        "ben",
        "digest",
        NOON.plusSeconds(60));
  }

  private static PermissionQuestion question(String tool, String command, String folder) {
    ObjectNode input = Wire.mapper().createObjectNode().put("command", command).put("timeout", 5);
    return new PermissionQuestion(
        "01",
        tool,
        input,
        List.of(
            new SessionRule("Bash", Optional.of("npm test")),
            new SessionRule("Write", Optional.empty())),
        "api",
        folder,
        "laptop",
        NOON,
        60);
  }
}
