package dev.claudemesh.broker.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/// A wire that can be cut: passes bytes between clients and a broker, whose port may change, and
/// remembers what the broker said.
public final class Relay implements AutoCloseable {
  private final ServerSocket server;
  private final IntSupplier brokerPort;
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  public Relay(IntSupplier brokerPort) throws IOException {
    this.brokerPort = brokerPort;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public URI url() {
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
      Thread.ofVirtual().start(() -> pass(client, broker, OutputStream.nullOutputStream()));
      pass(broker, client, heard);
    } catch (IOException e) {
      close(client);
    }
  }

  /// Everything the broker said so far; what clients say is masked and cannot be searched.
  public String heard() {
    return heard.toString(StandardCharsets.UTF_8);
  }

  private void pass(Socket from, Socket to, OutputStream copy) {
    byte[] buffer = new byte[8_192];
    try {
      for (int count = from.getInputStream().read(buffer);
          count >= 0;
          count = from.getInputStream().read(buffer)) {
        copy.write(buffer, 0, count);
        to.getOutputStream().write(buffer, 0, count);
      }
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
  public void cut() {
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
