package dev.claudemesh.broker.approvals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApprovalRulesTest {
  private static final LimitsConfig.Approvals LIMITS = new LimitsConfig.Approvals(2, 100, 150);
  private final Line line = new Line();

  @Test
  void one_request_may_go_to_several_but_its_id_is_its_askers() {
    List<ApprovalStore.Open> open = List.of(ask("ana", "1", "ben", 10));
    assertThatCode(() -> ApprovalRules.checkNew(ask("ana", "1", "eve", 10), open))
        .doesNotThrowAnyException();
    assertThat(refusal(() -> ApprovalRules.checkNew(ask("ana", "1", "ben", 10), open)))
        .isEqualTo(ProblemCode.EXISTS);
    assertThat(
            refusal(() ->
                ApprovalRules.checkNew(
                    new Line().ask("mallory", "1", "eve", 10, 60, Line.NOON), open)))
        .isEqualTo(ProblemCode.EXISTS);
  }

  @Test
  void only_so_many_of_one_asker_and_so_much_for_one_member_and_in_all() {
    List<ApprovalStore.Open> open = List.of(ask("ana", "1", "ben", 60), ask("eve", "2", "dan", 60));
    assertThatCode(() -> room(ask("ana", "3", "ben", 30), open)).doesNotThrowAnyException();
    assertThat(refusal(() -> room(ask("ana", "3", "dan", 41), open))).isEqualTo(ProblemCode.LIMIT);
    assertThat(refusal(() -> room(ask("ana", "3", "kim", 31), open))).isEqualTo(ProblemCode.LIMIT);
    List<ApprovalStore.Open> two = List.of(ask("ana", "1", "ben", 1), ask("ana", "2", "ben", 1));
    assertThat(refusal(() -> room(ask("ana", "3", "ben", 1), two))).isEqualTo(ProblemCode.LIMIT);
  }

  private static void room(ApprovalStore.Open request, List<ApprovalStore.Open> open) {
    ApprovalRules.checkRoom(request, open, LIMITS);
  }

  private ApprovalStore.Open ask(String asker, String id, String to, int size) {
    return line.ask(asker, id, to, size, 60, Line.NOON);
  }

  private static ProblemCode refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(Problem.class, call).code();
  }
}
