package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.LimitsConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All open WebSockets: how one is opened, and how all of them end.
final class Sockets {
  private static final Logger log = LoggerFactory.getLogger(Sockets.class);
  private static final int GOING_AWAY = 1001;
  private static final Duration CLOSING = Duration.ofSeconds(3);

  private final FrontDoor door;
  private final RateLimits rates;
  private final LimitsConfig limits;
  private final InstantSource clock;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  Sockets(FrontDoor door, RateLimits rates, LimitsConfig limits, InstantSource clock) {
    this.door = door;
    this.rates = rates;
    this.limits = limits;
    this.clock = clock;
  }

  /// One open WebSocket, and what its lane does.
  private final class Socket implements Lane.Worker {
    private final Channel channel;
    private final SocketConnection connection;
    private final Replies replies;
    private final Lane lane;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    Socket(Channel channel, SocketConnection connection) {
      this.channel = channel;
      this.connection = connection;
      this.replies = new Replies(connection, limits.sizes().pendingSends());
      this.lane =
          new Lane(
              limits.sizes().laneFrames(), limits.sizes().largeFrameBytes(), this, this::readAgain);
    }

    /// On the event loop, after whatever stopped the reading.
    private void readAgain() {
      channel.eventLoop().execute(() -> channel.config().setAutoRead(!stopping));
    }

    @Override
    public void handle(byte[] frame) {
      if (!connection.dismissed()) {
        door.receive(connection, replies, frame);
      }
    }

    @Override
    public void end() {
      rates.forget(connection.id());
      connection.ended();
      open.remove(this);
      gone.complete(null);
    }

    CompletableFuture<Void> settled() {
      CompletableFuture<Void> settled = new CompletableFuture<>();
      lane.add(() -> {
        replies.settle();
        settled.complete(null);
      });
      return settled;
    }
  }

  boolean stopping() {
    return stopping;
  }

  /// Turns an HTTP connection into a WebSocket, or closes it.
  void open(
      ChannelHandlerContext context, FullHttpRequest request, URI publicUrl, InetAddress remote) {
    Channel channel = context.channel();
    if (stopping || !admit(channel, remote)) {
      context.close();
      return;
    }
    SocketConnection connection = new SocketConnection(channel, remote, publicUrl, limits.sizes());
    Socket socket = new Socket(channel, connection);
    ChannelPipeline pipeline = channel.pipeline();
    try {
      new Handshake(publicUrl + "/ws", connection::frameCap).handshake(channel, request);
    } catch (WebSocketHandshakeException e) {
      log.debug("A WebSocket handshake was wrong: {}", e.getMessage());
      context.close();
      return;
    }
    open.add(socket);
    pipeline.addLast("socket", new SocketHandler(connection, socket.lane, limits.timing(), clock));
    pipeline.remove("one at a time");
    pipeline.remove("answer");
  }

  private boolean admit(Channel channel, InetAddress remote) {
    if (byAddress.merge(remote, 1, Integer::sum) > limits.sizes().socketsPerAddress()) {
      left(remote);
      log.warn(
          "A WebSocket was refused: its address has {} open", limits.sizes().socketsPerAddress());
      return false;
    }
    channel.closeFuture().addListener(done -> left(remote));
    return true;
  }

  private void left(InetAddress remote) {
    byAddress.computeIfPresent(remote, (address, count) -> count == 1 ? null : count - 1);
  }

  /// Reads no more, and waits until what was read is answered.
  void drain(Duration patience) {
    stopping = true;
    open.forEach(socket -> socket.channel.config().setAutoRead(false));
    await("lanes to finish", patience, open.stream().map(Socket::settled));
  }

  /// Closes every socket with 1001 and waits until each has told who cares.
  void close() {
    CompletableFuture<?>[] gone =
        open.stream().map(socket -> socket.gone).toArray(CompletableFuture[]::new);
    open.forEach(socket -> {
      socket.connection.close(GOING_AWAY, "shutting down");
      // The client's answer to the close frame should be seen.
      socket.channel.config().setAutoRead(true);
    });
    await("sockets to close", CLOSING, Stream.of(gone));
  }

  private static void await(
      String what, Duration patience, Stream<? extends CompletableFuture<?>> futures) {
    try {
      CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      log.warn("Waited {} ms in vain for {}", patience.toMillis(), what);
    } catch (ExecutionException e) {
      log.error("Waiting for {} failed", what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
