package dev.claudemesh.protocol.claims;

import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the broker answers about claims.
public sealed interface ClaimReply extends Reply {

  /// The files are claimed, whoever else claimed them.
  @Frame(
      type = "paths_claimed",
      summary = "The files are claimed; who else claimed some of them is told, too")
  record Claimed(
      @Doc("The globs that are claimed now") List<String> globs,
      @Doc("When that ends unless it is renewed") Instant until,
      @Doc("Claims of others on some of the same files; nothing is blocked")
          List<Conflict> conflicts,
      @Doc("How many more conflicts there are than are told; absent if none")
          Optional<Integer> more)
      implements ClaimReply {}

  /// Claims have ended.
  @Frame(type = "paths_released", summary = "Claims have ended")
  record Released(@Doc("The globs that were claimed") List<String> globs) implements ClaimReply {}

  /// Who edits what.
  @Frame(type = "claim_list", summary = "Who is editing what")
  record Claims(
      @Doc("One entry a claim") List<Claim> claims,
      @Doc(
              "How many more there are than are told, so ask for one file or repository; absent if"
                  + " none")
          Optional<Integer> more)
      implements ClaimReply {}
}
