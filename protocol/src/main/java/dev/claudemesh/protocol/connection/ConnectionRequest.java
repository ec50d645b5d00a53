package dev.claudemesh.protocol.connection;

import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import dev.claudemesh.protocol.messaging.MessageReply;
import java.util.List;
import java.util.Optional;

/// Opening and closing a connection.
public sealed interface ConnectionRequest<R extends Reply> extends Request<R> {

  /// Opens a connection as a member, with an optional session key of its own.
  @Operation(
      type = "hello",
      audited = false,
      access = Access.OPEN,
      summary = "Open a connection as a member of a mesh")
  record Hello(
      @Doc("The mesh to connect to") @Size(value = 128, min = 1) String meshId,
      @Doc("The member's id in that mesh; must belong to pubkey") @Size(value = 128, min = 1)
          String memberId,
      @Doc("The member's ed25519 key, hex") @Size(200) String pubkey,
      @Doc("Key of this session, the address of this peer, hex") @Size(200)
          Optional<String> sessionPubkey,
      @Doc("The session key's signature over the same text as signature, hex") @Size(300)
          Optional<String> sessionSignature,
      @Doc("Name of this session; the member's name if absent") @Size(100)
          Optional<String> displayName,
      @Doc("Claude Code's session id, else one of the client's own") @Size(value = 200, min = 1)
          String sessionId,
      @Doc("Process id of the client") int pid,
      @Doc("Folder the session works in") @Size(4096) String cwd,
      @Doc("Name of the machine") @Size(255) Optional<String> hostname,
      @Doc("Model the session runs") @Size(100) Optional<String> model,
      @Doc("ai, human, connector or bridge") @Size(20) Optional<String> peerType,
      @Doc("What kind of client connects, such as claude-code") @Size(50) Optional<String> channel,
      @Doc("Groups of this session; those stored for the member if absent") @Size(50)
          Optional<List<GroupRole>> groups,
      @Doc("Revision of the protocol the client speaks") Optional<Integer> protocolVersion,
      @Doc("What the client can do beyond the first protocol") @Size(value = 30, each = 50)
          Optional<List<String>> capabilities,
      @Doc("Why the client connects: session, command, inbox or host") Optional<Purpose> purpose,
      @Doc("Token of the last hello_ack, to return within the grace") @Size(200)
          Optional<String> resumeToken,
      @Doc("Epochs whose key the client already holds") @Size(1000)
          Optional<List<Integer>> knownEpochs,
      @Doc("Milliseconds since 1970, within a minute of the broker's clock") double timestamp,
      @Doc("ed25519 over meshId|memberId|pubkey|timestamp by the member key, hex") @Size(300)
          String signature,
      @Doc("Of the member's permissions, those this session is to have; all if absent")
          @Size(value = 20, each = 50)
          Optional<List<String>> permissions)
      implements ConnectionRequest<ConnectionReply.HelloAck> {
    /// Without the token and the signatures, which others must not see before they are spent.
    @Override
    public String toString() {
      return "Hello[meshId=" + meshId + ", memberId=" + memberId + ", sessionId=" + sessionId + "]";
    }
  }

  /// Opens a connection as a session whose key the member has attested, without using the member's
  /// secret key.
  @Operation(
      type = "session_hello",
      audited = false,
      access = Access.OPEN,
      summary = "Open a connection as a session that a member vouches for")
  record SessionHello(
      @Doc("The mesh to connect to") @Size(value = 128, min = 1) String meshId,
      @Doc("The id of the member who vouches") @Size(value = 128, min = 1) String parentMemberId,
      @Doc("The key of the member who vouches, hex") @Size(200) String parentMemberPubkey,
      @Doc("Key of this session, hex") @Size(200) String sessionPubkey,
      @Doc("The member's signed statement about the session key") Attestation parentAttestation,
      @Doc("Name of this session; the member's name if absent") @Size(100)
          Optional<String> displayName,
      @Doc("Claude Code's session id, else one of the client's own") @Size(value = 200, min = 1)
          String sessionId,
      @Doc("Process id of the client") int pid,
      @Doc("Folder the session works in") @Size(4096) String cwd,
      @Doc("Name of the machine") @Size(255) Optional<String> hostname,
      @Doc("Model the session runs") @Size(100) Optional<String> model,
      @Doc("ai, human, connector or bridge") @Size(20) Optional<String> peerType,
      @Doc("What kind of client connects, such as claude-code") @Size(50) Optional<String> channel,
      @Doc("Groups of this session; those stored for the member if absent") @Size(50)
          Optional<List<GroupRole>> groups,
      @Doc("Revision of the protocol the client speaks") Optional<Integer> protocolVersion,
      @Doc("What the client can do beyond the first protocol") @Size(value = 30, each = 50)
          Optional<List<String>> capabilities,
      @Doc("Token of the last hello_ack, to return within the grace") @Size(200)
          Optional<String> resumeToken,
      @Doc("Epochs whose key the client already holds") @Size(1000)
          Optional<List<Integer>> knownEpochs,
      @Doc("Milliseconds since 1970, within a minute of the broker's clock") double timestamp,
      @Doc(
              "ed25519 over claudemesh-session-hello|meshId|parent|session|timestamp by the session"
                  + " key, hex")
          @Size(300)
          String signature,
      @Doc("What the session is, in its own words") @Size(50) Optional<String> role,
      @Doc("Of the member's permissions, those this session is to have; all if absent")
          @Size(value = 20, each = 50)
          Optional<List<String>> permissions)
      implements ConnectionRequest<ConnectionReply.HelloAck> {
    /// Without the token and the signatures, which others must not see before they are spent.
    @Override
    public String toString() {
      return "SessionHello[meshId="
          + meshId
          + ", parentMemberId="
          + parentMemberId
          + ", sessionId="
          + sessionId
          + "]";
    }
  }

  /// Ends the peer at once, instead of after the grace that follows a lost socket.
  @Operation(
      type = "goodbye",
      audited = false,
      access = Access.MEMBER,
      quiet = true,
      summary = "Leave now, so that others do not wait for this peer to come back")
  record Goodbye() implements ConnectionRequest<MessageReply.Ack> {}

  /// A member's statement that a session key is theirs.
  record Attestation(
      @Doc("The session key, hex") @Size(200) String sessionPubkey,
      @Doc("The member key, hex") @Size(200) String parentMemberPubkey,
      @Doc("Milliseconds since 1970; at most 24 hours ahead") double expiresAt,
      @Doc("ed25519 over claudemesh-session-attest|parent|session|expiresAt by the member key, hex")
          @Size(300)
          String signature) {}
}
