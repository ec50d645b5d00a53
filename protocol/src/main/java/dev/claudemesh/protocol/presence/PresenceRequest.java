package dev.claudemesh.protocol.presence;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import dev.claudemesh.protocol.messaging.MessageReply;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Seeing others, and being seen.
public sealed interface PresenceRequest<R extends Reply> extends Request<R> {

  /// Who is here.
  @Operation(
      type = "list_peers",
      access = Access.MEMBER,
      tool = true,
      effect = Effect.READ,
      summary = "List the peers that are on the mesh now: name, key, status, summary, groups")
  record ListPeers() implements PresenceRequest<PresenceReply.PeersList> {}

  /// Says what this peer is doing.
  @Operation(
      type = "set_status",
      audited = false,
      access = Access.MEMBER,
      tool = true,
      quiet = true,
      effect = Effect.REPEATABLE,
      summary = "Set your status: idle, working or dnd (only urgent messages come through)")
  record SetStatus(
      @Doc("idle, working or dnd") Status status,
      @Doc("Who says so: hook, manual or jsonl; manual if absent") Optional<StatusSource> source)
      implements PresenceRequest<MessageReply.Ack> {}

  /// Says in a line what this peer is working on.
  @Operation(
      type = "set_summary",
      audited = false,
      access = Access.MEMBER,
      tool = true,
      quiet = true,
      effect = Effect.REPEATABLE,
      summary = "Tell others in one line what you are working on")
  record SetSummary(@Doc("One line; empty to clear it") @Size(1000) String summary)
      implements PresenceRequest<MessageReply.Ack> {}

  /// Reports counters of this session since its hello.
  @Operation(
      type = "set_stats",
      audited = false,
      access = Access.MEMBER,
      quiet = true,
      effect = Effect.REPEATABLE,
      summary = "Report this session's counters, counted since its hello")
  record SetStats(
      @Doc("messagesIn, messagesOut, toolCalls, uptime (seconds), errors")
          @Size(value = 20, each = 50)
          Map<String, Long> stats)
      implements PresenceRequest<MessageReply.Ack> {}

  /// Shows or hides this peer.
  @Operation(
      type = "set_visible",
      access = Access.MEMBER,
      tool = true,
      effect = Effect.REPEATABLE,
      summary =
          "Show or hide yourself in the others' list of peers; a hidden peer still gets messages"
              + " addressed to its key")
  record SetVisible(@Doc("false to hide") boolean visible)
      implements PresenceRequest<MessageReply.Ack> {}

  /// Tells others more about this peer. An absent field keeps what was said before.
  @Operation(
      type = "set_profile",
      access = Access.MEMBER,
      tool = true,
      effect = Effect.REPEATABLE,
      summary =
          "Tell others who you are: avatar, title, bio, capabilities; what you leave out stays as"
              + " it is")
  record SetProfile(
      @Doc("An emoji or a URL of a picture") @Size(200) Optional<String> avatar,
      @Doc("What you are, in a few words") @Size(100) Optional<String> title,
      @Doc("More about you") @Size(1000) Optional<String> bio,
      @Doc("What you can be asked to do") @Size(value = 30, each = 100)
          Optional<List<String>> capabilities)
      implements PresenceRequest<MessageReply.Ack> {}

  /// A hook of Claude Code reports a status over HTTP. Answered in the shape that route always had.
  @Operation(
      type = "hook_set_status",
      audited = false,
      access = Access.OPEN,
      socket = false,
      http = "POST /hook/set-status",
      effect = Effect.REPEATABLE,
      summary = "A hook of Claude Code reports what its session is doing")
  record HookSetStatus(
      @Doc("Folder the session works in") @Size(4096) Optional<String> cwd,
      @Doc("idle, working or dnd") Optional<Status> status,
      @Doc("Process id of Claude Code") Optional<Long> pid,
      @Doc("Claude Code's session id") @Size(200) @JsonProperty("session_id")
          Optional<String> sessionId,
      @Doc("Name of the machine") @Size(255) Optional<String> hostname,
      @Doc("The hookToken of a hello_ack") @Size(200) @JsonProperty("hook_token")
          Optional<String> hookToken)
      implements PresenceRequest<PresenceReply.HookAck> {
    @Override
    public String toString() {
      return "HookSetStatus[status=" + status + "]";
    }
  }
}
