package dev.claudemesh.mcp.tools;

import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.Identity;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.services.CallFailure;
import dev.claudemesh.protocol.services.ServiceEvent.Progressed;
import dev.claudemesh.protocol.services.ServiceReply.CallResult;
import dev.claudemesh.protocol.services.ServiceReply.Server;
import dev.claudemesh.protocol.services.ServiceRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Calls tools that members lend to a mesh, encrypted where the host can open it. Thread-safe.
///
/// One for each client, whose listener hands its events on to {@link #event}.
public final class ToolCaller {
  /// Beyond what the broker waits at most: a call always ends there first.
  private static final Duration LAST_RESORT = Duration.ofMinutes(31);

  private final Map<String, Listening> listening = new ConcurrentHashMap<>();

  private record Listening(Optional<CallBox> box, Consumer<Progress> told) {}

  /// A call on its way. Completes with what the tool returned, or with a {@link Problem}.
  ///
  /// @param cancel says that nobody waits for it any more
  /// @param encrypted whether nobody on the way can read it
  public record Call(CompletableFuture<JsonNode> result, Runnable cancel, boolean encrypted) {}

  /// What a call asks for.
  ///
  /// @param timeout how long an answer or progress is waited for; the broker's 30 s if empty
  /// @param progress told how far it is, on the client's listener thread; empty if nobody cares
  public record Wish(
      String server,
      String tool,
      ObjectNode arguments,
      Optional<Duration> timeout,
      Optional<Consumer<Progress>> progress) {}

  /// Begins a call.
  ///
  /// @throws Problem at once, and nothing was done: `not_found`, `unreachable`, `invalid_argument`,
  ///   `undecryptable` if the host wants calls encrypted and has no key to do so
  public Call begin(MeshClient client, Wish wish) {
    Server server =
        client.ask(new ServiceRequest.ListServers(Optional.of(wish.server()))).servers().getFirst();
    String callId = UUID.randomUUID().toString();
    Optional<CallBox> box =
        CallBox.isBoxed(server.enc())
            ? Optional.of(box(client.identity(), server))
            : Optional.empty();
    wish.progress().ifPresent(told -> listening.put(callId, new Listening(box, told)));
    CompletableFuture<JsonNode> result =
        client
            .call(request(wish, callId, box, client.clock().instant()), LAST_RESORT)
            .thenApply(answer -> opened(answer, box, callId))
            .whenComplete((value, failure) -> listening.remove(callId));
    return new Call(result, () -> client.call(new ServiceRequest.Cancel(callId)), box.isPresent());
  }

  /// Never in clear because of what cannot be a key.
  static CallBox box(Identity identity, Server server) {
    return CallBox.with(identity, server.hostPubkey())
        .orElseThrow(() ->
            new Problem(
                ProblemCode.UNDECRYPTABLE,
                "What is told of the host's key is no key, so the call was not made"));
  }

  private static ServiceRequest.Call request(
      Wish wish, String callId, Optional<CallBox> box, Instant now) {
    Optional<Boxed> boxed =
        box.map(with -> {
          ObjectNode content = Wire.mapper().createObjectNode().put(CallBox.CALL_ID, callId);
          content.put("serverName", wish.server()).put("toolName", wish.tool());
          content.put(CallBox.AT, now.toEpochMilli());
          content.set("args", wish.arguments());
          return with.seal(content);
        });
    return new ServiceRequest.Call(
        wish.server(),
        wish.tool(),
        boxed.isEmpty() ? Optional.of(wish.arguments()) : Optional.empty(),
        Optional.of(callId),
        wish.progress().map(told -> true),
        wish.timeout().map(time -> (int) time.toMillis()),
        boxed.map(sealed -> Encryption.BOX),
        boxed.map(Boxed::nonce),
        boxed.map(Boxed::ciphertext));
  }

  /// A result that came in clear although it was asked for in a box is not the host's.
  private static JsonNode opened(CallResult answer, Optional<CallBox> box, String callId) {
    if (box.isPresent() && CallBox.isBoxed(answer.enc())) {
      ObjectNode content = box.get().open(answer.nonce(), answer.ciphertext(), Optional.of(callId));
      if (content.path("error").isString()) {
        throw failed(CallFailure.HOST, content.get("error").stringValue());
      }
      if (content.has("result")) {
        return content.get("result");
      }
    } else if (answer.failure().isPresent() || answer.error().isPresent()) {
      throw failed(
          answer.failure().orElse(CallFailure.HOST), answer.error().orElse("It did not say why"));
    } else if (box.isEmpty()) {
      return answer.result().orElseGet(() -> Wire.mapper().nullNode());
    }
    throw new Problem(
        ProblemCode.UNDECRYPTABLE, "The answer was not encrypted as it must be; it is not shown");
  }

  private static Problem failed(CallFailure failure, String words) {
    return switch (failure) {
      case HOST -> new Problem(ProblemCode.TOOL_FAILED, words);
      case TIMEOUT ->
          new Problem(
              ProblemCode.TIMEOUT, words + "; the tool may have done its work all the same");
      case CANCELLED -> new Problem(ProblemCode.TOOL_FAILED, words);
      case HOST_GONE -> new Problem(ProblemCode.OFFLINE, words);
    };
  }

  /// What the client's listener hears.
  public void event(Event event) {
    if (event instanceof Progressed news) {
      Optional.ofNullable(listening.get(news.callId()))
          .ifPresent(one -> one.told().accept(progress(news, one.box())));
    }
  }

  private static Progress progress(Progressed news, Optional<CallBox> box) {
    Optional<String> message = news.message();
    if (box.isPresent()) {
      try {
        message =
            CallBox.isBoxed(news.enc())
                ? box.get()
                    .open(news.nonce(), news.ciphertext(), Optional.of(news.callId()))
                    .path("message")
                    .asStringOpt()
                : Optional.empty();
      } catch (Problem unreadable) {
        message = Optional.empty();
      }
    }
    return new Progress(news.progress(), news.total(), message);
  }
}
