package dev.claudemesh.mcp.tools;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.services.ServiceEvent.Forward;
import dev.claudemesh.protocol.services.ServiceRequest;
import dev.claudemesh.protocol.services.ServiceRequest.Respond;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One call while it is answered: in a box if it came in one.
final class Answering {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final int TRIES = 5;

  /// Longest words of an error, and of a step, in characters.
  private static final int LONGEST_ERROR = 4_000;

  private static final int LONGEST_STEP = 2_000;

  private final MeshClient client;
  private final Forward call;
  private Optional<CallBox> box = Optional.empty();
  private String callerId = "";
  private boolean telling;
  private Optional<Progress> next = Optional.empty();

  Answering(MeshClient client, Forward call) {
    this.client = client;
    this.call = call;
  }

  boolean encrypted() {
    return box.isPresent();
  }

  /// The arguments of the call.
  ///
  /// @throws Problem if it cannot be opened, is for another tool, was carried out before, or came
  ///   in clear where that is not allowed
  ObjectNode open(String server, CallMemory memory, boolean clear) {
    if (!CallBox.isBoxed(call.enc())) {
      if (!clear) {
        throw new Problem(
            ProblemCode.ENCRYPTION_REQUIRED,
            "The call was not encrypted, so it was not carried out: call it with a newer"
                + " claudemesh, or ask its owner to lend it with --allow-unencrypted");
      }
      return call.args() instanceof ObjectNode plain ? plain : Wire.mapper().createObjectNode();
    }
    CallBox with =
        CallBox.with(client.identity(), call.callerPubkey())
            .orElseThrow(
                () -> new Problem(ProblemCode.UNDECRYPTABLE, "The call names no caller's key"));
    ObjectNode content = with.open(call.nonce(), call.ciphertext(), Optional.empty());
    callerId = content.get(CallBox.CALL_ID).stringValue();
    box = Optional.of(with); // from here on, what went wrong is told to the caller only
    if (!content.path("serverName").asString("").equals(server)
        || !content.path("toolName").asString("").equals(call.toolName())) {
      throw new Problem(ProblemCode.UNDECRYPTABLE, "The call is not what its caller asked for");
    }
    if (!content.path(CallBox.AT).isIntegralNumber()) {
      throw new Problem(
          ProblemCode.UNDECRYPTABLE,
          "The call does not say when it was made, so it was not carried out: call it with a newer"
              + " claudemesh");
    }
    memory.note(
        call.callerPubkey().orElseThrow(),
        callerId,
        Instant.ofEpochMilli(content.get(CallBox.AT).longValue()),
        client.clock().instant());
    return content.path("args") instanceof ObjectNode given
        ? given
        : Wire.mapper().createObjectNode();
  }

  Optional<Consumer<Progress>> progress() {
    return call.progress().filter(wanted -> wanted).map(wanted -> this::tell);
  }

  /// One at a time: of what comes while one is on its way, the newest is told next.
  private synchronized void tell(Progress progress) {
    if (telling) {
      next = Optional.of(progress);
      return;
    }
    telling = true;
    client.call(step(progress)).whenComplete((done, failure) -> told());
  }

  private synchronized void told() {
    telling = false;
    Optional<Progress> newest = next;
    next = Optional.empty();
    newest.ifPresent(this::tell);
  }

  private ServiceRequest.Progress step(Progress progress) {
    Optional<String> message = progress.message().map(text -> cut(text, LONGEST_STEP));
    Optional<Boxed> boxed =
        box.flatMap(with ->
            message.map(text -> with.seal(content("message", Wire.mapper().valueToTree(text)))));
    return new ServiceRequest.Progress(
        call.callId(),
        progress.done(),
        progress.total(),
        box.isPresent() ? Optional.empty() : message,
        boxed.map(sealed -> Encryption.BOX),
        boxed.map(Boxed::nonce),
        boxed.map(Boxed::ciphertext));
  }

  /// @throws Problem `too_large`, or why it did not reach the caller
  void result(JsonNode value) throws InterruptedException {
    Optional<Boxed> boxed = box.map(with -> with.seal(content("result", value)));
    int size =
        boxed
            .map(sealed -> sealed.ciphertext().length())
            .orElseGet(() -> Wire.mapper().writeValueAsBytes(value).length);
    if (size > ServiceRequest.MOST_RESULT) {
      throw new Problem(
          ProblemCode.TOO_LARGE, "The tool's result is larger than the mesh carries (700 KiB)");
    }
    send(boxed, boxed.isEmpty() ? Optional.of(value) : Optional.empty(), Optional.empty());
  }

  /// @throws Problem why it did not reach the caller
  void error(String words) throws InterruptedException {
    String text = cut(words, LONGEST_ERROR);
    Optional<Boxed> boxed =
        box.map(with -> with.seal(content("error", Wire.mapper().valueToTree(text))));
    send(boxed, Optional.empty(), boxed.isEmpty() ? Optional.of(text) : Optional.empty());
  }

  private void send(Optional<Boxed> boxed, Optional<JsonNode> result, Optional<String> error)
      throws InterruptedException {
    Respond answer =
        new Respond(
            call.callId(),
            result,
            error,
            boxed.map(sealed -> Encryption.BOX),
            boxed.map(Boxed::nonce),
            boxed.map(Boxed::ciphertext));
    Duration pause = FIRST_PAUSE;
    for (int tried = 1; ; tried++) {
      try {
        client.ask(answer);
        return;
      } catch (Problem problem) {
        if (problem.code() == ProblemCode.NOT_FOUND) {
          return; // the call is over meanwhile; that is nobody's trouble
        }
        if (tried == TRIES || !passes(problem.code())) {
          throw problem;
        }
      }
      Thread.sleep(pause);
      pause = pause.multipliedBy(2);
    }
  }

  /// Whether trying again may help: as for any call, and when too many of ours are on their way.
  static boolean passes(ProblemCode code) {
    return code.retryable() || code == ProblemCode.LIMIT;
  }

  private ObjectNode content(String name, JsonNode value) {
    ObjectNode content = Wire.mapper().createObjectNode().put(CallBox.CALL_ID, callerId);
    content.set(name, value);
    return content;
  }

  /// At most so many characters, never half of one.
  static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 2)) ? most - 2 : most - 1;
    return text.substring(0, end) + "…";
  }
}
