package dev.claudemesh.protocol.presence;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.connection.GroupRole;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the broker answers about presence.
public sealed interface PresenceReply extends Reply {

  /// Who is here, the longest first, the caller included.
  @Frame(type = "peers_list", summary = "Who is here")
  record PeersList(@Doc("One entry a peer, the longest here first") List<Peer> peers)
      implements PresenceReply {}

  /// One peer.
  record Peer(
      @Doc("Its address: session key, else member key") String pubkey,
      @Doc("Its name") String displayName,
      @Doc("idle, working or dnd") Status status,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Doc("What it is working on")
          Optional<String> summary,
      @Doc("Its groups") List<GroupRole> groups,
      @Doc("Its session id") String sessionId,
      @Doc("When it came") Instant connectedAt,
      @Doc("Folder it works in") String cwd,
      @Doc("Name of its machine") Optional<String> hostname,
      @Doc("ai, human, connector or bridge") Optional<String> peerType,
      @Doc("What kind of client it is") Optional<String> channel,
      @Doc("Model it runs") Optional<String> model,
      @Doc("Its counters") Optional<Map<String, Long>> stats,
      @Doc("Whether others see it") Optional<Boolean> visible,
      @Doc("More about it") Optional<Profile> profile,
      @Doc("Key of its member") Optional<String> memberPubkey,
      @Doc("session or control-plane") Optional<String> peerRole,
      @Doc("Who said what it is doing") Optional<StatusSource> statusSource,
      @Doc("false while its socket is lost and the grace runs") Optional<Boolean> connected) {}

  /// What a peer says of itself.
  record Profile(
      @Doc("An emoji or a URL of a picture") Optional<String> avatar,
      @Doc("What it is, in a few words") Optional<String> title,
      @Doc("More about it") Optional<String> bio,
      @Doc("What it can be asked to do") Optional<List<String>> capabilities) {
    public static final Profile EMPTY =
        new Profile(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /// The answer to a hook.
  @Frame(type = "hook_ack", summary = "Whether a hook's report found its session")
  record HookAck(
      @Doc("Whether the report was accepted") boolean ok,
      @Doc("The peer whose status changed") @JsonProperty("presence_id")
          Optional<String> presenceId,
      @Doc("true if no such session is here yet; the report is kept for 10 seconds")
          Optional<Boolean> pending,
      @Doc("Why it was not accepted") Optional<String> error)
      implements PresenceReply {}
}
