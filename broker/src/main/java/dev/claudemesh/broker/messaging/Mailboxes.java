package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.messaging.Mailbox.Held;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Everybody to whom messages can be handed out, and who of them should be looked after next. Only
/// the writer's thread touches it.
final class Mailboxes {
  private final int window;
  private final Map<Place, Mailbox> bySlot = new HashMap<>();
  private final Map<Place, Household> byMember = new HashMap<>();
  private final Set<Mailbox> hungry = new LinkedHashSet<>();

  private record Place(String meshId, String name) {}

  /// @param window copies a peer may hold unconfirmed
  Mailboxes(int window) {
    this.window = window;
  }

  /// A peer has a socket. What was pushed to an earlier one is due again.
  void ready(Peer peer) {
    if (peer.takesMessages()) {
      Mailbox mailbox = bySlot.computeIfAbsent(place(peer), place -> open(peer));
      mailbox.occupy(peer);
      mailbox.releaseAll().stream()
          .filter(held -> !mailbox.shares(held.copy().recipientKey()))
          .forEach(held -> flag(mailbox, held));
      // not only what it held: an earlier run of the broker may have given it more of such mail
      mailbox.share().forget();
      hungry.add(mailbox);
    }
  }

  /// A peer has no socket yet and may come back for what it has.
  void expect(Peer peer) {
    if (peer.takesMessages()) {
      bySlot.computeIfAbsent(place(peer), place -> open(peer));
    }
  }

  private Mailbox open(Peer peer) {
    Household household =
        byMember.computeIfAbsent(
            new Place(peer.meshId(), peer.member().id()),
            place -> new Household(peer.member().key().hex()));
    Mailbox mailbox = new Mailbox(peer, household, window);
    household.mailboxes().add(mailbox);
    return mailbox;
  }

  /// A peer is gone, unless another took its place. Others may have what it held for its member.
  void gone(Peer peer) {
    Mailbox mailbox = bySlot.get(place(peer));
    if (mailbox == null || mailbox.peer() != peer) {
      return;
    }
    bySlot.remove(place(peer));
    hungry.remove(mailbox);
    Household household = mailbox.household();
    household.mailboxes().remove(mailbox);
    if (household.mailboxes().isEmpty()) {
      byMember.remove(new Place(peer.meshId(), peer.member().id()));
    }
    // not only what is held here: an earlier run of the broker may have given it more
    household.backlog().forget();
    hungry.addAll(household.mailboxes());
  }

  private static void flag(Mailbox mailbox, Held held) {
    mailbox.backlog(held.copy().recipientKey()).add(held.rank(), held.seq());
  }

  /// Takes back what was held for too long without a word.
  ///
  /// @return copies that were for the member, which any session may have now
  List<Copy> takeOverdue(Instant now) {
    List<Copy> shared = new ArrayList<>();
    for (Mailbox mailbox : bySlot.values()) {
      List<Held> overdue = mailbox.releaseOverdue(now);
      for (Held held : overdue) {
        flag(mailbox, held);
        if (mailbox.shares(held.copy().recipientKey())) {
          shared.add(held.copy());
          hungry.addAll(mailbox.household().mailboxes());
        }
      }
      if (!overdue.isEmpty()) {
        // after the others
        hungry.remove(mailbox);
        hungry.add(mailbox);
      }
    }
    return shared;
  }

  Optional<Mailbox> of(Peer peer) {
    return Optional.ofNullable(bySlot.get(place(peer)));
  }

  Optional<Mailbox> at(String meshId, String slot) {
    return Optional.ofNullable(bySlot.get(new Place(meshId, slot)));
  }

  /// Who may have a copy, the best first.
  List<Mailbox> candidates(String meshId, Recipient recipient, Kind kind) {
    Household household = byMember.get(new Place(meshId, recipient.memberId()));
    if (household == null) {
      return List.of();
    }
    return household.memberKey().equals(recipient.key())
        ? household.inTurn(kind)
        : at(meshId, recipient.key()).map(List::of).orElse(List.of());
  }

  /// Finds who holds a copy that a peer speaks of: itself, or for mail to the member another of its
  /// sessions.
  Optional<Held> release(Peer by, String messageId) {
    Optional<Held> own = of(by).flatMap(mailbox -> let(mailbox, messageId));
    return own.or(() -> releaseShared(by, messageId));
  }

  private Optional<Held> releaseShared(Peer by, String messageId) {
    Household household = byMember.get(new Place(by.meshId(), by.member().id()));
    return household == null
        ? Optional.empty()
        : household
            .holder(new Copy(messageId, household.memberKey()))
            .flatMap(mailbox -> let(mailbox, messageId));
  }

  /// The recipients' keys of those copies of a message that somebody holds now. Looks at everybody.
  Set<String> held(String messageId) {
    return bySlot.values().stream()
        .flatMap(mailbox -> mailbox.held(messageId).stream())
        .map(held -> held.copy().recipientKey())
        .collect(Collectors.toSet());
  }

  private Optional<Held> let(Mailbox mailbox, String messageId) {
    Optional<Held> held = mailbox.release(messageId);
    held.ifPresent(released -> hungry.add(mailbox));
    return held;
  }

  /// A copy waits in the table although somebody may be there for it.
  void waits(String meshId, Recipient recipient, int rank, long seq) {
    Household household = byMember.get(new Place(meshId, recipient.memberId()));
    if (household == null) {
      return;
    }
    if (household.memberKey().equals(recipient.key())) {
      household.backlog().add(rank, seq);
      hungry.addAll(household.mailboxes());
    } else {
      at(meshId, recipient.key())
          .ifPresent(mailbox -> {
            mailbox.backlog(recipient.key()).add(rank, seq);
            hungry.add(mailbox);
          });
    }
  }

  void lookAfter(Mailbox mailbox) {
    hungry.add(mailbox);
  }

  /// In case a wake-up was missed.
  void lookAfterAll() {
    hungry.addAll(bySlot.values());
  }

  /// Takes those who have room, an open gate and something waiting, at most so many; the rest stay
  /// for the next round.
  List<Mailbox> takeHungry(int most) {
    List<Mailbox> taken = new ArrayList<>();
    for (var each = hungry.iterator(); each.hasNext() && taken.size() < most; ) {
      Mailbox mailbox = each.next();
      each.remove();
      if (mailbox.wantsClaim()) {
        taken.add(mailbox);
      }
    }
    return taken;
  }

  boolean anyHungry() {
    return !hungry.isEmpty();
  }

  private static Place place(Peer peer) {
    return new Place(peer.meshId(), Mailbox.slot(peer));
  }
}
