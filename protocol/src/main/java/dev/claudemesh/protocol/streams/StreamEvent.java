package dev.claudemesh.protocol.streams;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Frame;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What the room streams tells without being asked.
public sealed interface StreamEvent extends Event {

  /// Data of a stream that this session listens to.
  @Frame(type = "stream_data", summary = "Data of a stream that this session listens to")
  record Data(
      @Doc("Name of the stream") String stream,
      @Doc("The data; private data is the nonce and ciphertext as base64") JsonNode data,
      @Doc("Name of the member who published it") String publishedBy,
      @Doc("Key of the member who published it") Optional<String> publishedByPubkey,
      @Doc("How many were published before this one while this session could not be reached")
          Optional<Integer> missed,
      @JsonProperty("private") @Doc("Whether it is encrypted") Optional<Boolean> secret,
      @Doc("The mesh key's epoch it is encrypted under") Optional<Integer> epoch)
      implements StreamEvent {}
}
