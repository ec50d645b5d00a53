package dev.claudemesh.protocol.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What the broker answers about the audit.
public sealed interface AuditReply extends Reply {

  /// What happened.
  @Frame(type = "audit_result", summary = "What was changed on the mesh")
  record Result(
      @Doc("One entry a change, the newest first") List<Entry> entries,
      @Doc("How many fit in all; with a filter counted up to 10,000") long total)
      implements AuditReply {}

  /// One link of the chain.
  record Entry(
      @Doc("Its place in the chain of its mesh, from 1 without a gap") long id,
      @Doc(
              "What happened: the operation's name, or peer_joined, peer_left, message_sent, state_set")
          String eventType,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Doc("Name of who did it, as it was then")
          Optional<String> actor,
      @Doc("What it was about, without bodies and secrets") JsonNode payload,
      @Doc(
              "sha256 over prevHash|meshId|eventType|actorMemberId|canonical payload|createdAt, hex;"
                  + " prevHash is the hash of the entry before, genesis for the first")
          String hash,
      @Doc("When it happened") Instant createdAt,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Doc("Id of the member who did it")
          Optional<String> actorMemberId) {}

  /// Whether the chain holds.
  @Frame(type = "audit_verify_result", summary = "Whether the audit is as it was written")
  record Verified(
      @Doc("Whether every entry is there and unchanged") boolean valid,
      @Doc("How many were found right") long entries,
      @Doc("The first entry that is not right or not there") Optional<Long> brokenAt,
      @Doc("What is wrong with it") Optional<String> reason)
      implements AuditReply {}

  /// A stretch of the chain.
  @Frame(type = "audit_export_result", summary = "A stretch of the audit, the oldest entry first")
  record Exported(
      @Doc("Id of the mesh, which the hashes cover") String meshId,
      @Doc("Hash of the entry before the first of these; genesis if there is none") String prevHash,
      @Doc("One entry a change, the oldest first") List<Entry> entries,
      @Doc("Give this as after to go on; absent at the end") Optional<Long> next)
      implements AuditReply {}
}
