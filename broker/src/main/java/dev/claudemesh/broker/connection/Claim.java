package dev.claudemesh.broker.connection;

import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a hello of either kind says, once its form and its signatures were found good.
///
/// @param memberId the id the client gave; not yet compared with the member's
/// @param sessionKeyProven whether the session key itself, or the member by attestation, vouches
///   for it
/// @param vouched whether it came by `session_hello`
/// @param proof the text that was signed, accepted once
/// @param proofExpiry when the text is too old to be accepted anyway
record Claim(
    String meshId,
    String memberId,
    PublicKey memberKey,
    Optional<PublicKey> sessionKey,
    boolean sessionKeyProven,
    boolean vouched,
    String proof,
    Instant proofExpiry,
    Optional<String> displayName,
    Peer.Client client,
    List<GroupRole> groups,
    Purpose purpose,
    Optional<String> resumeToken,
    List<Integer> knownEpochs) {

  /// What others would address: session key, else member key.
  PublicKey address() {
    return sessionKey.orElse(memberKey);
  }

  @Override
  public String toString() {
    return "Claim[" + address().brief() + " of " + memberKey.brief() + " in " + meshId + "]";
  }
}
