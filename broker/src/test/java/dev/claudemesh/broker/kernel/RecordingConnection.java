package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.Outbound;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A socket that remembers what was sent over it, and goes away when a test says so.
public final class RecordingConnection implements Connection {
  private final String id = Ids.next();
  private final List<Outbound> frames = new ArrayList<>();
  private final List<Runnable> whenClosed = new ArrayList<>();
  private Optional<Peer> peer = Optional.empty();
  private Optional<String> closed = Optional.empty();
  private Runnable whenBound = () -> {};
  private boolean open = true;

  /// Everything sent so far, in order.
  public synchronized List<Outbound> frames() {
    return List.copyOf(frames);
  }

  /// The pieces of news sent so far, each as `event name`.
  public synchronized List<String> news() {
    return frames.stream()
        .filter(Push.class::isInstance)
        .map(Push.class::cast)
        .filter(Push::isNews)
        .map(push ->
            push.event().orElseThrow()
                + " "
                + push.eventData().orElseThrow().get("name").asString())
        .toList();
  }

  public synchronized void forget() {
    frames.clear();
  }

  /// How the broker closed it, as `code reason`.
  public synchronized Optional<String> closed() {
    return closed;
  }

  /// The socket breaks, without a word.
  public void lose() {
    List<Runnable> tasks;
    synchronized (this) {
      open = false;
      tasks = List.copyOf(whenClosed);
      whenClosed.clear();
    }
    tasks.forEach(Runnable::run);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public InetAddress remote() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public void send(Outbound frame) {
    sendEncoded(Wire.encode(frame, Optional.empty()));
  }

  @Override
  public void reply(Outbound frame, Optional<String> reqId) {
    sendEncoded(Wire.encode(frame, reqId));
  }

  @Override
  public synchronized CompletableFuture<Boolean> sendEncoded(byte[] frame) {
    if (open) {
      frames.add(Wire.received(Wire.parse(frame)).orElseThrow().frame());
    }
    return CompletableFuture.completedFuture(open);
  }

  @Override
  public synchronized boolean writable() {
    return open;
  }

  @Override
  public synchronized boolean open() {
    return open;
  }

  @Override
  public synchronized Optional<Peer> peer() {
    return peer;
  }

  /// What happens between a good hello and the peer's getting this socket.
  public synchronized void whenBound(Runnable task) {
    whenBound = task;
  }

  @Override
  public synchronized void bind(Peer bound) {
    peer = Optional.of(bound);
    whenBound.run();
  }

  @Override
  public void whenClosed(Runnable task) {
    synchronized (this) {
      if (open) {
        whenClosed.add(task);
        return;
      }
    }
    task.run();
  }

  @Override
  public void close(int code, String reason) {
    synchronized (this) {
      if (closed.isEmpty()) {
        closed = Optional.of(code + " " + reason);
      }
    }
    lose();
  }
}
