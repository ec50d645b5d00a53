package dev.claudemesh.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// Asserts that a request was refused, and why.
public final class Refusal {
  private Refusal() {}

  /// Runs a call that must be refused with this code.
  ///
  /// @return the refusal, for a closer look
  public static Problem expect(ProblemCode code, ThrowingCallable call) {
    Problem problem = catchThrowableOfType(Problem.class, call);
    assertThat(problem).as("a refusal with " + code).isNotNull();
    assertThat(problem.code()).as(problem.getMessage()).isEqualTo(code);
    return problem;
  }
}
