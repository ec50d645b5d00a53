package dev.claudemesh.protocol;

import java.io.Serial;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A failure the caller can do something about. Thrown anywhere below a face; each face turns it
/// into its own shape in one place.
///
/// The message says what is wrong and what to do; it never holds a secret or a message body. Has no
/// stack trace: it is the world's trouble, not a bug.
public final class Problem extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final ProblemCode code;
  private final transient JsonNode details;

  public Problem(ProblemCode code, String message) {
    this(code, message, null);
  }

  public Problem(ProblemCode code, String message, JsonNode details) {
    super(message, null, false, false);
    this.code = code;
    this.details = details;
  }

  public ProblemCode code() {
    return code;
  }

  public Optional<JsonNode> details() {
    return Optional.ofNullable(details);
  }

  /// The frame that tells a client of this problem.
  public ErrorReply toReply() {
    return new ErrorReply(
        code.wireName(), getMessage(), Optional.of(code.retryable()), details(), Optional.empty());
  }

  /// The problem a client was told of. A code that this version does not know is shown as it came,
  /// under `internal`.
  public static Problem of(ErrorReply reply) {
    ProblemCode code = ProblemCode.of(reply.code()).orElse(ProblemCode.INTERNAL);
    String message =
        ProblemCode.of(reply.code()).isPresent()
            ? reply.message()
            : reply.code() + ": " + reply.message();
    return new Problem(code, message, reply.details().orElse(null));
  }
}
