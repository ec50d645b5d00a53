package dev.claudemesh.protocol.streams;

import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the room streams answers.
public sealed interface StreamReply extends Reply {

  /// A stream is announced.
  @Frame(type = "stream_created", summary = "The stream is on the list, now or since before")
  record Created(@Doc("Id of the stream") String id, @Doc("Its name") String name)
      implements StreamReply {}

  /// A stream is off the list.
  @Frame(type = "stream_deleted", summary = "The stream is off the list")
  record Deleted(@Doc("Its name") String name) implements StreamReply {}

  /// The session listens.
  @Frame(type = "subscribed", summary = "What is published from now on reaches this session")
  record Subscribed(@Doc("Name of the stream") String stream) implements StreamReply {}

  /// Data was told.
  @Frame(type = "stream_published", summary = "The data is on its way to those who listen")
  record Published(
      @Doc("Name of the stream") String stream,
      @Doc("How many it was sent to") int receivers,
      @Doc("How many listen but could not be reached right now") int missed)
      implements StreamReply {}

  /// The streams of the mesh.
  @Frame(type = "stream_list", summary = "The announced streams by name")
  record Streams(@Doc("The streams") List<Stream> streams) implements StreamReply {}

  /// One announced stream.
  record Stream(
      @Doc("Id of the stream") String id,
      @Doc("Its name") String name,
      @Doc("Name of the member who announced it") String createdBy,
      @Doc("When") Instant createdAt,
      @Doc("How many listen") int subscriberCount,
      @Doc("Who listens, by the names of their sessions; at most 20")
          Optional<List<String>> subscribers) {}
}
