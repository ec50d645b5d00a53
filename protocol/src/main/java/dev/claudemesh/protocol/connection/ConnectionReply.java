package dev.claudemesh.protocol.connection;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.KeyRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What the broker says to a hello.
public sealed interface ConnectionReply extends Reply {

  /// The first frame after a good hello.
  ///
  /// Holds tokens, so its `toString` says only whose it is.
  @Frame(
      type = "hello_ack",
      summary = "The connection is open; what the client needs to know to use it")
  record HelloAck(
      @Doc("Id of this peer while it is here") String presenceId,
      @Doc("Name others see") String memberDisplayName,
      @Doc("What the mesh's admins set for this member") MemberProfile memberProfile,
      @Doc("What members may change of themselves") Optional<MeshPolicy> meshPolicy,
      @Doc("Whether something of an earlier session was restored") Optional<Boolean> restored,
      @Doc("Summary of the earlier session") Optional<String> lastSummary,
      @Doc("When the member was last here") Optional<Instant> lastSeenAt,
      @Doc("Groups that were restored, if hello named none")
          Optional<List<GroupRole>> restoredGroups,
      @Doc("Counters of earlier sessions") Optional<JsonNode> restoredStats,
      @Doc("Deployed services this peer may use") List<JsonNode> services,
      @Doc("Revision of the protocol the broker speaks") int protocolVersion,
      @Doc("What the broker can do beyond the first protocol") List<String> capabilities,
      @Doc("Present it to return silently within the grace") String resumeToken,
      @Doc("Bearer token for HTTP calls of this session") @JsonProperty("http_token")
          String httpToken,
      @Doc("Token by which hooks report this session's status") String hookToken,
      @Doc("The broker's clock") Instant serverTime,
      @Doc("Whether the lease of an earlier socket was taken over") boolean resumed,
      @Doc("Current epoch of the mesh key") int epoch,
      @Doc("Epoch keys sealed to this member that it lacks") List<EpochKey> epochKeys,
      @Doc("Newcomers who wait for the mesh key") List<KeyRequest> keyRequests,
      @Doc("Whether a group message must be encrypted: e2e or compat") String encryption)
      implements ConnectionReply {

    public HelloAck {
      restoredStats =
          restoredStats.filter(value -> !value.isNull()); // so the mapper reads an absent one
    }

    @Override
    public String toString() {
      return "HelloAck[presenceId=" + presenceId + ", memberDisplayName=" + memberDisplayName + "]";
    }
  }

  /// What the admins of a mesh set for a member.
  record MemberProfile(
      @JsonInclude(JsonInclude.Include.ALWAYS) @Doc("What the member does")
          Optional<String> roleTag,
      @Doc("Groups each of the member's sessions starts in") List<GroupRole> groups,
      @Doc("push, inbox or off") String messageMode) {}

  /// What members may change of themselves.
  record MeshPolicy(@Doc("Field by field") SelfEditable selfEditable) {}

  /// Which of its own fields a member may change without an admin.
  record SelfEditable(
      @Doc("Their name") boolean displayName,
      @Doc("What they do") boolean roleTag,
      @Doc("The groups their sessions start in") boolean groups,
      @Doc("How messages reach them") boolean messageMode) {
    /// What a mesh starts with.
    public static final SelfEditable ALL = new SelfEditable(true, true, true, true);
  }
}
