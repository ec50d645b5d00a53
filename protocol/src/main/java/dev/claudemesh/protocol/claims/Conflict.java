package dev.claudemesh.protocol.claims;

import dev.claudemesh.protocol.Aside;
import dev.claudemesh.protocol.Doc;
import java.time.Instant;
import java.util.Optional;

/// Two claims that some file could belong to, as the holder of one of them is told.
public record Conflict(
    @Doc("Your glob") String yours,
    @Doc("The other's glob") String theirs,
    @Doc("Name of the other session") String name,
    @Doc("Name of its member") String by,
    @Doc("What they are doing there") Optional<String> note,
    @Doc("When the other's claim ends unless it is renewed") Instant until,
    @Aside @Doc("Key to write to the other session, hex") String pubkey,
    @Aside @Doc("Key of its member, hex") String byKey) {

  /// What the holder of one glob is told of another's claim.
  public static Conflict between(String yours, Claim theirs) {
    return new Conflict(
        yours,
        theirs.glob(),
        theirs.name(),
        theirs.by(),
        theirs.note(),
        theirs.until(),
        theirs.pubkey(),
        theirs.byKey());
  }
}
