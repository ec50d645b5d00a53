package dev.claudemesh.bench.mesh;

import dev.claudemesh.bench.load.Body;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Tally;
import dev.claudemesh.bench.load.Workload;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The connections of a run, all on one event loop: a generator that shares its machine with the
/// broker must cost little.
///
/// Start, run and close it from one thread; what happens in between happens on the loop.
public final class Fleet implements AutoCloseable {
  /// What every peer is in.
  static final String GROUP = "bench";

  /// Peers of one source address; a port range has no more for many.
  private static final int PER_ADDRESS = 5_000;

  private static final int OPENING_AT_ONCE = 32;

  /// A hello may be a minute off, so one that is signed for later is good for almost two.
  private static final long AHEAD_MILLIS = 50_000;

  private static final long PAUSE_MILLIS = 20;
  private static final int POINTS = 50;
  private static final long REFUSED_MILLIS = 200;

  private final URI broker;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final PeerSocket.Scratch scratch = new PeerSocket.Scratch();
  private final List<MeshPeer> peers = new ArrayList<>();
  private final CompletableFuture<Void> open = new CompletableFuture<>();

  private List<MemberKeys.Seat> seats = List.of();
  private List<byte[]> hellos = List.of();
  private final Map<String, Long> lastHellos = new HashMap<>();
  private long staleAt;
  private int opening;
  private int refusals;
  private long connectedFrom;
  private final List<Result.Point> arrivals = new ArrayList<>();
  private int ready;
  private int losses;
  private Tally tally;
  private Body body;
  private long start;
  private int toStart;
  private int fences;
  private volatile CompletableFuture<Void> fenced = new CompletableFuture<>();
  private boolean closing;

  public Fleet(URI broker) {
    this.broker = broker;
  }

  String host() {
    return broker.getHost() + ":" + broker.getPort();
  }

  String path() {
    return broker.getPath();
  }

  /// Signs all hellos, then opens a connection for each, so many at a time. Whoever is told to come
  /// back later does.
  ///
  /// @return seconds from the first connection to the last `hello_ack`
  public double connect(List<MemberKeys.Seat> members, long limitSeconds) throws Exception {
    List<byte[]> signed = new ArrayList<>();
    long ahead = System.currentTimeMillis() + AHEAD_MILLIS;
    staleAt = ahead + AHEAD_MILLIS;
    members.forEach(seat -> signed.add(sign(seat, ahead)));
    long before = System.nanoTime();
    loop.execute(() -> {
      connectedFrom = before;
      arrivals.add(new Result.Point(0, 0));
      seats = members;
      hellos = signed;
      while (opening < Math.min(OPENING_AT_ONCE, seats.size())) {
        openNext();
      }
    });
    open.get(limitSeconds, TimeUnit.SECONDS);
    return (System.nanoTime() - before) / 1e9;
  }

  /// No two hellos of a member bear the same millisecond.
  private byte[] sign(MemberKeys.Seat seat, long timestamp) {
    return seat.hello(
        lastHellos.merge(
            seat.member().memberId(), timestamp, (last, now) -> Math.max(last + 1, now)));
  }

  private void openNext() {
    int number = opening++;
    peers.add(null);
    boolean stale = System.currentTimeMillis() > staleAt;
    open(number, stale ? sign(seats.get(number), System.currentTimeMillis()) : hellos.get(number));
  }

