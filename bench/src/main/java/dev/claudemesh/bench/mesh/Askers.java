package dev.claudemesh.bench.mesh;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Peers that ask for shared values, all on one event loop. Used from one thread.
final class Askers implements AutoCloseable {
  static final int KEYS = 1_000;

  private static final long PATIENCE_SECONDS = 120;
  private static final long SLOWEST = TimeUnit.SECONDS.toNanos(60);
  private static final byte[][] QUESTIONS = questions();

  private final URI broker;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final PeerSocket.Scratch scratch = new PeerSocket.Scratch();
  private final List<AskingPeer> peers = new ArrayList<>();
  private final CompletableFuture<Void> failed = new CompletableFuture<>();
  private CountDownLatch ready;
  private CountDownLatch stored;
  private volatile boolean closing;

  Askers(URI broker) {
    this.broker = broker;
  }

  private static byte[][] questions() {
    byte[][] questions = new byte[KEYS][];
    for (int i = 0; i < KEYS; i++) {
      questions[i] =
          Frames.ascii("{\"type\":\"get_state\",\"key\":\"bench/" + i + "\",\"_reqId\":\"q\"}");
    }
    return questions;
  }

  static byte[] question(int number) {
    return QUESTIONS[Math.floorMod(number, KEYS)];
  }

  String host() {
    return broker.getHost() + ":" + broker.getPort();
  }

  String path() {
    return broker.getPath();
  }

  /// Opens a session of the member for each peer.
  void connect(MemberKeys member, int count) throws Exception {
    ready = new CountDownLatch(count);
    long timestamp = System.currentTimeMillis();
    for (int i = 0; i < count; i++) {
      byte[] hello = member.seat("asker " + i, List.of()).hello(timestamp + i);
      AskingPeer peer = new AskingPeer(this, scratch, i, hello);
      peers.add(peer);
      new Bootstrap()
          .group(loop)
          .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
          .option(ChannelOption.TCP_NODELAY, true)
          .handler(peer)
          .connect(broker.getHost(), broker.getPort())
          .addListener(done -> {
            if (!done.isSuccess()) {
              failed(String.valueOf(done.cause()));
            }
          });
    }
    await(ready);
  }

  /// Sets the values that are asked for.
  void fill(int bytes) throws Exception {
    stored = new CountDownLatch(KEYS);
    String value = "x".repeat(bytes);
    loop.execute(() -> {
      AskingPeer first = peers.getFirst();
      for (int i = 0; i < KEYS; i++) {
        first.text(
            Frames.ascii(
                "{\"type\":\"set_state\",\"key\":\"bench/"
                    + i
                    + "\",\"value\":\""
                    + value
                    + "\",\"_reqId\":\"s\"}"));
      }
      first.flush();
    });
    await(stored);
  }

  /// Lets peers ask for a while.
  ///
  /// @param count how many peers
  /// @param window questions under way of each
  /// @param perSecond of each at most; 0 as fast as they are answered
  /// @return how long each question took
  Histogram ask(int count, int window, int perSecond, long seconds) throws Exception {
    Histogram latencies = new Histogram(1_000, SLOWEST, 3);
    long every = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
    loop.submit(
        () -> peers.subList(0, count).forEach(peer -> peer.begin(window, every, latencies)));
    var pace =
        loop.scheduleAtFixedRate(
            () ->
                peers
                    .subList(0, count)
                    .forEach(peer -> {
                      peer.pump();
                      peer.flush();
                    }),
            1,
            1,
            TimeUnit.MILLISECONDS);
    new CountDownLatch(1).await(seconds, TimeUnit.SECONDS);
    pace.cancel(false);
    loop.submit(() -> peers.forEach(AskingPeer::end)).get();
    while (!loop.submit(() -> peers.stream().allMatch(AskingPeer::quiet)).get()) {
      if (failed.isDone()) {
        failed.join();
      }
      new CountDownLatch(1).await(1, TimeUnit.MILLISECONDS);
    }
    return latencies;
  }

  void ready() {
    ready.countDown();
  }

  void stored() {
    stored.countDown();
  }

  void failed(String why) {
    if (!closing) {
      System.err.println("bench: " + why);
      failed.completeExceptionally(new IllegalStateException(why));
    }
  }

  private void await(CountDownLatch latch) throws InterruptedException {
    if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(latch.getCount() + " answers are missing; see above");
    }
  }

  @Override
  public void close() {
    closing = true;
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
