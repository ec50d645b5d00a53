package dev.claudemesh.protocol.contexts;

import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the room contexts answers.
public sealed interface ContextReply extends Reply {

  /// A context was told.
  @Frame(type = "context_shared", summary = "The context is on disk, and others are being told")
  record Shared(@Doc("Id of the context, the same as long as the session tells it") String id)
      implements ContextReply {}

  /// Contexts that were found.
  @Frame(type = "context_results", summary = "Contexts that hold the text, the newest first")
  record Results(
      @Doc("The contexts") List<Context> contexts,
      @Doc("Whether there are more than fitted") Optional<Boolean> more)
      implements ContextReply {}

  /// What one session works on.
  record Context(
      @Doc("Name of the member") String peerName,
      @Doc("What they are doing") String summary,
      @Doc("Files that were read for it") List<String> filesRead,
      @Doc("What was found out") List<String> keyFindings,
      @Doc("Its tags") List<String> tags,
      @Doc("When it was told") Instant updatedAt,
      @Doc("Name of the session that told it; absent if it was told outside of any")
          Optional<String> sessionName,
      @Doc("Key of the member") Optional<String> memberPubkey) {}

  /// All contexts.
  @Frame(type = "context_list", summary = "All contexts, the newest first")
  record Contexts(
      @Doc("The contexts") List<Entry> contexts,
      @Doc("Whether there are more than fitted") Optional<Boolean> more)
      implements ContextReply {}

  /// One context of the list.
  record Entry(
      @Doc("Name of the member") String peerName,
      @Doc("What they are doing") String summary,
      @Doc("Its tags") List<String> tags,
      @Doc("When it was told") Instant updatedAt,
      @Doc("Name of the session that told it; absent if it was told outside of any")
          Optional<String> sessionName,
      @Doc("Key of the member") Optional<String> memberPubkey) {}
}
