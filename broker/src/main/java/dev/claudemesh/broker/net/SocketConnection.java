package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.HeldLine;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.protocol.Outbound;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.connection.Capability;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// One open WebSocket. Counts what it has not sent yet, so that a client that does not read costs a
/// bounded amount of memory and then its connection.
final class SocketConnection implements Connection {
  /// What a queued frame costs beside its bytes.
  private static final int OVERHEAD = 128;

  /// How long a client may take to answer a close frame, and to read what stands before it.
  private static final long CLOSE_PATIENCE_MILLIS = 2_000;

  private static final int SLOW_CONSUMER = 1013;

  /// Frames by which a client may answer each push: that it is stored or refused, and seen.
  private static final int ANSWERS = 2;

  private final String id = Ids.next();
  private final Channel channel;
  private final InetAddress remote;
  private final URI publicUrl;
  private final LimitsConfig.Sizes sizes;
  private final AtomicLong unsent = new AtomicLong();
  private final HeldLine line = new HeldLine();
  private final Queue<Runnable> handed = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean handing = new AtomicBoolean();
  private final AtomicLong answersLeft = new AtomicLong();
  private final AtomicBoolean closing = new AtomicBoolean();
  private volatile boolean dismissed;
  private final Object order = new Object();

  /// Frames that wait for the answer to the hello; null when nothing is held back. Guarded by
  /// `order`.
  private List<Queued> held;

  /// Guarded by `order`; null once they ran.
  private List<Runnable> closed = new ArrayList<>();

  private volatile boolean writable = true;
  private volatile Peer peer;

  private record Queued(byte[] frame, CompletableFuture<Boolean> written) {}

  SocketConnection(Channel channel, InetAddress remote, URI publicUrl, LimitsConfig.Sizes sizes) {
    this.channel = channel;
    this.remote = remote;
    this.publicUrl = publicUrl;
    this.sizes = sizes;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public InetAddress remote() {
    return remote;
  }

  /// Of what this client sends.
  HeldLine line() {
    return line;
  }

  /// The HTTP address the client reached us by.
  URI publicUrl() {
    return publicUrl;
  }

  @Override
  public void send(Outbound frame) {
    queue(Wire.encode(frame, Optional.empty()));
  }

  @Override
  public void reply(Outbound frame, Optional<String> reqId) {
    queue(Wire.encode(frame, reqId));
  }

  @Override
  public CompletableFuture<Boolean> sendEncoded(byte[] frame) {
    answersLeft.addAndGet(ANSWERS);
    return queue(frame);
  }

  private CompletableFuture<Boolean> queue(byte[] frame) {
    Queued queued = new Queued(frame, new CompletableFuture<>());
    if (!admit(queued)) {
      return CompletableFuture.completedFuture(false);
    }
    synchronized (order) {
      if (held == null) {
        write(queued);
      } else {
        held.add(queued);
      }
    }
    return queued.written();
  }

  /// Whether one more frame about messages answers what was pushed to this client, and is not made
  /// up.
  boolean answersPush() {
    return answersLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
  }

  /// Queues the answer to a hello before everything that was held back for it.
  void answerHello(Outbound frame, Optional<String> reqId) {
    Queued answer = new Queued(Wire.encode(frame, reqId), new CompletableFuture<>());
    List<Queued> waiting;
    synchronized (order) {
      waiting = held == null ? List.of() : held;
      held = null;
      if (admit(answer)) {
        write(answer);
      }
      waiting.forEach(this::write);
    }
  }

  private boolean admit(Queued queued) {
    if (!open()) {
      return false;
    }
    int cost = queued.frame().length + OVERHEAD;
    long now = unsent.addAndGet(cost);
    if (now > sizes.outboundLimitBytes()) {
      unsent.addAndGet(-cost);
      close(SLOW_CONSUMER, "slow_consumer");
      return false;
    }
    if (now > sizes.outboundHighBytes()) {
      writable = false;
    }
    return true;
  }

  private void write(Queued queued) {
    hand(() -> {
      int cost = queued.frame().length + OVERHEAD;
      channel
          .write(new TextWebSocketFrame(Unpooled.wrappedBuffer(queued.frame())))
          .addListener(done -> {
            if (unsent.addAndGet(-cost) < sizes.outboundLowBytes()) {
              writable = true;
            }
            queued.written().complete(done.isSuccess());
          });
    });
  }

  /// Hands a write to the event loop, in order. What gathers until the loop gets to it goes out in
  /// one flush: a system call for many frames.
  private void hand(Runnable write) {
    handed.add(write);
    if (channel.eventLoop().inEventLoop()) {
      writeHanded();
    } else if (handing.compareAndSet(false, true)) {
      channel.eventLoop().execute(this::writeHanded);
    }
  }

  private void writeHanded() {
    handing.set(false);
    for (Runnable write = handed.poll(); write != null; write = handed.poll()) {
      write.run();
    }
    channel.flush();
  }

  @Override
  public boolean writable() {
    return writable && open();
  }

  @Override
  public boolean open() {
    return !closing.get() && channel.isActive();
  }

  @Override
  public Optional<Peer> peer() {
    return Optional.ofNullable(peer);
  }

  @Override
  public void bind(Peer bound) {
    synchronized (order) {
      held = new ArrayList<>();
    }
    peer = bound;
  }

  /// The largest message this client may send now.
  int frameCap() {
    Peer bound = peer;
    return bound != null && bound.can(Capability.LARGE_FRAMES)
        ? sizes.largeFrameBytes()
        : sizes.frameBytes();
  }

  @Override
  public void whenClosed(Runnable task) {
    synchronized (order) {
      if (closed != null) {
        closed.add(task);
        return;
      }
    }
    task.run();
  }

  /// Runs what waited for the end. Called once, on the lane, after the last frame.
  void ended() {
    List<Runnable> tasks;
    synchronized (order) {
      tasks = closed == null ? List.of() : closed;
      closed = null;
    }
    tasks.forEach(Runnable::run);
  }

  /// Whether we ended it; then what the client sent before it knew is not looked at any more.
  boolean dismissed() {
    return dismissed;
  }

  @Override
  public void close(int code, String reason) {
    dismissed = true;
    if (closing.compareAndSet(false, true)) {
      hand(() -> channel.write(new CloseWebSocketFrame(code, reason)));
      channel
          .eventLoop()
          .schedule(() -> channel.close(), CLOSE_PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /// Answers a close frame and ends the socket.
  void closeAnswered(int code) {
    if (closing.compareAndSet(false, true)) {
      hand(() ->
          channel
              .write(
                  code == 1005
                      ? new CloseWebSocketFrame(true, 0, Unpooled.EMPTY_BUFFER)
                      : new CloseWebSocketFrame(code, ""))
              .addListener(done -> channel.close()));
      channel
          .eventLoop()
          .schedule(() -> channel.close(), CLOSE_PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      channel.close();
    }
  }

  /// Ends the socket without a word, as nobody is there to hear it.
  void terminate() {
    dismissed = true;
    closing.set(true);
    channel.close();
  }

  @Override
  public String toString() {
    return "Connection[" + id + "]";
  }
}
