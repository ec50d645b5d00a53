package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.messaging.Mailbox.Held;
import dev.claudemesh.protocol.connection.Purpose;
import java.util.ArrayList;
import java.util.Collection;
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

  /// A peer has a socket.
  ///
  /// @return what was pushed to an earlier one and is due again
  List<Held> ready(Peer peer) {
    if (peer.purpose() == Purpose.COMMAND) {
      return List.of();
    }
    Mailbox mailbox = bySlot.computeIfAbsent(place(peer), place -> open(peer));
    mailbox.occupy(peer);
    List<Held> due = mailbox.releaseAll();
    due.forEach(held -> flag(mailbox, held));
    hungry.add(mailbox);
    return due;
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

  /// A peer is gone, unless another took its place.
  ///
  /// @return what it held, which others may have now
  List<Held> gone(Peer peer) {
    Mailbox mailbox = bySlot.get(place(peer));
    if (mailbox == null || mailbox.peer() != peer) {
      return List.of();
    }
    bySlot.remove(place(peer));
    hungry.remove(mailbox);
    Household household = mailbox.household();
    household.mailboxes().remove(mailbox);
    if (household.mailboxes().isEmpty()) {
      byMember.remove(new Place(peer.meshId(), peer.member().id()));
    }
    List<Held> due = mailbox.releaseAll();
    due.forEach(held -> flag(mailbox, held));
    hungry.addAll(household.mailboxes());
    return due;
  }

  private static void flag(Mailbox mailbox, Held held) {
    mailbox.backlog(held.copy().recipientKey()).add(held.rank());
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
    if (household == null) {
      return Optional.empty();
    }
    Copy shared = new Copy(messageId, household.memberKey());
    return household.mailboxes().stream()
        .filter(mailbox -> mailbox.holds(shared))
        .findFirst()
        .flatMap(mailbox -> let(mailbox, messageId));
  }

  private Optional<Held> let(Mailbox mailbox, String messageId) {
    Optional<Held> held = mailbox.release(messageId);
    held.ifPresent(released -> hungry.add(mailbox));
    return held;
  }

  /// A copy waits in the table although somebody may be there for it.
  void waits(String meshId, Copy copy, String memberId, int rank) {
    Household household = byMember.get(new Place(meshId, memberId));
    if (household == null) {
      return;
    }
    if (household.memberKey().equals(copy.recipientKey())) {
      household.backlog().add(rank);
      hungry.addAll(household.mailboxes());
    } else {
      at(meshId, copy.recipientKey())
          .ifPresent(mailbox -> {
            mailbox.backlog(copy.recipientKey()).add(rank);
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

  /// Holders of leases who lost their socket and may still come back: nobody else should get what
  /// they may have shown already.
  Set<String> withinGrace() {
    return bySlot.values().stream()
        .filter(mailbox -> !mailbox.peer().connected())
        .map(Mailbox::slot)
        .collect(Collectors.toSet());
  }

  Collection<Mailbox> all() {
    return bySlot.values();
  }

  private static Place place(Peer peer) {
    return new Place(peer.meshId(), Mailbox.slot(peer));
  }
}
