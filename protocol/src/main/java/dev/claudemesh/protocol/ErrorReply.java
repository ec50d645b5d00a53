package dev.claudemesh.protocol;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Why a request was refused. Nothing else changed.
///
/// @param code a {@link ProblemCode} in lower case
/// @param id the client's own id of a refused `send`
@Frame(type = "error", summary = "Why a request was refused; nothing else changed")
public record ErrorReply(
    @Doc("What kind of problem, for programs") String code,
    @Doc("What is wrong and what to do, for people") String message,
    @Doc("Whether the same request may succeed later") Optional<Boolean> retryable,
    @Doc("More about the problem, by code") Optional<JsonNode> details,
    @Doc("The client's id of a refused send") Optional<String> id)
    implements Reply {
  public ErrorReply {
    details = details.filter(value -> !value.isNull()); // so the mapper reads an absent one
  }
}
