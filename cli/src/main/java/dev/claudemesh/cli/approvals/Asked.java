package dev.claudemesh.cli.approvals;

import dev.claudemesh.mcp.approvals.PermissionAnswer;
import dev.claudemesh.mcp.approvals.PermissionQuestion;
import dev.claudemesh.mcp.approvals.SessionRule;
import dev.claudemesh.mcp.approvals.Verdict;
import dev.claudemesh.protocol.approvals.ApprovalEvent;
import dev.claudemesh.protocol.approvals.ApprovalRequest;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A request that was opened.
///
/// @param from key of the asking member: the one it opened with
/// @param fromName what the broker calls them
/// @param digest of exactly what was asked
/// @param until when it ends, by our clock
record Asked(
    PermissionQuestion question, PublicKey from, String fromName, String digest, Instant until) {

  /// Opens what came; empty if it does not open, is about another request, or is not of now.
  static Optional<Asked> open(ApprovalEvent.Asked event, SecretKey own, Instant now) {
    if (!PublicKey.isKey(event.from())) {
      return Optional.empty();
    }
    PublicKey from = new PublicKey(event.from());
    return Keys.openBox(event.nonce(), event.ciphertext(), from, own)
        .flatMap(text ->
            PermissionQuestion.read(text)
                .filter(
                    question -> question.id().equals(event.approvalId()) && question.isFresh(now))
                .map(question ->
                    new Asked(
                        question,
                        from,
                        event.fromName(),
                        PermissionQuestion.digest(text),
                        until(question, now))));
  }

  /// By the asker's clock, but never longer than it is open at all.
  private static Instant until(PermissionQuestion question, Instant now) {
    Instant theirs = question.at().plusSeconds(question.seconds());
    Instant ours = now.plusSeconds(question.seconds());
    return theirs.isBefore(now) || theirs.isAfter(ours) ? ours : theirs;
  }

  String id() {
    return question.id();
  }

  /// The answer, for the asker alone.
  ApprovalRequest.Answer answer(Verdict verdict, Optional<String> reason, SecretKey own) {
    Boxed box = Keys.box(new PermissionAnswer(id(), digest, verdict, reason).text(), from, own);
    return new ApprovalRequest.Answer(id(), box.nonce(), box.ciphertext());
  }

  /// What `--json` prints.
  View view() {
    return new View(
        id(),
        fromName,
        from.hex(),
        question.session(),
        question.folder(),
        question.host(),
        question.tool(),
        question.input(),
        question.rules().stream().map(SessionRule::text).toList(),
        until);
  }

  /// One request, for programs.
  record View(
      String id,
      String from,
      String key,
      String session,
      String folder,
      String host,
      String tool,
      JsonNode input,
      List<String> forSession,
      Instant until) {}
}
