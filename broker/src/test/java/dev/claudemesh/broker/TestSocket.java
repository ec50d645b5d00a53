package dev.claudemesh.broker;

import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/// A WebSocket client that can do what a good one would not: cut frames, break rules, not answer,
/// not read.
///
/// Waits at most five seconds for anything.
public final class TestSocket implements AutoCloseable {
  public static final int CONTINUATION = 0x0;
  public static final int TEXT = 0x1;
  public static final int BINARY = 0x2;
  public static final int CLOSE = 0x8;
  public static final int PING = 0x9;
  public static final int PONG = 0xA;

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Map<String, Long> LAST_TIMESTAMP = new ConcurrentHashMap<>();
  private static final AtomicLong REQUESTS = new AtomicLong();

  private final Socket socket;
  private final OutputStream out;
  private final InstantSource clock;
  private final BlockingQueue<ObjectNode> frames = new LinkedBlockingQueue<>();
  private final BlockingQueue<Integer> pings = new LinkedBlockingQueue<>();
  private final BlockingQueue<Integer> pongs = new LinkedBlockingQueue<>();
  private final List<ObjectNode> skipped = new ArrayList<>();
  private final CompletableFuture<Closing> closing = new CompletableFuture<>();
  private final Semaphore reading = new Semaphore(1);
  private volatile boolean answersPings = true;
  private ObjectNode helloAck;

  /// How the broker ended the connection. Code 1006: without a close frame.
  public record Closing(int code, String reason) {}

  private TestSocket(Socket socket, DataInputStream in, InstantSource clock) throws IOException {
    this.socket = socket;
    this.out = socket.getOutputStream();
    this.clock = clock;
    Thread.ofVirtual().name("test-socket").start(() -> read(in));
  }

