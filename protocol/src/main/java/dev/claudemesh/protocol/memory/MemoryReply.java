package dev.claudemesh.protocol.memory;

import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the room memory answers.
public sealed interface MemoryReply extends Reply {

  /// Something is remembered.
  @Frame(type = "memory_stored", summary = "It is remembered, on disk")
  record Stored(@Doc("Id of the memory") String id) implements MemoryReply {}

  /// Memories that were found.
  @Frame(type = "memory_results", summary = "Memories, the best first")
  record Results(
      @Doc("The memories") List<Memory> memories,
      @Doc("Whether there are more than fitted; narrower words find them") Optional<Boolean> more)
      implements MemoryReply {}

  /// One memory.
  record Memory(
      @Doc("Its id") String id,
      @Doc("What is remembered") String content,
      @Doc("Its tags") List<String> tags,
      @Doc("Name of the member who had it remembered") String rememberedBy,
      @Doc("When that was") Instant rememberedAt,
      @Doc("Key of that member") Optional<String> rememberedByPubkey,
      @Doc("How well it fits the words; to compare within one answer") Optional<Double> rank) {}
}
