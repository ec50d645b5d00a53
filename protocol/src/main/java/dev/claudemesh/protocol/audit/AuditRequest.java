package dev.claudemesh.protocol.audit;

import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Range;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import java.time.Instant;
import java.util.Optional;

/// Reading, checking and taking away the audit of a mesh. Any member may: what everybody can check
/// is what nobody can quietly change.
public sealed interface AuditRequest<R extends Reply> extends Request<R> {
  /// Entries of one answer.
  int MOST_ENTRIES = 500;

  /// What happened, the newest first.
  @Operation(
      type = "audit_query",
      access = Access.MEMBER,
      effect = Effect.READ,
      summary = "Show what was changed on the mesh, by whom and when, the newest first")
  record Query(
      @Doc("How many entries; 50 if absent") @Range(min = 1, max = MOST_ENTRIES)
          Optional<Integer> limit,
      @Doc("How many to skip; for going far, use after") @Range(min = 0, max = 100_000)
          Optional<Integer> offset,
      @Doc("Only this kind, such as message_sent") @Size(value = 100, min = 1)
          Optional<String> eventType,
      @Doc("Only by this member: member id, key, or name") @Size(value = 200, min = 1)
          Optional<String> actor,
      @Doc("Only from this moment on") Optional<Instant> since,
      @Doc("Only before this moment") Optional<Instant> until,
      @Doc("Go on after this entry, the last of the answer before")
          @Range(min = 1, max = Long.MAX_VALUE)
          Optional<Long> after)
      implements AuditRequest<AuditReply.Result> {}

  /// Walks the whole chain.
  @Operation(
      type = "audit_verify",
      access = Access.MEMBER,
      effect = Effect.READ,
      summary = "Check the whole audit of the mesh for entries that were changed or removed")
  record Verify() implements AuditRequest<AuditReply.Verified> {}

  /// The chain as it is, the oldest first, for keeping and checking elsewhere.
  @Operation(
      type = "audit_export",
      access = Access.MEMBER,
      effect = Effect.READ,
      summary = "Take a stretch of the audit with all that is needed to check it elsewhere")
  record Export(
      @Doc("Begin after this entry; at the first if absent") @Range(min = 0, max = Long.MAX_VALUE)
          Optional<Long> after,
      @Doc("Begin at the first entry of this moment or later, unless after says more")
          Optional<Instant> since,
      @Doc("How many entries; 500 if absent") @Range(min = 1, max = MOST_ENTRIES)
          Optional<Integer> limit)
      implements AuditRequest<AuditReply.Exported> {}
}
