package dev.claudemesh.protocol.services;

import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.messaging.Encryption;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What hosts and callers are told of calls.
public sealed interface ServiceEvent extends Event {

  /// Somebody calls a tool of this host, which answers by `mcp_call_response`.
  @Frame(
      type = "mcp_call_forward",
      summary = "Somebody calls a tool that you lend; answer with mcp_call_response")
  record Forward(
      @Doc("The broker's id of the call, for the answer") String callId,
      @Doc("Name of the server") String serverName,
      @Doc("Name of the tool") String toolName,
      @Doc("The arguments, an object; empty if they are encrypted") JsonNode args,
      @Doc("Name of who calls") String callerName,
      @Doc("Key of the caller's session, hex; encrypt the answer to this one")
          Optional<String> callerPubkey,
      @Doc("Key of the member who calls, hex") Optional<String> callerMemberPubkey,
      @Doc("Whether the caller wants to hear of progress") Optional<Boolean> progress,
      @Doc("Milliseconds the broker waits for an answer or progress") Optional<Integer> timeoutMs,
      @Doc("box if the arguments are encrypted, in ciphertext") Optional<Encryption> enc,
      @Doc("Nonce of the encrypted arguments, base64") Optional<String> nonce,
      @Doc("Server, tool, the caller's callId and args as JSON, encrypted to this host, base64")
          Optional<String> ciphertext)
      implements ServiceEvent {
    /// Without the arguments.
    @Override
    public String toString() {
      return "Forward[callId="
          + callId
          + ", serverName="
          + serverName
          + ", toolName="
          + toolName
          + "]";
    }
  }

  /// The host of a call tells how far it is.
  @Frame(type = "mcp_call_progressed", summary = "How far a call of yours is")
  record Progressed(
      @Doc("Your own id of the call") String callId,
      @Doc("How much is done") double progress,
      @Doc("How much there is to do") Optional<Double> total,
      @Doc("What is being done") Optional<String> message,
      @Doc("box if the message is encrypted, in ciphertext") Optional<Encryption> enc,
      @Doc("Nonce of the encrypted message, base64") Optional<String> nonce,
      @Doc("callId and message as JSON, encrypted to the caller, base64")
          Optional<String> ciphertext)
      implements ServiceEvent {
    /// Without the message.
    @Override
    public String toString() {
      return "Progressed[callId=" + callId + "]";
    }
  }

  /// Nobody waits for a forwarded call any more.
  @Frame(
      type = "mcp_call_cancelled",
      summary = "Nobody waits any more for a call that was forwarded to you")
  record Cancelled(
      @Doc("Id of the forwarded call") String callId,
      @Doc("Why: cancelled, timeout, or caller_gone") String reason)
      implements ServiceEvent {}
}
