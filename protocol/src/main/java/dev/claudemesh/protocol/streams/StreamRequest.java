package dev.claudemesh.protocol.streams;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Range;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import dev.claudemesh.protocol.messaging.MessageReply;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Publishing data and listening to it.
public sealed interface StreamRequest<R extends Reply> extends Request<R> {

  /// Announces a stream, so that others find it. One that is there stays as it is.
  @Operation(
      type = "create_stream",
      access = Access.WRITE,
      tool = true,
      cli = "stream create",
      effect = Effect.REPEATABLE,
      summary = "Announce a stream of live data, so that others find it in the list")
  record Create(@Doc("Name of the stream, such as builds") @Size(value = 200, min = 1) String name)
      implements StreamRequest<StreamReply.Created> {}

  /// Takes a stream off the list. Who listens goes on listening.
  @Operation(
      type = "delete_stream",
      access = Access.WRITE,
      cli = "stream delete",
      effect = Effect.DESTROY,
      summary = "Take a stream off the list; its creator or an admin may")
  record Delete(@Doc("Name of the stream") @Size(value = 200, min = 1) String name)
      implements StreamRequest<StreamReply.Deleted> {}

  /// Hears of everything that is published from now on. The stream need not be announced.
  @Operation(
      type = "subscribe",
      access = Access.MEMBER,
      tool = true,
      effect = Effect.REPEATABLE,
      summary = "Listen to a stream: what is published on it from now on reaches this session")
  record Subscribe(@Doc("Name of the stream") @Size(value = 200, min = 1) String stream)
      implements StreamRequest<StreamReply.Subscribed> {}

  /// Listens no more.
  @Operation(
      type = "unsubscribe",
      access = Access.MEMBER,
      tool = true,
      quiet = true,
      effect = Effect.REPEATABLE,
      summary = "Stop listening to a stream")
  record Unsubscribe(@Doc("Name of the stream") @Size(value = 200, min = 1) String stream)
      implements StreamRequest<MessageReply.Ack> {}

  /// Tells data to everybody who listens and is connected. It is not kept.
  @Operation(
      type = "publish",
      audited = false,
      access = Access.WRITE,
      tool = true,
      quiet = true,
      cli = "stream publish",
      summary = "Publish data on a stream to those who listen right now; it is not kept")
  record Publish(
      @Doc("Name of the stream") @Size(value = 200, min = 1) String stream,
      @Doc("Any JSON value; private data is the nonce and ciphertext as base64")
          @Size(value = 32_768, each = 32_768)
          JsonNode data,
      @JsonProperty("private")
          @Doc("Encrypt it for the members of the mesh, so that the broker cannot read it")
          Optional<Boolean> secret,
      @Doc("The mesh key's epoch it is encrypted under") @Range(min = 1, max = Integer.MAX_VALUE)
          Optional<Integer> epoch)
      implements StreamRequest<StreamReply.Published> {}

  /// Lists the streams that were announced.
  @Operation(
      type = "list_streams",
      access = Access.MEMBER,
      tool = true,
      cli = "stream list",
      effect = Effect.READ,
      summary = "List the streams of the mesh and how many listen to each")
  record ListAll() implements StreamRequest<StreamReply.Streams> {}
}
