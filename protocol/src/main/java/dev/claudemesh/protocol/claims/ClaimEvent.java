package dev.claudemesh.protocol.claims;

import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Frame;
import java.util.List;

/// What the broker tells about claims without being asked.
public sealed interface ClaimEvent extends Event {

  /// Somebody claimed files that this session has claimed.
  @Frame(
      type = "claim_conflict",
      summary = "Somebody claimed files that this session has claimed, too")
  record ClaimConflict(
      @Doc("Name of the repository") String root,
      @Doc("One entry a pair of globs") List<Conflict> conflicts)
      implements ClaimEvent {}

  /// A session's claims are others than before.
  @Frame(
      type = "claims_changed",
      summary = "A session claimed files, or its claims ended; all that it has are told anew")
  record ClaimsChanged(
      @Doc("Key of the session, hex") String pubkey,
      @Doc("All its claims now; empty if it has none") List<Claim> claims)
      implements ClaimEvent {}
}
