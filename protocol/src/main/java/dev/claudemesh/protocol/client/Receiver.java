package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import dev.claudemesh.protocol.messaging.MessageRequest.ClientAck;
import dev.claudemesh.protocol.messaging.MessageRequest.Nack;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Consumer;

/// What happens to a message that came: open it, store it, confirm it, show it, in this order and
/// once. Runs on one lane.
///
/// Messages that come faster than they are dealt with are confirmed together, see {@link #settle}.
///
/// A message whose key has not come is stored and confirmed as any other, and shown when the key is
/// there; so it takes no room among those that the broker brings without waiting for us. It is
/// refused when the key that came does not open it, or none came in a week. Where nothing outlives
/// the process, such a message is kept unconfirmed instead, so that the broker keeps it, too.
final class Receiver {
  private static final int REFUSED_REMEMBERED = 1_000;

  /// As long as a broker keeps a message for who is away.
  private static final Duration KEY_AWAITED = Duration.ofDays(7);

  private final BodyCipher cipher;
  private final Inbox inbox;
  private final Hops hops;
  private final ClientLimits limits;
  private final InstantSource clock;
  private final Consumer<Consumer<MeshListener>> tell;
  private final Map<String, Push> waitingForKey = new LinkedHashMap<>();
  private final SequencedSet<String> refused = new LinkedHashSet<>();
  private final Confirmations confirmations = new Confirmations();
  private final List<Runnable> unshown = new ArrayList<>();

  /// @param tell hands something to the listener's own thread
  Receiver(
      BodyCipher cipher,
      Inbox inbox,
      Hops hops,
      ClientLimits limits,
      InstantSource clock,
      Consumer<Consumer<MeshListener>> tell) {
    this.cipher = cipher;
    this.inbox = inbox;
    this.hops = hops;
    this.limits = limits;
    this.clock = clock;
    this.tell = tell;
  }

  /// Shows what an earlier process stored and did not show.
  void restore() {
    for (Push push : inbox.unshown()) {
      switch (cipher.open(push)) {
        case BodyCipher.Result.Text text -> show(push, text);
        case BodyCipher.Result.KeyMissing missing -> waitingForKey.put(push.messageId(), push);
        case BodyCipher.Result.Failed failed ->
            tell.accept(listener -> listener.undecryptable(Undecryptable.of(push)));
      }
    }
  }

  /// @param confirmedAtOnce messages that one frame may confirm; 0 if the broker wants none
  ///   confirmed
  void received(Push push, FrameSocket from, int confirmedAtOnce) {
    if (push.isNews() || push.event().isPresent()) {
      News news =
          new News(
              push.event().orElse(""),
              push.eventData().orElseGet(() -> Wire.mapper().createObjectNode()),
              push.createdAt());
      settle();
      tell.accept(listener -> listener.news(news));
      return;
    }
    if (inbox.knows(push.messageId())) {
      confirmations.add(push.messageId(), from, confirmedAtOnce);
      return;
    }
    if (waitingForKey.containsKey(push.messageId())) {
      return;
    }
    process(push, Optional.of(from), confirmedAtOnce);
  }

  /// Confirms and shows what was stored. To be called when nothing more is waiting, and before
  /// anything but a message is dealt with.
  ///
  /// What could not be synced waits for the next time; the broker still has it.
  void settle() {
    try {
      inbox.sync();
    } catch (Problem notKept) {
      tell.accept(listener -> listener.warned(notKept));
      return;
    }
    confirmations.send();
    List<Runnable> shows = List.copyOf(unshown);
    unshown.clear();
    shows.forEach(Runnable::run);
  }

  private void process(Push push, Optional<FrameSocket> from, int confirmedAtOnce) {
    switch (cipher.open(push)) {
      case BodyCipher.Result.Text text -> {
        if (stored(push, from, confirmedAtOnce)) {
          unshown.add(() -> show(push, text));
        }
      }
      case BodyCipher.Result.KeyMissing missing -> {
        boolean kept =
            inbox.durable()
                ? stored(push, from, confirmedAtOnce)
                : waitingForKey.size() < limits.maxWaitingForKey();
        if (kept) {
          waitingForKey.put(push.messageId(), push);
        }
      }
      case BodyCipher.Result.Failed failed -> refuse(push, from);
    }
    if (confirmations.waiting() >= ClientAck.AT_ONCE) {
      settle();
    }
  }

  private boolean stored(Push push, Optional<FrameSocket> from, int confirmedAtOnce) {
    try {
      inbox.store(push);
    } catch (Problem full) {
      tell.accept(listener -> listener.warned(full)); // not confirmed: the broker brings it again
      return false;
    }
    from.ifPresent(socket -> confirmations.add(push.messageId(), socket, confirmedAtOnce));
    return true;
  }

  private void show(Push push, BodyCipher.Result.Text text) {
    IncomingMessage message = IncomingMessage.of(push, text.opened());
    hops.note(message.id(), message.hops());
    tell.accept(listener -> listener.message(message));
  }

  private void refuse(Push push, Optional<FrameSocket> from) {
    settle();
    from.ifPresent(socket ->
        socket.send(Wire.encode(new Nack(push.messageId(), "undecryptable"), Optional.empty())));
    if (refused.add(push.messageId())) {
      tell.accept(listener -> listener.undecryptable(Undecryptable.of(push)));
    }
    if (refused.size() > REFUSED_REMEMBERED) {
      refused.removeFirst();
    }
  }

  /// Opens what waited for a key, in the order it came.
  void keyArrived(int epoch, Optional<FrameSocket> socket, int confirmedAtOnce) {
    List<Push> ready =
        waitingForKey.values().stream()
            .filter(push -> push.epoch().filter(waited -> waited == epoch).isPresent())
            .toList();
    for (Push push : ready) {
      waitingForKey.remove(push.messageId());
      if (inbox.knows(push.messageId())) {
        open(push, socket);
      } else {
        process(push, socket, confirmedAtOnce);
      }
    }
    settle();
    tell.accept(listener -> listener.keyArrived(epoch));
  }

  private void open(Push stored, Optional<FrameSocket> socket) {
    switch (cipher.open(stored)) {
      case BodyCipher.Result.Text text -> unshown.add(() -> show(stored, text));
      case BodyCipher.Result.KeyMissing missing -> waitingForKey.put(stored.messageId(), stored);
      case BodyCipher.Result.Failed failed -> giveUp(stored, socket);
    }
  }

  /// Refuses what has waited for its key too long.
  void giveUpWaiting(FrameSocket socket) {
    Instant longAgo = clock.instant().minus(KEY_AWAITED);
    List<Push> hopeless =
        waitingForKey.values().stream()
            .filter(push -> inbox.knows(push.messageId()) && push.createdAt().isBefore(longAgo))
            .toList();
    for (Push push : hopeless) {
      waitingForKey.remove(push.messageId());
      giveUp(push, Optional.of(socket));
    }
  }

  /// What was stored does not open: it makes room for others.
  private void giveUp(Push stored, Optional<FrameSocket> socket) {
    refuse(stored, socket);
    inbox.shown(List.of(stored.messageId()));
  }
}
