package dev.claudemesh.cli.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.audit.AuditChain.Link;
import dev.claudemesh.protocol.audit.AuditReply.Entry;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// One entry of an export: all that its hash covers, on a line by itself.
///
/// @param prevHash hash of the entry before, `genesis` for the first
record ExportLine(
    String meshId,
    long id,
    String prevHash,
    String eventType,
    @JsonInclude(JsonInclude.Include.ALWAYS) Optional<String> actor,
    @JsonInclude(JsonInclude.Include.ALWAYS) Optional<String> actorMemberId,
    JsonNode payload,
    Instant createdAt,
    String hash) {

  static ExportLine of(String meshId, String prevHash, Entry entry) {
    return new ExportLine(
        meshId,
        entry.id(),
        prevHash,
        entry.eventType(),
        entry.actor(),
        entry.actorMemberId(),
        entry.payload(),
        entry.createdAt(),
        entry.hash());
  }

  /// @param number of the line, for the complaint
  static ExportLine parse(String line, long number) {
    try {
      return Wire.convert("line " + number, Wire.mapper().readTree(line), ExportLine.class);
    } catch (JacksonException e) {
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT, "Line " + number + " is not a line of an audit export");
    }
  }

  String text() {
    return Wire.mapper().writeValueAsString(this);
  }

  Link link() {
    return Link.of(new Entry(id, eventType, actor, payload, hash, createdAt, actorMemberId));
  }
}
