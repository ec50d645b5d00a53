package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Outbound;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.connection.Capability;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.connection.ConnectionReply.MemberProfile;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.members.MemberReply.Member;
import dev.claudemesh.protocol.members.MemberReply.Members;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.KeyRequest;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/// A broker of one test: a real server on a real port that answers as a broker does, unless the
/// test's script says otherwise. Keeps nothing.
final class ScriptedBroker implements AutoCloseable {
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  /// The test's own answer to a frame.
  ///
  /// The frame is answered as by a well-behaved broker where it returns false.
  interface Answer {
    boolean frame(ScriptedConnection connection, ObjectNode frame);
  }

  private final BlockingQueue<ScriptedConnection> connections = new LinkedBlockingQueue<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Map<String, String> messageIds = new ConcurrentHashMap<>();
  private final int port;
  private volatile ServerSocket server;
  private volatile Thread accepting;
  private volatile Answer override = (connection, frame) -> false;
  private volatile List<Member> members = List.of();
  private volatile HelloAck hello = hello(1, List.of(), List.of());

  ScriptedBroker() {
    server = listen(0);
    port = server.getLocalPort();
  }

  private ServerSocket listen(int where) {
    try {
      ServerSocket listening = new ServerSocket(where, 50, InetAddress.getLoopbackAddress());
      accepting = Thread.ofVirtual().start(() -> accept(listening));
      return listening;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI url() {
    return URI.create("ws://127.0.0.1:" + port + "/ws");
  }

  /// Answers some frames differently from now on.
  void answering(Answer answer) {
    override = answer;
  }

  /// Who belongs to the mesh.
  void members(Member... belonging) {
    members = List.of(belonging);
  }

  static Member member(String name, PublicKey key, String permission) {
    return new Member(
        "member-" + name,
        name,
        Optional.empty(),
        List.of(),
        "push",
        permission,
        Optional.empty(),
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(key.hex()),
        Optional.of(false),
        Optional.of(false));
  }

  void greeting(HelloAck ack) {
    hello = ack;
  }

  static HelloAck hello(int epoch, List<EpochKey> keys, List<KeyRequest> requests) {
    return hello(epoch, keys, requests, "e2e", List.of(Capability.CLIENT_ACK, Capability.RESUME));
  }

  static HelloAck hello(
      int epoch,
      List<EpochKey> keys,
      List<KeyRequest> requests,
      String encryption,
      List<String> capabilities) {
    return new HelloAck(
        "presence1",
        "Alice",
        new MemberProfile(Optional.empty(), List.of(), "push"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        1,
        capabilities,
        "resume-token-1",
        "http-token",
        "hook-token",
        Instant.EPOCH,
        false,
        epoch,
        keys,
        requests,
        encryption);
  }

  /// The next client that connects.
  ScriptedConnection connection() {
    try {
      ScriptedConnection connection = connections.poll(20, TimeUnit.SECONDS);
      if (connection == null) {
        throw new AssertionError("Nobody connected");
      }
      return connection;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The next client that connects, once it was greeted.
  ScriptedConnection greeted() {
    ScriptedConnection connection = connection();
    connection.next("hello");
    return connection;
  }

  private void accept(ServerSocket listening) {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      String key = handshake(socket);
      if (key.isEmpty()) {
        return;
      }
      ScriptedConnection connection = new ScriptedConnection(socket);
      String answer =
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Accept: "
              + accepted(key)
              + "\r\n\r\n";
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      connections.add(connection);
      connection.read(this::frame);
    } catch (IOException e) {
      // the client, or the test, cut the wire
    } finally {
      sockets.remove(socket);
    }
  }

  private static String handshake(Socket socket) throws IOException {
    // one byte at a time: what follows the empty line belongs to the WebSocket
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        return "";
      }
      head.append((char) next);
    }
    String[] lines = head.toString().split("\r\n");
    if (!lines[0].equals("GET /ws HTTP/1.1")) {
      return "";
    }
    for (String line : lines) {
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("sec-websocket-key:")) {
        return line.substring(line.indexOf(':') + 1).strip();
      }
    }
    return "";
  }

  private static String accepted(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      return Base64.getEncoder()
          .encodeToString(sha1.digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void frame(ScriptedConnection connection, ObjectNode frame) {
    if (override.frame(connection, frame)) {
      return;
    }
    switch (frame.get("type").stringValue()) {
      case "hello" -> connection.send(hello);
      case "list_members" -> connection.reply(new Members(true, members), frame);
      case "send" -> acknowledge(connection, frame);
      default -> {
        if (Wire.reqId(frame).isPresent() && quiet(frame)) {
          connection.reply(Ack.done(), frame);
        }
      }
    }
  }

  private static boolean quiet(ObjectNode frame) {
    return Catalog.operation(frame.get("type").stringValue())
        .filter(op -> op.reply() == Ack.class)
        .isPresent();
  }

  /// As a broker does: a repeated client_message_id gets the first id.
  void acknowledge(ScriptedConnection connection, ObjectNode send) {
    String clientId = send.get("client_message_id").stringValue();
    String id = messageIds.computeIfAbsent(clientId, unknown -> "message" + messageIds.size());
    connection.send(
        (Outbound)
            new Ack(send.get("id").stringValue(), id, true, Optional.of(1), Optional.empty()));
  }

  /// Different messages that were acknowledged.
  int accepted() {
    return messageIds.size();
  }

  /// Goes away with all its connections, as a killed process does.
  void kill() {
    try {
      server.close();
      accepting.join(); // the port is free only when nobody accepts on it any more
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Comes back on the same port.
  void restart() {
    server = listen(port);
  }

  @Override
  public void close() {
    kill();
  }
}
