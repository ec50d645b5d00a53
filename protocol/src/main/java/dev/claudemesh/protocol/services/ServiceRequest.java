package dev.claudemesh.protocol.services;

import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Audited;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Id;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Range;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageReply;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Lending tools and calling those that were lent.
public sealed interface ServiceRequest<R extends Reply> extends Request<R> {
  /// Longest encrypted body, in characters: what a large frame holds beside the other fields.
  int MOST_CIPHERTEXT = 1_040_000;

  /// Largest result that is carried, in bytes of JSON or characters of its encrypted form.
  int MOST_RESULT = 1_000_000;

  /// Lends the tools of an MCP server that the caller runs. A name that the same member lent before
  /// is replaced.
  @Operation(
      type = "mcp_register",
      access = Access.TOOLS,
      effect = Effect.REPEATABLE,
      summary = "Lend the tools of an MCP server that you run to the mesh")
  record Register(
      @Doc("Name others call it by") @Size(value = 100, min = 1) String serverName,
      @Doc("What it is for") @Size(2_000) String description,
      @Doc("Its tools") @Size(100) List<ToolOffer> tools,
      @Doc("Keep it listed, as offline, while you are away") Optional<Boolean> persistent,
      @Doc("box if you open encrypted calls; callers encrypt to your session key then")
          Optional<Encryption> enc)
      implements ServiceRequest<ServiceReply.Registered> {}

  /// One tool that is lent.
  record ToolOffer(
      @Doc("Name of the tool") @Size(value = 128, min = 1) String name,
      @Doc("What it does") @Size(8_000) Optional<String> description,
      @Doc("JSON schema of its arguments") @Size(value = 1_000, each = 10_000)
          Optional<JsonNode> inputSchema) {
    public ToolOffer {
      inputSchema = inputSchema.filter(value -> !value.isNull());
    }
  }

  /// Lends a server's tools no longer.
  @Operation(
      type = "mcp_unregister",
      access = Access.MEMBER,
      tool = true,
      toolName = "mesh_mcp_remove",
      quiet = true,
      effect = Effect.DESTROY,
      summary = "Take an MCP server of yours off the mesh; admins can take off anybody's")
  record Unregister(@Doc("Name of the server") @Size(value = 100, min = 1) String serverName)
      implements ServiceRequest<MessageReply.Ack> {}

  /// Lists what is lent.
  @Operation(
      type = "mcp_list",
      access = Access.MEMBER,
      tool = true,
      toolName = "mesh_mcp_list",
      effect = Effect.READ,
      summary = "List MCP servers that members lend to the mesh; with a name, one and its schemas")
  record ListServers(
      @Doc("Only this server, with the schemas of its tools") @Size(value = 100, min = 1)
          Optional<String> serverName)
      implements ServiceRequest<ServiceReply.Servers> {}

  /// Calls a tool of a server that somebody lends. Answered out of turn: other requests of the
  /// connection do not wait for it.
  @Operation(
      type = "mcp_call",
      access = Access.TOOLS,
      summary = "Call a tool of an MCP server that a member lends to the mesh")
  record Call(
      @Doc("Name of the server") @Size(value = 100, min = 1) String serverName,
      @Doc("Name of the tool") @Size(value = 128, min = 1) String toolName,
      @Doc("The tool's arguments, an object") @Size(value = MOST_CIPHERTEXT, each = MOST_CIPHERTEXT)
          Optional<JsonNode> args,
      @Doc("Your own id of the call, for progress and to cancel it") @Id Optional<String> callId,
      @Doc("Whether you want to hear of progress; needs callId") Optional<Boolean> progress,
      @Doc("Milliseconds to wait for an answer or progress; 30,000 if absent")
          @Range(min = 1_000, max = 600_000)
          Optional<Integer> timeoutMs,
      @Doc("box if the arguments are encrypted, in ciphertext") Optional<Encryption> enc,
      @Audited(false) @Doc("Nonce of the encrypted arguments, base64") @Size(64)
          Optional<String> nonce,
      @Doc("Server, tool, callId and args as JSON, encrypted to the host, base64")
          @Size(MOST_CIPHERTEXT)
          Optional<String> ciphertext)
      implements ServiceRequest<ServiceReply.CallResult> {
    public Call {
      args = args.filter(value -> !value.isNull());
    }

    /// Without the arguments.
    @Override
    public String toString() {
      return "Call[serverName=" + serverName + ", toolName=" + toolName + "]";
    }
  }

  /// The host's answer to a forwarded call.
  @Operation(
      type = "mcp_call_response",
      audited = false,
      access = Access.MEMBER,
      quiet = true,
      summary = "Answer a call that was forwarded to you")
  record Respond(
      @Doc("Id of the forwarded call") @Id String callId,
      @Doc("What the tool returned") @Size(value = MOST_CIPHERTEXT, each = MOST_CIPHERTEXT)
          Optional<JsonNode> result,
      @Doc("Or what went wrong") @Size(10_000) Optional<String> error,
      @Doc("box if the answer is encrypted, in ciphertext") Optional<Encryption> enc,
      @Doc("Nonce of the encrypted answer, base64") @Size(64) Optional<String> nonce,
      @Doc("The caller's callId and result or error as JSON, encrypted to the caller, base64")
          @Size(MOST_CIPHERTEXT)
          Optional<String> ciphertext)
      implements ServiceRequest<MessageReply.Ack> {
    public Respond {
      result = result.filter(value -> !value.isNull());
    }

    /// Without the result.
    @Override
    public String toString() {
      return "Respond[callId=" + callId + "]";
    }
  }

  /// The host tells how far a forwarded call is. The caller's patience begins anew.
  @Operation(
      type = "mcp_call_progress",
      audited = false,
      access = Access.MEMBER,
      quiet = true,
      summary = "Tell how far a call that was forwarded to you is")
  record Progress(
      @Doc("Id of the forwarded call") @Id String callId,
      @Doc("How much is done; grows") double progress,
      @Doc("How much there is to do") Optional<Double> total,
      @Doc("What is being done") @Size(2_000) Optional<String> message,
      @Doc("box if the message is encrypted, in ciphertext") Optional<Encryption> enc,
      @Doc("Nonce of the encrypted message, base64") @Size(64) Optional<String> nonce,
      @Doc("The caller's callId and message as JSON, encrypted to the caller, base64") @Size(16_000)
          Optional<String> ciphertext)
      implements ServiceRequest<MessageReply.Ack> {
    /// Without the message.
    @Override
    public String toString() {
      return "Progress[callId=" + callId + "]";
    }
  }

  /// The caller takes a call back. The host is told, but need not stop.
  @Operation(
      type = "mcp_call_cancel",
      audited = false,
      access = Access.MEMBER,
      quiet = true,
      effect = Effect.REPEATABLE,
      summary = "Take back a call that was not answered yet")
  record Cancel(@Doc("Your own id of the call") @Id String callId)
      implements ServiceRequest<MessageReply.Ack> {}
}
