package dev.claudemesh.bench.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/// A network that fails on demand: takes connections on a port of its own and carries their bytes
/// to another port.
///
/// Two threads a connection. Closing ends all connections.
final class Proxy implements AutoCloseable {
  private static final int BUFFER = 16_384;
  private static final int CONNECT_MILLIS = 2_000;

  private final ServerSocket listening;
  private final IntSupplier upstream;
  private final Set<Wire> wires = ConcurrentHashMap.newKeySet();
  private volatile Weather weather = Weather.FAIR;

  /// Which way bytes go.
  enum Direction {
    TO_SERVER,
    TO_CLIENT
  }

  /// What happens to every chunk of bytes.
  ///
  /// @param stalled directions in which nothing moves; it is kept and goes on later
  /// @param delay how long each chunk takes
  record Weather(Set<Direction> stalled, Duration delay) {
    static final Weather FAIR = new Weather(Set.of(), Duration.ZERO);
  }

  private Proxy(ServerSocket listening, IntSupplier upstream) {
    this.listening = listening;
    this.upstream = upstream;
  }

  /// Listens on a free port of loopback.
  ///
  /// @param upstream the port to carry to, asked at each connection
  static Proxy to(IntSupplier upstream) {
    try {
      Proxy proxy = new Proxy(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()), upstream);
      Thread.ofPlatform().daemon().name("proxy").start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return listening.getLocalPort();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Thread.ofVirtual().start(() -> join(client));
      } catch (IOException e) {
        continue; // closed, or a client that left before it was let in
      }
    }
  }

  private void join(Socket client) {
    Socket server = new Socket();
    try {
      server.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), upstream.getAsInt()),
          CONNECT_MILLIS);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
    } catch (IOException e) {
      reset(client);
      return;
    }
    Wire wire = new Wire(client, server);
    wires.add(wire);
    Thread.ofVirtual().start(() -> wire.carry(client, server, Direction.TO_SERVER));
    Thread.ofVirtual().start(() -> wire.carry(server, client, Direction.TO_CLIENT));
  }

  void weather(Weather next) {
    synchronized (this) {
      weather = next;
      notifyAll();
    }
  }

  /// Resets every connection: both ends notice at once, and what was on its way is lost.
  void cut() {
    for (Wire wire : wires) {
      wire.end();
    }
  }

  /// Every connection there is now swallows what it is given in these directions, for ever, and
  /// says nothing: as when a router forgets it. New ones work.
  void swallow(Set<Direction> directions) {
    for (Wire wire : wires) {
      wire.swallow(directions);
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (SocketException e) {
      // closed already
    }
    try {
      socket.close();
    } catch (IOException e) {
      // closed all the same
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    weather(Weather.FAIR);
    cut();
  }

  /// One connection.
  private final class Wire {
    private final Socket client;
    private final Socket server;
    private volatile Set<Direction> holes = Set.of();

    Wire(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    /// What was swallowed once stays so: a connection that loses a piece in its middle does not
    /// exist.
    synchronized void swallow(Set<Direction> directions) {
      Set<Direction> all = EnumSet.noneOf(Direction.class);
      all.addAll(directions);
      all.addAll(holes);
      holes = Set.copyOf(all);
    }

    private void carry(Socket from, Socket to, Direction direction) {
      byte[] buffer = new byte[BUFFER];
      try {
        for (int n = from.getInputStream().read(buffer);
            n >= 0;
            n = from.getInputStream().read(buffer)) {
          await(direction);
          if (!holes.contains(direction)) {
            to.getOutputStream().write(buffer, 0, n);
          }
        }
        await(direction);
      } catch (IOException | InterruptedException e) {
        // told to the other side below
      }
      if (holes.isEmpty()) {
        end();
      } else {
        reset(from); // the other side is left alone with its half
      }
    }

    private void await(Direction direction) throws InterruptedException {
      synchronized (Proxy.this) {
        while (weather.stalled().contains(direction)) {
          Proxy.this.wait();
        }
      }
      Duration delay = weather.delay();
      if (delay.isPositive()) {
        Thread.sleep(delay);
      }
    }

    private void end() {
      wires.remove(this);
      reset(client);
      reset(server);
    }
  }
}
