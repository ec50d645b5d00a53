package dev.claudemesh.mcp.approvals;

import dev.claudemesh.protocol.approvals.ApprovalEvent.Answered;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// What a session has asked, and which answers count: the first that opens under the key of a
/// member who was asked and may decide now, is about exactly this question, and is in time.
///
/// Thread-safe. Asks nobody but its arguments, so that nothing a broker says is believed.
public final class OpenQuestions {
  /// Questions of one session at once.
  public static final int MOST = 8;

  /// Questions of one session in a minute.
  public static final int MOST_A_MINUTE = 30;

  private final Map<String, Open> open = new HashMap<>();
  private final Deque<Instant> begun = new ArrayDeque<>();

  private record Open(String digest, Instant until, Set<String> asked) {}

  /// An answer that counts.
  ///
  /// @param id of the question, as it stands in the box: what the broker says beside it may be
  ///   another's
  public record Decision(String id, PublicKey by, Verdict verdict, Optional<String> reason) {}

  /// Takes a question down.
  ///
  /// @return false if there are too many
  public synchronized boolean open(PermissionQuestion question, String digest, Instant now) {
    open.values().removeIf(other -> !now.isBefore(other.until()));
    while (!begun.isEmpty() && begun.peek().plus(Duration.ofMinutes(1)).isBefore(now)) {
      begun.remove();
    }
    if (open.size() >= MOST || begun.size() >= MOST_A_MINUTE) {
      return false;
    }
    begun.add(now);
    open.put(question.id(), new Open(digest, now.plusSeconds(question.seconds()), new HashSet<>()));
    return true;
  }

  /// A member is asked.
  public synchronized void asked(String id, String meshId, PublicKey member) {
    Optional.ofNullable(open.get(id)).ifPresent(one -> one.asked().add(meshId + member.hex()));
  }

  /// Somebody claims to answer. Where it counts, the question is closed.
  ///
  /// @param key the asking member's
  /// @param mayDecide whom the user lets decide now
  public Optional<Decision> answered(
      String meshId, Answered event, SecretKey key, Predicate<PublicKey> mayDecide, Instant now) {
    if (!PublicKey.isKey(event.from())) {
      return Optional.empty();
    }
    PublicKey from = new PublicKey(event.from());
    return Keys.openBox(event.nonce(), event.ciphertext(), from, key)
        .flatMap(PermissionAnswer::read)
        .filter(answer -> mayDecide.test(from) && close(answer, meshId, from, now))
        .map(answer -> new Decision(answer.id(), from, answer.verdict(), answer.reason()));
  }

  private synchronized boolean close(
      PermissionAnswer answer, String meshId, PublicKey from, Instant now) {
    Open question = open.get(answer.id());
    return question != null
        && question.digest().equals(answer.digest())
        && question.asked().contains(meshId + from.hex())
        && now.isBefore(question.until())
        && close(answer.id());
  }

  /// Closes a question.
  ///
  /// @return false if it is closed already
  public synchronized boolean close(String id) {
    return open.remove(id) != null;
  }
}
