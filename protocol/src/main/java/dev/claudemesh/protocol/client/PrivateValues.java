package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.schedule.ScheduleReply.Listed;
import dev.claudemesh.protocol.schedule.ScheduleRequest.Schedule;
import dev.claudemesh.protocol.state.StateEvent;
import dev.claudemesh.protocol.state.StateReply;
import dev.claudemesh.protocol.state.StateRequest;
import dev.claudemesh.protocol.streams.StreamEvent;
import dev.claudemesh.protocol.streams.StreamRequest;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Encrypts shared values and stream data that are private before they leave, and opens those that
/// come, so that callers see plain values on every face. Thread-safe.
///
/// The name of the key or stream is encrypted along with the value: the broker cannot pass off one
/// as another. What stays closed keeps its `epoch`.
///
/// @param facts of the mesh, as they are now
/// @param reminders does the same for messages that are sent later
record PrivateValues(Keyring keyring, Supplier<MeshFacts> facts, Reminders reminders) {
  private static final String STATE = "state";
  private static final String STREAM = "stream";

  /// @throws Problem `key_pending` if the value is private and the mesh key has not come
  @SuppressWarnings("unchecked") // the same request with another value
  <R extends Reply> Request<R> seal(Request<R> request) {
    return switch (request) {
      case StateRequest.Set set when set.secret().orElse(false) && set.epoch().isEmpty() ->
          (Request<R>) sealed(set);
      case StreamRequest.Publish publish
          when publish.secret().orElse(false) && publish.epoch().isEmpty() ->
          (Request<R>) sealed(publish);
      case Schedule schedule when schedule.ciphertext().isEmpty() ->
          (Request<R>) reminders.seal(schedule);
      default -> request;
    };
  }

  private StateRequest.Set sealed(StateRequest.Set set) {
    MeshKey key = key();
    return new StateRequest.Set(
        set.key(),
        closed(STATE, set.key(), set.value(), key),
        set.ifVersion(),
        set.secret(),
        Optional.of(key.epoch()),
        set.guarded());
  }

  private StreamRequest.Publish sealed(StreamRequest.Publish publish) {
    MeshKey key = key();
    return new StreamRequest.Publish(
        publish.stream(),
        closed(STREAM, publish.stream(), publish.data(), key),
        publish.secret(),
        Optional.of(key.epoch()));
  }

  private MeshKey key() {
    int epoch = facts.get().epoch();
    return (epoch == 0 ? keyring.current() : keyring.get(epoch))
        .orElseThrow(() ->
            new Problem(
                ProblemCode.KEY_PENDING,
                "The mesh's key has not come yet, so nothing private can be shared. A member"
                    + " who holds it must be online for a moment."));
  }

  private static JsonNode closed(String kind, String name, JsonNode value, MeshKey key) {
    ObjectNode named = Wire.mapper().createObjectNode().put(kind, name);
    named.set("value", value);
    return JsonNodeFactory.instance.stringNode(
        Keys.secretBox(Wire.mapper().writeValueAsString(named), key).joined());
  }

  /// @throws Problem `key_pending` or `undecryptable` if the value that was asked for stays closed
  @SuppressWarnings("unchecked") // the same reply with other values
  <R extends Reply> R open(R reply) {
    return switch (reply) {
      case StateReply.Result result when result.epoch().isPresent() -> (R) opened(result);
      case StateReply.Entries list ->
          (R)
              new StateReply.Entries(
                  list.entries().stream().map(this::opened).toList(), list.next());
      case Listed list -> (R) reminders.open(list);
      default -> reply;
    };
  }

  Event open(Event event) {
    return switch (event) {
      case StateEvent.Change change when change.epoch().isPresent() -> opened(change);
      case StreamEvent.Data data when data.epoch().isPresent() -> opened(data);
      default -> event;
    };
  }

  private StateReply.Result opened(StateReply.Result result) {
    int epoch = result.epoch().orElseThrow();
    if (keyring.get(epoch).isEmpty()) {
      throw new Problem(
          ProblemCode.KEY_PENDING,
          "\"" + result.key() + "\" is private, and the mesh key it needs has not come yet");
    }
    JsonNode value =
        value(STATE, result.key(), result.value(), epoch)
            .orElseThrow(() ->
                new Problem(
                    ProblemCode.UNDECRYPTABLE,
                    "\"" + result.key() + "\" is private and does not open with the mesh key"));
    return new StateReply.Result(
        result.key(),
        value,
        result.updatedBy(),
        result.updatedAt(),
        result.version(),
        result.updatedByPubkey(),
        result.secret(),
        Optional.empty(),
        result.protectedBy());
  }

  private StateReply.Entry opened(StateReply.Entry entry) {
    return entry
        .epoch()
        .flatMap(epoch -> value(STATE, entry.key(), entry.value(), epoch))
        .map(value ->
            new StateReply.Entry(
                entry.key(),
                value,
                entry.updatedBy(),
                entry.updatedAt(),
                entry.version(),
                entry.updatedByPubkey(),
                entry.secret(),
                Optional.empty(),
                entry.protectedBy()))
        .orElse(entry);
  }

  private StateEvent.Change opened(StateEvent.Change change) {
    return value(STATE, change.key(), change.value(), change.epoch().orElseThrow())
        .map(value ->
            new StateEvent.Change(
                change.key(),
                value,
                change.updatedBy(),
                change.version(),
                change.deleted(),
                change.secret(),
                Optional.empty()))
        .orElse(change);
  }

  private StreamEvent.Data opened(StreamEvent.Data data) {
    return value(STREAM, data.stream(), data.data(), data.epoch().orElseThrow())
        .map(value ->
            new StreamEvent.Data(
                data.stream(),
                value,
                data.publishedBy(),
                data.publishedByPubkey(),
                data.missed(),
                data.secret(),
                Optional.empty()))
        .orElse(data);
  }

  private Optional<JsonNode> value(String kind, String name, JsonNode closed, int epoch) {
    return keyring
        .get(epoch)
        .flatMap(known ->
            Boxed.parted(closed.asString(""))
                .flatMap(boxed -> Keys.openSecretBox(boxed.nonce(), boxed.ciphertext(), known)))
        .flatMap(PrivateValues::parsed)
        .filter(named -> named.path(kind).asString("").equals(name))
        .map(named -> named.path("value"));
  }

  private static Optional<JsonNode> parsed(String text) {
    try {
      return Optional.of(Wire.mapper().readTree(text));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
