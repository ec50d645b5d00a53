package dev.claudemesh.protocol.claims;

import dev.claudemesh.protocol.Aside;
import dev.claudemesh.protocol.Doc;
import java.time.Instant;
import java.util.Optional;

/// One claim.
public record Claim(
    @Doc("The files, as a glob relative to the repository's root") String glob,
    @Doc("Name of the session that claimed them") String name,
    @Doc("Name of its member") String by,
    @Doc("What they are doing there") Optional<String> note,
    @Doc("When it ends unless it is renewed") Instant until,
    @Doc("Name of the repository; empty if the client told none") String root,
    @Aside @Doc("Key to write to the session, hex") String pubkey,
    @Aside @Doc("Key of its member, hex") String byKey) {

  /// Whether it holds this file.
  ///
  /// @param path relative to the root
  public boolean covers(String root, String path) {
    return this.root.equals(root)
        && PathGlob.parse(glob).filter(parsed -> parsed.matches(path)).isPresent();
  }
}
