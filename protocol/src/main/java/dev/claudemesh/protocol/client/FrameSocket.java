package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import tools.jackson.databind.node.ObjectNode;

/// One WebSocket to a broker: whole JSON frames in, whole JSON frames out in the order they were
/// given. Never opened twice.
///
/// Two threads of the system, one reads and one writes: for virtual ones, one of the JDK's own
/// would wait for sockets until the program ends, and the JVM lets that hold up the end by 0.3 s.
/// The JDK's own WebSocket is not used: it forgets the end of a stream that comes while it hands
/// over a frame (`acknowledgeReception` throws inside `onComplete`), so that a broker killed in the
/// wrong moment was missed for a minute; and its selector thread holds up the end of a program.
final class FrameSocket {
  /// Frames that may wait to be written; a broker that takes no more is given up.
  private static final int MAX_QUEUED = 4_096;

  private static final int GOING = 1000;
  private static final Duration LAST_WORD = Duration.ofMillis(500);

  private final Socket socket;
  private final DataInputStream in;
  private final BiConsumer<FrameSocket, ObjectNode> sink;
  private final int maxInbound;
  private final CompletableFuture<Closed> closed = new CompletableFuture<>();
  private final BlockingQueue<WebSocketFrame> queue = new LinkedBlockingQueue<>(MAX_QUEUED);
  private final Thread writer = thread("claudemesh-writer", this::write);
  private final Thread reader = thread("claudemesh-reader", this::read);
  private volatile long lastHeard = System.nanoTime();

  /// How it ended. Code 1006, as in RFC 6455, where no close frame came.
  record Closed(int code, String reason) {
    static final int ABNORMAL = 1006;
  }

  /// A thread that may wait for a socket.
  static Thread thread(String name, Runnable work) {
    return Thread.ofPlatform().daemon().name(name).unstarted(work);
  }

  private FrameSocket(Socket socket, BiConsumer<FrameSocket, ObjectNode> sink, int maxInbound)
      throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 14));
    this.sink = sink;
    this.maxInbound = maxInbound;
  }

  /// Connects; nothing is read before {@link #begin}.
  ///
  /// @param sink takes each frame with the socket it came by, on the reading thread; must not block
  /// @throws Problem `unreachable`
  static FrameSocket open(URI uri, ClientLimits limits, BiConsumer<FrameSocket, ObjectNode> sink) {
    try {
      return new FrameSocket(
          WebSocketUpgrade.open(uri, limits.connectTimeout()), sink, limits.maxInboundBytes());
    } catch (IOException e) {
      throw Verdict.unreachable(uri, ConnectFailure.describe(e)).problem();
    }
  }

  void begin() {
    reader.start();
    writer.start();
  }

  /// Queues a frame. One that cannot be written any more is dropped: whoever needs an answer learns
  /// it from the end of the connection.
  void send(byte[] frame) {
    queue(WebSocketFrame.text(frame));
  }

  void ping() {
    queue(WebSocketFrame.ping());
  }

  private void queue(WebSocketFrame frame) {
    if (!closed.isDone() && !queue.offer(frame)) {
      abort("it does not take frames fast enough");
    }
  }

  /// The last frame is a close frame: nothing may follow it.
  private void write() {
    try {
      WebSocketFrame next;
      do {
        next = queue.take();
        socket.getOutputStream().write(next.encoded());
        if (queue.isEmpty()) {
          socket.getOutputStream().flush();
        }
      } while (next.opcode() != WebSocketFrame.CLOSE);
    } catch (IOException e) {
      end(Closed.ABNORMAL, ConnectFailure.describe(e));
    } catch (InterruptedException e) {
      // the connection ended
    }
  }

  private void read() {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    try {
      while (!closed.isDone()) {
        WebSocketFrame frame = WebSocketFrame.read(in, maxInbound - message.size());
        lastHeard = System.nanoTime();
        if (frame.control()) {
          control(frame);
          continue;
        }
        if (frame.opcode() == WebSocketFrame.BINARY) {
          throw new WebSocketFrame.Broken("it sent a binary frame");
        }
        message.write(frame.payload());
        if (frame.last()) {
          sink.accept(this, parsed(message.toByteArray()));
          message.reset();
        }
      }
    } catch (EOFException e) {
      end(Closed.ABNORMAL, "it hung up");
    } catch (IOException e) {
      end(Closed.ABNORMAL, ConnectFailure.describe(e));
    } finally {
      end(
          Closed.ABNORMAL,
          "a frame could not be handled"); // a bug of ours must not leave the connection standing
      // unread
    }
  }

  private static ObjectNode parsed(byte[] frame) throws WebSocketFrame.Broken {
    try {
      return Wire.parse(frame);
    } catch (Problem notJson) {
      throw new WebSocketFrame.Broken("it sent a frame that is not JSON");
    }
  }

  private void control(WebSocketFrame frame) {
    if (frame.opcode() == WebSocketFrame.PING) {
      queue(WebSocketFrame.pong(frame.payload()));
    } else if (frame.opcode() == WebSocketFrame.CLOSE) {
      queue(WebSocketFrame.close(GOING));
      awaitLastWord();
      end(frame.closeCode(), frame.closeReason());
    }
  }

  private void awaitLastWord() {
    try {
      writer.join(LAST_WORD);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Since the last frame, ping or pong.
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - lastHeard);
  }

  CompletableFuture<Closed> closed() {
    return closed;
  }

  /// Writes what is queued and a close frame, and waits for the broker's, at most so long; then the
  /// socket is gone.
  void close(Duration atMost) {
    queue(WebSocketFrame.close(GOING));
    try {
      closed.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      // the broker is slow: nothing is owed to it any more
    } catch (ExecutionException e) {
      throw new IllegalStateException("The end never fails", e);
    }
    abort("closed");
  }

  /// Ends the connection without a word.
  void abort(String why) {
    end(Closed.ABNORMAL, why);
  }

  private void end(int code, String reason) {
    if (!closed.complete(new Closed(code, reason))) {
      return;
    }
    writer.interrupt();
    try {
      socket.close();
    } catch (IOException e) {
      // gone is gone
    }
  }
}
