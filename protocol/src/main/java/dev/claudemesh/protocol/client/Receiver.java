package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import dev.claudemesh.protocol.messaging.MessageRequest.ClientAck;
import dev.claudemesh.protocol.messaging.MessageRequest.Nack;
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
/// A message whose key has not come is kept unconfirmed, so that the broker keeps it too, and goes
/// its way when the key is there.
final class Receiver {
  private static final int REFUSED_REMEMBERED = 1_000;

  private final BodyCipher cipher;
  private final Inbox inbox;
  private final Hops hops;
  private final ClientLimits limits;
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
      Consumer<Consumer<MeshListener>> tell) {
    this.cipher = cipher;
    this.inbox = inbox;
    this.hops = hops;
    this.limits = limits;
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
    if (waitingForKey.containsKey(push.messageId())) {
      return;
    }
    if (inbox.knows(push.messageId())) {
      confirmations.add(push.messageId(), from, confirmedAtOnce);
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
      case BodyCipher.Result.Text text -> accept(push, text, from, confirmedAtOnce);
      case BodyCipher.Result.KeyMissing missing -> {
        if (waitingForKey.size() < limits.maxWaitingForKey()) {
          waitingForKey.put(push.messageId(), push);
        }
      }
      case BodyCipher.Result.Failed failed -> refuse(push, from);
    }
  }

  private void accept(
      Push push, BodyCipher.Result.Text text, Optional<FrameSocket> from, int confirmedAtOnce) {
    try {
      if (!inbox.store(push)) {
        return;
      }
    } catch (Problem full) {
      tell.accept(listener -> listener.warned(full)); // not confirmed: the broker brings it again
      return;
    }
    from.ifPresent(socket -> confirmations.add(push.messageId(), socket, confirmedAtOnce));
    unshown.add(() -> show(push, text));
    if (unshown.size() >= ClientAck.AT_ONCE) {
      settle();
    }
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
        restoreOne(push);
      } else {
        process(push, socket, confirmedAtOnce);
      }
    }
    settle();
    tell.accept(listener -> listener.keyArrived(epoch));
  }

  private void restoreOne(Push push) {
    if (cipher.open(push) instanceof BodyCipher.Result.Text text) {
      unshown.add(() -> show(push, text));
    }
  }
}
