package dev.claudemesh.broker.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/// A wire that can be cut: passes bytes between clients and a broker, whose port may change.
final class Relay implements AutoCloseable {
  private final ServerSocket server;
  private final IntSupplier brokerPort;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  Relay(IntSupplier brokerPort) throws IOException {
    this.brokerPort = brokerPort;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  URI url() {
    return URI.create("ws://127.0.0.1:" + server.getLocalPort() + "/ws");
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        sockets.add(client);
        Thread.ofVirtual().start(() -> connect(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void connect(Socket client) {
    try {
      Socket broker = new Socket(InetAddress.getLoopbackAddress(), brokerPort.getAsInt());
      sockets.add(broker);
      Thread.ofVirtual().start(() -> pass(client, broker));
      pass(broker, client);
    } catch (IOException e) {
      close(client);
    }
  }

  private void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // cut
    } finally {
      close(from);
      close(to);
    }
  }

  private void close(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Ends all connections in the middle of whatever they carry.
  void cut() {
    sockets.forEach(this::close);
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }
}
