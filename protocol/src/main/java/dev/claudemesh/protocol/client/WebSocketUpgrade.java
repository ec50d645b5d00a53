package dev.claudemesh.protocol.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// Opens a TCP or TLS connection and turns it into a WebSocket, or says why not.
final class WebSocketUpgrade {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int MAX_HEAD = 16 << 10;
  private static final int TLS_PORT = 443;
  private static final int PLAIN_PORT = 80;

  private WebSocketUpgrade() {}

  /// @return a socket whose next byte in is the first of the first frame
  static Socket open(URI uri, Duration atMost) throws IOException {
    boolean tls = uri.getScheme().equals("wss");
    int port = uri.getPort() > 0 ? uri.getPort() : tls ? TLS_PORT : PLAIN_PORT;
    Socket plain = connect(uri.getHost(), port, (int) atMost.toMillis());
    try {
      plain.setTcpNoDelay(true);
      plain.setSoTimeout((int) atMost.toMillis());
      Socket socket = tls ? secured(plain, uri.getHost(), port) : plain;
      shakeHands(socket, uri);
      socket.setSoTimeout(0);
      return socket;
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }

  /// Tries each address of the name in turn; the last failure is the one that is told.
  private static Socket connect(String host, int port, int timeoutMillis) throws IOException {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    IOException failure = new IOException("it has no address");
    for (InetAddress address : InetAddress.getAllByName(bare)) {
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(address, port), timeoutMillis);
        return socket;
      } catch (IOException e) {
        socket.close();
        failure = e;
      }
    }
    throw failure;
  }

  private static Socket secured(Socket plain, String host, int port) throws IOException {
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    SSLSocket socket = (SSLSocket) factory.createSocket(plain, host, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(
        "HTTPS"); // else any certificate of anybody would do
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static void shakeHands(Socket socket, URI uri) throws IOException {
    byte[] nonce = new byte[16];
    RANDOM.nextBytes(nonce);
    String key = Base64.getEncoder().encodeToString(nonce);
    String host = uri.getHost() + (uri.getPort() > 0 ? ":" + uri.getPort() : "");
    String request =
        "GET "
            + uri.getRawPath()
            + " HTTP/1.1\r\nHost: "
            + host
            + "\r\n"
            + "Upgrade: websocket\r\n"
            + "Connection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: "
            + key
            + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    String[] lines = head(socket.getInputStream()).split("\r\n");
    if (!lines[0].matches("HTTP/1\\.1 101( .*)?")) {
      throw new IOException("what answers there is no broker (" + printable(lines[0]) + ")");
    }
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0
          && line.substring(0, colon)
              .strip()
              .toLowerCase(Locale.ROOT)
              .equals("sec-websocket-accept")
          && line.substring(colon + 1).strip().equals(accepted(key))) {
        return;
      }
    }
    throw new IOException("what answers there is no broker (its handshake is wrong)");
  }

  /// One byte at a time: what follows the empty line is the first frame's.
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("it hung up (is the path of its address right?)");
      }
      if (head.length() >= MAX_HEAD) {
        throw new IOException("what answers there is no broker");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static String printable(String line) {
    String clean = line.replaceAll("[^\\x20-\\x7e]", "?");
    return clean.length() <= 60 ? clean : clean.substring(0, 60);
  }

  private static String accepted(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-1", e);
    }
  }
}
