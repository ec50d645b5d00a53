package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.AuditTrail;
import dev.claudemesh.broker.kernel.BrokerConfig;
import dev.claudemesh.broker.kernel.Metrics;
import dev.claudemesh.broker.kernel.SignedCalls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// The one port for HTTP and WebSocket. Stopping is graceful and may be asked for twice.
public final class NetServer {
  private static final int EVENT_LOOPS =
      Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 4);
  private static final int CALLS_AT_ONCE = 256;
  private static final int BACKLOG = 1_024;
  private static final long LOOPS_PATIENCE_MILLIS = 2_000;

  private final BrokerConfig config;
  private final Duration patience;
  private final Sockets sockets;
  private final Semaphore calls = new Semaphore(CALLS_AT_ONCE);
  private final Pipeline pipeline;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          EVENT_LOOPS,
          Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  private final AtomicBoolean stopped = new AtomicBoolean();
  private Channel listening;

  public NetServer(
      BrokerConfig config,
      Rooms rooms,
      SignedCalls signedCalls,
      AuditTrail audit,
      Metrics metrics,
      Health health,
      InstantSource clock,
      InstantSource steady) {
    RateLimits rates = new RateLimits(config.limits(), clock);
    FrontDoor door = new FrontDoor(rooms, signedCalls, rates, audit, metrics, steady);
    this.config = config;
    this.patience = config.limits().timing().stop();
    this.sockets = new Sockets(door, rates, config.limits(), clock);
    Site site =
        new Site(
            door,
            health,
            metrics,
            config.limits(),
            clock,
            config.accounts(),
            config.mail().isPresent());
    this.pipeline =
        new Pipeline(
            new HttpHandler.Wiring(site, sockets, calls, config.publicUrl()), config.limits());
  }

  /// Begins to listen.
  ///
  /// @throws PortTakenException if the address cannot be had
  public void start() {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childHandler(pipeline);
    ChannelFuture bound = bootstrap.bind(config.host(), config.port()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      stop();
      throw new PortTakenException(config.host(), config.port(), bound.cause());
    }
    listening = bound.channel();
  }

  /// The port it listens on, which the system chose if 0 was asked for.
  public int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  /// Stops to accept, lets every lane and call finish what it has begun, then closes all sockets
  /// with 1001. Waits as long as the limits say.
  public void stop() {
    if (!stopped.compareAndSet(false, true)) {
      return;
    }
    if (listening != null) {
      listening.close().awaitUninterruptibly();
    }
    sockets.drain(patience);
    finishCalls();
    sockets.close();
    loops
        .shutdownGracefully(0, LOOPS_PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly();
  }

  private void finishCalls() {
    try {
      if (calls.tryAcquire(CALLS_AT_ONCE, patience.toMillis(), TimeUnit.MILLISECONDS)) {
        calls.release(CALLS_AT_ONCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