  private void open(int number, byte[] hello) {
    MeshPeer peer = new MeshPeer(this, scratch, number, seats.get(number).address(), hello);
    peers.set(number, peer);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 30_000)
            .option(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(64 << 10, 256 << 10))
            .handler(peer);
    InetSocketAddress to = new InetSocketAddress(broker.getHost(), broker.getPort());
    boolean spread = to.getAddress().isLoopbackAddress() && seats.size() > PER_ADDRESS;
    (spread
            ? bootstrap.connect(
                to, new InetSocketAddress("127.0.0." + (2 + number / PER_ADDRESS), 0))
            : bootstrap.connect(to))
        .addListener(done -> {
          if (!done.isSuccess()) {
            peer.lost(String.valueOf(done.cause()));
          }
        });
  }

  void ready() {
    ready++;
    if (ready % Math.max(1, seats.size() / POINTS) == 0) {
      arrivals.add(new Result.Point((System.nanoTime() - connectedFrom) / 1e9, ready));
    }
    if (opening < seats.size()) {
      openNext();
    } else if (ready == seats.size()) {
      open.complete(null);
    }
  }

  /// The broker was too busy for a hello; its signature is spent.
  void tryAgain(MeshPeer peer) {
    refusals++;
    int number = peer.number();
    byte[] hello = sign(seats.get(number), System.currentTimeMillis());
    loop.schedule(() -> open(number, hello), REFUSED_MILLIS, TimeUnit.MILLISECONDS);
  }

  void lost(String why) {
    if (closing) {
      return;
    }
    losses++;
    open.completeExceptionally(new IllegalStateException("A peer was lost: " + why));
    fenced.completeExceptionally(new IllegalStateException("A peer was lost: " + why));
    if (tally != null) {
      tally.fail("a peer was lost: " + why);
    }
  }

  /// How many peers were in after how many seconds.
  public List<Result.Point> arrivals() throws Exception {
    return loop.submit(() -> List.copyOf(arrivals)).get();
  }

  /// Hellos that were told to come back later.
  public int refusals() throws Exception {
    return loop.submit(() -> refusals).get();
  }

  /// Connections that ended without being asked to.
  public int losses() throws Exception {
    return loop.submit(() -> losses).get();
  }

  /// Starts the work. The tally tells when it is done; then another may be started.
  public void run(Tally work, Body content, String run) {
    loop.execute(() -> {
      tally = work;
      body = content;
      start = System.nanoTime();
      toStart = 0;
      work.begin(start);
      peers.forEach(peer -> peer.begin(work, content, run, start));
      if (work.work().atOnce()) {
        peers.forEach(peer -> {
          peer.pump();
          peer.flush();
        });
      } else {
        tick();
      }
    });
  }

  /// Sends what is due on the schedule, then sleeps until the next is.
  private void tick() {
    Workload work = tally.work();
    while (toStart < work.messages()) {
      int sender = toStart % work.senders();
      long wait = start + work.dueNanos(sender, toStart / work.senders()) - System.nanoTime();
      if (wait > 0) {
        loop.schedule(this::tick, wait, TimeUnit.NANOSECONDS);
        return;
      }
      toStart++;
      peers.get(sender).pump();
      peers.get(sender).flush();
    }
  }

  void later(Runnable action) {
    loop.schedule(action, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  byte[] addressOf(Workload work, int sender, int seq) {
    return work.kind() == Workload.Kind.DIRECT
        ? peers.get(work.target(sender, seq)).address()
        : new byte[0];
  }

  void arrived(int receiver, long id, byte[] bytes, int from, int to) {
    long now = System.nanoTime();
    if (tally != null) {
      body.read(bytes, from, to - from).ifPresent(stamp -> tally.arrived(receiver, id, stamp, now));
    }
  }

  /// Waits until the broker has taken every confirmation.
  ///
  /// @return seconds it took
  public double confirmed(long limitSeconds) throws Exception {
    long before = System.nanoTime();
    loop.submit(
            () -> {
              fenced = new CompletableFuture<>();
              for (MeshPeer peer : peers) {
                fences += peer.fence() ? 1 : 0;
              }
              if (fences == 0) {
                fenced.complete(null);
              }
            })
        .get();
    fenced.get(limitSeconds, TimeUnit.SECONDS);
    return (System.nanoTime() - before) / 1e9;
  }

  void fenced() {
    if (--fences == 0) {
      fenced.complete(null);
    }
  }

  @Override
  public void close() {
    loop.execute(() -> closing = true);
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
