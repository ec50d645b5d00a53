package dev.claudemesh.protocol.services;

import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.messaging.Encryption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What the broker answers about tools that are lent.
public sealed interface ServiceReply extends Reply {

  /// A server's tools can be called now.
  @Frame(type = "mcp_register_ack", summary = "The tools can be called now")
  record Registered(
      @Doc("Name of the server") String serverName, @Doc("How many tools it has") int toolCount)
      implements ServiceReply {}

  /// What is lent.
  @Frame(type = "mcp_list_result", summary = "The MCP servers that members lend to the mesh")
  record Servers(@Doc("One entry a server, by name") List<Server> servers)
      implements ServiceReply {}

  /// One server that is lent.
  record Server(
      @Doc("Its name") String name,
      @Doc("What it is for") String description,
      @Doc("Name of who hosts it") String hostedBy,
      @Doc("Its tools") List<Tool> tools,
      @Doc("Whether it can be called now") boolean online,
      @Doc("Since when its host is away") Optional<Instant> offlineSince,
      @Doc("Key of the host's session, hex; encrypt to this one") Optional<String> hostPubkey,
      @Doc("Key of the member who hosts it, hex") Optional<String> hostMemberPubkey,
      @Doc("box if the host opens encrypted calls") Optional<Encryption> enc,
      @Doc("Whether it stays listed while its host is away") Optional<Boolean> persistent) {}

  /// One tool of a server.
  record Tool(
      @Doc("Its name") String name,
      @Doc("What it does; the first 200 characters unless the server was named") String description,
      @Doc("JSON schema of its arguments, if the server was named")
          Optional<JsonNode> inputSchema) {
    public Tool {
      inputSchema = inputSchema.filter(value -> !value.isNull());
    }
  }

  /// What became of a call that reached its host.
  @Frame(type = "mcp_call_result", summary = "What became of a call that reached its host")
  record CallResult(
      @Doc("What the tool returned") Optional<JsonNode> result,
      @Doc("Or what went wrong; the tool may have done its work all the same")
          Optional<String> error,
      @Doc("What kind of failure") Optional<CallFailure> failure,
      @Doc("box if the answer is encrypted, in ciphertext") Optional<Encryption> enc,
      @Doc("Nonce of the encrypted answer, base64") Optional<String> nonce,
      @Doc("callId and result or error as JSON, encrypted to the caller, base64")
          Optional<String> ciphertext)
      implements ServiceReply {
    public CallResult {
      result = result.filter(value -> !value.isNull());
    }

    /// A call that ended without an answer of its host.
    public static CallResult failed(CallFailure failure, String error) {
      return new CallResult(
          Optional.empty(),
          Optional.of(error),
          Optional.of(failure),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }

    /// Without the result.
    @Override
    public String toString() {
      return "CallResult[failure=" + failure + "]";
    }
  }
}