  /// Opens a socket and does the HTTP part.
  public static TestSocket open(URI wsUrl, InstantSource clock) {
    try {
      Socket socket = new Socket(wsUrl.getHost(), wsUrl.getPort());
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      String target =
          wsUrl.getRawPath() + (wsUrl.getRawQuery() == null ? "" : "?" + wsUrl.getRawQuery());
      String request =
          "GET "
              + target
              + " HTTP/1.1\r\nHost: "
              + wsUrl.getAuthority()
              + "\r\n"
              + "Upgrade: websocket\r\n"
              + "Connection: Upgrade\r\n"
              + "Sec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String status = line(in);
      if (!status.startsWith("HTTP/1.1 101")) {
        throw new IOException("The broker answered " + status);
      }
      while (!line(in).isEmpty()) {}
      return new TestSocket(socket, in, clock);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(DataInputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }

  private void read(DataInputStream in) {
    try {
      while (true) {
        reading.acquireUninterruptibly();
        reading.release();
        int opcode = in.readUnsignedByte() & 0x0f;
        long length = in.readUnsignedByte();
        length = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
        byte[] payload = in.readNBytes((int) length);
        take(opcode, payload);
      }
    } catch (EOFException e) {
      closing.complete(new Closing(1006, ""));
    } catch (IOException e) {
      closing.complete(new Closing(1006, e.getMessage()));
    }
  }

  private void take(int opcode, byte[] payload) {
    switch (opcode) {
      case TEXT -> frames.add(Wire.parse(payload));
      case PING -> {
        pings.add(payload.length);
        if (answersPings) {
          frame(true, PONG, payload);
        }
      }
      case PONG -> pongs.add(payload.length);
      case CLOSE -> {
        int code = payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
        closing.complete(
            new Closing(
                code,
                payload.length < 2
                    ? ""
                    : new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8)));
        frame(true, CLOSE, payload);
      }
      default -> throw new AssertionError("opcode " + opcode);
    }
  }

  /// From now on pings are not answered.
  public void stopAnsweringPings() {
    answersPings = false;
  }

  /// From now on nothing is read, so that the broker's frames pile up on its side.
  public void stopReading() {
    reading.acquireUninterruptibly();
  }

  public void readAgain() {
    reading.release();
  }

  /// Waits for a ping of the broker.
  public void awaitPing() {
    await(pings, "a ping");
  }

  /// Says hello as a member and waits for the `hello_ack`, which is also kept.
  public ObjectNode hello(TestMember member) {
    return hello(helloFrame(member));
  }

  /// Sends a hello and waits for the `hello_ack`, which is also kept.
  public ObjectNode hello(ObjectNode frame) {
    send(frame);
    helloAck = next();
    if (!helloAck.path("type").asString().equals("hello_ack")) {
      throw new AssertionError("Instead of hello_ack came " + helloAck);
    }
    return helloAck;
  }

  /// A signed hello of a current client that confirms messages.
  public ObjectNode helloFrame(TestMember member) {
    // A signature is good once, so no two hellos of a member carry the same time.
    long timestamp =
        LAST_TIMESTAMP.merge(
            member.pubkey(),
            clock.instant().toEpochMilli(),
            (last, now) -> Math.max(last + 1, now));
    String canonical = Canonical.hello(member.meshId(), member.id(), member.pubkey(), timestamp);
    ObjectNode hello = object("hello");
    hello.put("meshId", member.meshId());
    hello.put("memberId", member.id());
    hello.put("pubkey", member.pubkey());
    member
        .session()
        .ifPresent(key -> {
          hello.put("sessionPubkey", key.publicKey().hex());
          hello.put("sessionSignature", Keys.sign(key, canonical));
        });
    hello.put("displayName", member.name());
    hello.put("sessionId", "test-" + member.address().substring(0, 12));
    hello.put("pid", 4711);
    hello.put("cwd", "/home/" + member.name());
    hello.put("timestamp", timestamp);
    hello.put("signature", Keys.sign(member.key(), canonical));
    hello.put("protocolVersion", 1);
    hello
        .putArray("capabilities")
        .add("client_ack")
        .add("group_e2e")
        .add("resume")
        .add("large_frames");
    return hello;
  }

  /// The answer to this socket's hello.
  public ObjectNode helloAck() {
    return helloAck;
  }

  /// A frame of this type, to be filled.
  public static ObjectNode object(String type) {
    return Wire.mapper().createObjectNode().put("type", type);
  }

  /// A frame from its JSON text; `'` may stand for `"`.
  public static ObjectNode json(String text) {
    return Wire.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  /// Sends a frame as it is.
  public void send(ObjectNode frame) {
    send(Wire.mapper().writeValueAsString(frame));
  }

  /// Sends a text as it is, JSON or not.
  public void send(String text) {
    frame(true, TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /// Sends a frame with a `_reqId` and waits for the answer that repeats it; other frames wait for
  /// {@link #next}.
  public ObjectNode ask(ObjectNode frame) {
    String reqId = "q" + REQUESTS.incrementAndGet();
    send(frame.put("_reqId", reqId));
    return next(answer -> answer.path("_reqId").asString("").equals(reqId));
  }

  /// The next frame that came.
  public ObjectNode next() {
    return next(frame -> true);
  }

  /// The next frame of this type; others wait.
  public ObjectNode next(String type) {
    return next(frame -> frame.path("type").asString("").equals(type));
  }

  /// The next frame that fits; others wait.
  public ObjectNode next(Predicate<ObjectNode> fits) {
    Optional<ObjectNode> earlier = skipped.stream().filter(fits).findFirst();
    if (earlier.isPresent()) {
      skipped.remove(earlier.get());
      return earlier.get();
    }
    while (true) {
      ObjectNode frame = await(frames, "a frame");
      if (fits.test(frame)) {
        return frame;
      }
      skipped.add(frame);
    }
  }

  /// Everything that had been sent to us when the broker answered one more request.
  public List<ObjectNode> drain() {
    ask(object("list_peers"));
    List<ObjectNode> all = new ArrayList<>(skipped);
    skipped.clear();
    return all;
  }

  /// Sends one WebSocket frame, masked as the standard asks.
  public void frame(boolean last, int opcode, byte[] payload) {
    raw(encode(last, opcode, payload));
  }

  /// The bytes of one masked frame.
  public static byte[] encode(boolean last, int opcode, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
    frame.put((byte) ((last ? 0x80 : 0) | opcode));
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length < 65_536) {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    byte[] mask = {0x12, 0x34, 0x56, 0x78};
    frame.put(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ mask[i & 3]));
    }
    return java.util.Arrays.copyOf(frame.array(), frame.position());
  }

  /// Sends bytes that need not be a frame. A socket that the broker closed swallows them.
  public synchronized void raw(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
    } catch (IOException e) {
      closing.complete(new Closing(1006, e.getMessage()));
    }
  }

  /// Waits until the broker ends the connection.
  public Closing closed() {
    try {
      return closing.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("The broker did not close the connection", e);
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  public boolean isClosed() {
    return closing.isDone();
  }

  /// Waits until a WebSocket ping was answered: the connection lives.
  public void awaitPong() {
    frame(true, PING, new byte[] {1});
    await(pongs, "a pong");
  }

  private <T> T await(BlockingQueue<T> queue, String what) {
    try {
      T found = queue.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (found == null) {
        String state = closing.isDone() ? "; the connection ended: " + closing.join() : "";
        throw new AssertionError(
            "Waited in vain for " + what + state + "; other frames: " + skipped);
      }
      return found;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Cuts the connection without a word, as a lost network does.
  public void cut() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
