package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Wire;
import java.net.URI;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads what came back over HTTP: a reply, or what went wrong. Pure.
final class HttpAnswer {
  private static final int OK = 200;
  private static final int REDIRECT = 300;
  private static final int ERROR = 400;

  private HttpAnswer() {}

  @SuppressWarnings(
      "unchecked") // the catalogue read the reply's class from the request's own type parameter
  static <R extends Reply> R read(URI broker, Catalog.Op op, int status, byte[] body) {
    Optional<ObjectNode> json = json(body);
    if (status >= OK && status < REDIRECT && json.isPresent()) {
      return (R) Wire.convert(op.type(), json.get(), op.reply());
    }
    throw json.flatMap(HttpAnswer::said)
        .orElseGet(() ->
            new Problem(
                status < ERROR || status >= 500 ? ProblemCode.UNREACHABLE : ProblemCode.INTERNAL,
                "What answers at "
                    + broker
                    + " is no claudemesh broker, or one too old: "
                    + op.type()
                    + " got HTTP "
                    + status
                    + ". See that the address in config.json is the broker's own (claudemesh"
                    + " doctor)."));
  }

  private static Optional<ObjectNode> json(byte[] body) {
    try {
      return Optional.of(Wire.parse(body));
    } catch (Problem notJson) {
      return Optional.empty();
    }
  }

  /// The problem in an error body; a code this version does not know is shown as it came.
  private static Optional<Problem> said(ObjectNode body) {
    JsonNode error = body.get("error");
    if (error == null || !error.isString()) {
      return Optional.empty();
    }
    String said = error.stringValue();
    JsonNode text = body.get("message");
    String message =
        text != null && text.isString() ? text.stringValue() : "The broker refused: " + said;
    return Optional.of(
        ProblemCode.of(said)
            .map(code -> new Problem(code, message, body.get("details")))
            .orElseGet(() -> new Problem(ProblemCode.INTERNAL, said + ": " + message)));
  }
}
