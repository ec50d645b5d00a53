package dev.claudemesh.protocol.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/// An HTTP server of one test on a real port: one request a connection, answered as the test says.
final class ScriptedHttp implements AutoCloseable {
  final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final ServerSocket server;
  private final Thread accepting;
  private volatile Function<Received, String> answer = request -> response(200, "{}");

  /// A request as it came over the wire.
  record Received(String method, String path, Map<String, String> headers, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  ScriptedHttp() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    accepting = Thread.ofVirtual().start(this::accept);
  }

  URI url() {
    return URI.create("ws://127.0.0.1:" + server.getLocalPort() + "/ws");
  }

  /// @param how the whole response, or an empty text to answer nothing at all
  void answering(Function<Received, String> how) {
    answer = how;
  }

  static String response(int status, String body) {
    return "HTTP/1.1 "
        + status
        + " x\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          return;
        }
        head.append((char) next);
      }
      String[] lines = head.toString().split("\r\n");
      Map<String, String> headers = new TreeMap<>();
      for (int i = 1; i < lines.length; i++) {
        int colon = lines[i].indexOf(':');
        headers.put(
            lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
            lines[i].substring(colon + 1).strip());
      }
      byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
      String[] request = lines[0].split(" ");
      Received whole = new Received(request[0], request[1], headers, body);
      received.add(whole);
      String said = answer.apply(whole);
      if (said.isEmpty()) {
        in.read(); // until the client gives up
      }
      socket.getOutputStream().write(said.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // the client hung up
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      accepting.join(); // the port is free only when nobody accepts on it any more
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
