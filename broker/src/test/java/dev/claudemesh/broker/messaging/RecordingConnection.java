package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.protocol.Outbound;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A socket without a network: what is queued counts as written at once, or when the test says so;
/// a closed one drops.
final class RecordingConnection implements Connection {
  private final String id = Ids.next();
  private final List<Outbound> frames = new ArrayList<>();
  private final List<byte[]> encoded = new ArrayList<>();
  private final Deque<Runnable> unflushed = new ArrayDeque<>();
  private boolean reading = true;
  private boolean open = true;
  private boolean drops;
  private volatile boolean writable = true;

  /// Stops reading: nothing is flushed any more, and at some point the socket is not writable.
  synchronized void stall(boolean stillWritable) {
    reading = false;
    writable = stillWritable;
  }

  synchronized void read() {
    reading = true;
    writable = true;
    while (!unflushed.isEmpty()) {
      unflushed.poll().run();
    }
  }

  /// From now on frames are lost although the socket seems open.
  synchronized void drop() {
    drops = true;
  }

  /// The network is gone; what was not flushed is lost.
  synchronized void cut() {
    open = false;
    unflushed.clear();
  }

  synchronized List<Outbound> frames() {
    return List.copyOf(frames);
  }

  /// The bytes of each push, as objects that are the same if they were encoded once.
  synchronized List<byte[]> encoded() {
    return List.copyOf(encoded);
  }

  /// Messages that came, redeliveries too.
  List<Push> pushes() {
    return frames().stream()
        .filter(Push.class::isInstance)
        .map(Push.class::cast)
        .filter(push -> !push.isNews())
        .toList();
  }

  @Override
  public synchronized CompletableFuture<Boolean> sendEncoded(byte[] frame) {
    if (!open || drops) {
      return CompletableFuture.completedFuture(false);
    }
    encoded.add(frame);
    Outbound read = Wire.received(Wire.parse(frame)).orElseThrow().frame();
    CompletableFuture<Boolean> written = new CompletableFuture<>();
    if (reading) {
      frames.add(read);
      written.complete(true);
    } else {
      unflushed.add(() -> {
        frames.add(read);
        written.complete(true);
      });
    }
    return written;
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
  public boolean writable() {
    return writable && open();
  }

  @Override
  public synchronized boolean open() {
    return open;
  }

  @Override
  public void close(int code, String reason) {
    cut();
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
  public Optional<Peer> peer() {
    return Optional.empty();
  }

  @Override
  public void bind(Peer peer) {}

  @Override
  public void whenClosed(Runnable task) {}
}
