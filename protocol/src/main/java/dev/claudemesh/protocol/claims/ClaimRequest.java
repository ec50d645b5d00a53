package dev.claudemesh.protocol.claims;

import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Range;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import java.util.List;
import java.util.Optional;

/// Telling each other who edits what.
///
/// Globs are relative to the root of a repository, whose name the client sends: the address of its
/// `origin` without scheme, user and `.git`, such as `github.com/acme/engine`, else the name of its
/// folder. So two clones are one. Claims of different roots have nothing to do with each other.
public sealed interface ClaimRequest<R extends Reply> extends Request<R> {

  /// Claims files for a while. Claiming them again renews it.
  @Operation(
      type = "claim_paths",
      access = Access.WRITE,
      tool = true,
      effect = Effect.REPEATABLE,
      summary =
          "Tell others which files you are about to edit, by globs such as src/api/**; conflicting"
              + " claims are reported, not blocked")
  record ClaimPaths(
      @Doc("Globs relative to the repository's root: * ? ** {a,b} [a-z]; a folder ends with /")
          @Size(value = 50, min = 1, each = PathGlob.MAX_LENGTH)
          List<String> globs,
      @Doc("How long it holds unless it is renewed; 1800 if absent") @Range(min = 60, max = 86_400)
          Optional<Integer> ttlSeconds,
      @Doc("What you are doing there, in a few words") @Size(200) Optional<String> note,
      @Doc("Name of the repository") @Size(200) Optional<String> root)
      implements ClaimRequest<ClaimReply.Claimed> {}

  /// Ends claims of this session.
  @Operation(
      type = "release_paths",
      access = Access.WRITE,
      tool = true,
      effect = Effect.REPEATABLE,
      summary = "End your claims on these globs, or all of them")
  record ReleasePaths(
      @Doc("Globs as they were claimed; all of yours if absent")
          @Size(value = 200, each = PathGlob.MAX_LENGTH)
          Optional<List<String>> globs,
      @Doc("Name of the repository; claims in all if absent") @Size(200) Optional<String> root)
      implements ClaimRequest<ClaimReply.Released> {}

  /// Who edits what.
  @Operation(
      type = "list_claims",
      access = Access.MEMBER,
      tool = true,
      effect = Effect.READ,
      summary = "List who is editing what: all claims, or those on one file")
  record ListClaims(
      @Doc("Only claims on this file, a path relative to the repository's root") @Size(4096)
          Optional<String> path,
      @Doc("Name of the repository; claims in all if absent") @Size(200) Optional<String> root)
      implements ClaimRequest<ClaimReply.Claims> {}
}
