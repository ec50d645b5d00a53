package dev.claudemesh.broker.messaging;

import dev.claudemesh.protocol.presence.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The peers of one member in one mesh, who share the mail to the member's key. Only the writer's
/// thread touches it.
final class Household {
  private static final Comparator<Turn> ORDER =
      Comparator.comparing(Turn::reader)
          .thenComparing(Turn::addressed, Comparator.reverseOrder())
          .thenComparing(Turn::idle, Comparator.reverseOrder())
          .thenComparing(Turn::lastActive, Comparator.reverseOrder());

  private final String memberKey;
  private final Backlog backlog = Backlog.unknown();
  private final List<Mailbox> mailboxes = new ArrayList<>();

  Household(String memberKey) {
    this.memberKey = memberKey;
  }

  String memberKey() {
    return memberKey;
  }

  Backlog backlog() {
    return backlog;
  }

  List<Mailbox> mailboxes() {
    return mailboxes;
  }

  /// Who holds a copy now.
  Optional<Mailbox> holder(Copy copy) {
    return mailboxes.stream().filter(mailbox -> mailbox.holds(copy)).findFirst();
  }

  /// The others' slots: what they have of the member's mail is theirs while they may come back.
  List<String> othersThan(Mailbox mailbox) {
    return mailboxes.stream().filter(other -> other != mailbox).map(Mailbox::slot).toList();
  }

  /// Who should have a message to the member: idle before busy, then who was active last; readers
  /// of the inbox only if no session can. A copy for many goes to the session that has no key of
  /// its own, because it was meant by it.
  List<Mailbox> inTurn(Kind kind) {
    return mailboxes.stream()
        .map(mailbox -> Turn.of(mailbox, kind, memberKey))
        .sorted(ORDER)
        .map(Turn::mailbox)
        .toList();
  }

  /// What decides the turn, read once: it may change while others are compared.
  private record Turn(
      Mailbox mailbox, boolean reader, boolean addressed, boolean idle, Instant lastActive) {
    static Turn of(Mailbox mailbox, Kind kind, String memberKey) {
      return new Turn(
          mailbox,
          mailbox.isReader(),
          kind.toMany() && mailbox.owns(memberKey),
          mailbox.gate() == Status.IDLE,
          mailbox.peer().state().lastActive());
    }
  }
}
