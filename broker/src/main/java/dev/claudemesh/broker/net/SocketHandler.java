package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Peer;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The event loop's side of one WebSocket: pings, the hello deadline, and handing messages to the
/// lane. Never waits.
final class SocketHandler extends SimpleChannelInboundHandler<Inbound> {
  private static final Logger log = LoggerFactory.getLogger(SocketHandler.class);
  private static final int POLICY = 1008;

  private final SocketConnection connection;
  private final Lane lane;
  private final LimitsConfig.Timing timing;
  private final InstantSource clock;
  private final List<Future<?>> timers = new ArrayList<>();
  private long lastPong = System.nanoTime();

  SocketHandler(
      SocketConnection connection, Lane lane, LimitsConfig.Timing timing, InstantSource clock) {
    this.connection = connection;
    this.lane = lane;
    this.timing = timing;
    this.clock = clock;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    long interval = timing.pingInterval().toNanos();
    timers.add(
        context
            .executor()
            .scheduleAtFixedRate(() -> ping(context), interval, interval, TimeUnit.NANOSECONDS));
    timers.add(
        context
            .executor()
            .schedule(this::helloIsDue, timing.helloDeadline().toNanos(), TimeUnit.NANOSECONDS));
    listenForPong(context, timing.pongTimeout());
  }

  private void ping(ChannelHandlerContext context) {
    context.writeAndFlush(new PingWebSocketFrame(Unpooled.EMPTY_BUFFER));
  }

  private void helloIsDue() {
    if (connection.peer().isEmpty()) {
      connection.close(POLICY, "hello_timeout");
    }
  }

  private void listenForPong(ChannelHandlerContext context, Duration patience) {
    timers.add(
        context
            .executor()
            .schedule(() -> pongIsDue(context), patience.toNanos(), TimeUnit.NANOSECONDS));
  }

  private void pongIsDue(ChannelHandlerContext context) {
    timers.removeIf(Future::isDone);
    if (!context.channel().config().isAutoRead()) {
      // We are the ones who do not listen: its pongs may wait in the socket.
      lastPong = System.nanoTime();
    }
    Duration silence = Duration.ofNanos(System.nanoTime() - lastPong);
    if (silence.compareTo(timing.pongTimeout()) >= 0) {
      log.info("{} was silent for {} s and is terminated", connection, silence.toSeconds());
      connection.terminate();
    } else {
      listenForPong(context, timing.pongTimeout().minus(silence));
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, Inbound inbound) {
    switch (inbound) {
      case Inbound.Message(byte[] bytes) -> message(context, bytes);
      case Inbound.Ping(byte[] payload) -> pong(context, payload);
      case Inbound.Pong() -> heard();
      case Inbound.Close(int code) -> connection.closeAnswered(code);
      case Inbound.Violation(int code, String reason) -> connection.close(code, reason);
    }
  }

  private void message(ChannelHandlerContext context, byte[] bytes) {
    if (connection.open() && lane.add(bytes)) {
      context.channel().config().setAutoRead(false);
    }
  }

  /// A client that floods us with pings and does not read gets no further pongs.
  private void pong(ChannelHandlerContext context, byte[] payload) {
    if (context.channel().isWritable()) {
      context.writeAndFlush(new PongWebSocketFrame(Unpooled.wrappedBuffer(payload)));
    }
  }

  private void heard() {
    lastPong = System.nanoTime();
    connection
        .peer()
        .ifPresent(peer -> peer.update((Peer.State state) -> state.withLastPing(clock.instant())));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    timers.forEach(timer -> timer.cancel(false));
    lane.end();
  }

  /// A reset connection is the world's trouble; the peer's lease runs from here.
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("{} broke: {}", connection, cause.toString());
    connection.terminate();
  }
}
