package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import tools.jackson.databind.node.ObjectNode;

/// One WebSocket to a broker: whole JSON frames in, whole JSON frames out in the order they were
/// given. Never opened twice.
///
/// Frames come in on the HttpClient's threads, one at a time; whoever takes them must not block.
final class FrameSocket implements WebSocket.Listener {
  /// Frames that may wait to be written; a broker that takes no more is given up.
  private static final int MAX_QUEUED = 4_096;

  private final BiConsumer<FrameSocket, ObjectNode> sink;
  private final int maxInbound;
  private final CompletableFuture<Closed> closed = new CompletableFuture<>();
  private final StringBuilder partial = new StringBuilder();
  private final Deque<String> queue = new ArrayDeque<>();
  private boolean writing;
  private volatile WebSocket webSocket;
  private volatile long lastHeard = System.nanoTime();

  /// How it ended. Code 1006, as in RFC 6455, where no close frame came.
  record Closed(int code, String reason) {
    static final int ABNORMAL = 1006;
  }

  private FrameSocket(BiConsumer<FrameSocket, ObjectNode> sink, int maxInbound) {
    this.sink = sink;
    this.maxInbound = maxInbound;
  }

  /// @param sink takes each frame with the socket it came by
  /// @throws Problem `unreachable`
  static FrameSocket open(
      HttpClient http, URI uri, ClientLimits limits, BiConsumer<FrameSocket, ObjectNode> sink)
      throws InterruptedException {
    FrameSocket socket = new FrameSocket(sink, limits.maxInboundBytes());
    CompletableFuture<WebSocket> opening =
        http.newWebSocketBuilder().connectTimeout(limits.connectTimeout()).buildAsync(uri, socket);
    try {
      socket.webSocket =
          opening.get(limits.connectTimeout().toMillis() + 500, TimeUnit.MILLISECONDS);
      return socket;
    } catch (ExecutionException e) {
      throw Verdict.unreachable(uri, ConnectFailure.describe(e.getCause())).problem();
    } catch (TimeoutException e) {
      opening.cancel(true);
      throw Verdict.unreachable(
              uri, "no answer within " + limits.connectTimeout().toSeconds() + " s")
          .problem();
    }
  }

  /// Queues a frame. One that cannot be written any more is dropped: whoever needs an answer learns
  /// it from the end of the connection.
  void send(byte[] frame) {
    synchronized (queue) {
      if (closed.isDone()) {
        return;
      }
      if (queue.size() >= MAX_QUEUED) {
        abort("the broker does not take frames fast enough");
        return;
      }
      queue.addLast(new String(frame, StandardCharsets.UTF_8));
      if (writing) {
        return;
      }
      writing = true;
    }
    write();
  }

  /// Writes what is queued; at most one caller at a time, by `writing`. A loop, because a recursion
  /// would grow with the queue.
  private void write() {
    while (true) {
      String next;
      synchronized (queue) {
        next = queue.pollFirst();
        if (next == null || closed.isDone()) {
          writing = false;
          queue.clear();
          queue.notifyAll();
          return;
        }
      }
      CompletableFuture<WebSocket> written = webSocket.sendText(next, true);
      if (!written.isDone() || written.isCompletedExceptionally()) {
        written.whenComplete((done, failure) -> {
          if (failure == null) {
            write();
          } else {
            abort("writing failed");
          }
        });
        return;
      }
    }
  }

  void ping() {
    webSocket
        .sendPing(ByteBuffer.allocate(0))
        .whenComplete((done, failure) -> {
          if (failure != null) {
            abort("writing failed");
          }
        });
  }

  /// Since the last frame, ping or pong.
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - lastHeard);
  }

  CompletableFuture<Closed> closed() {
    return closed;
  }

  /// Writes what is queued and a close frame, at most so long; then the socket is gone.
  void close(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    try {
      synchronized (queue) {
        for (long left = atMost.toMillis();
            writing && left > 0 && !closed.isDone();
            left = (deadline - System.nanoTime()) / 1_000_000) {
          queue.wait(left);
        }
      }
      webSocket
          .sendClose(WebSocket.NORMAL_CLOSURE, "")
          .get(Math.max(1, (deadline - System.nanoTime()) / 1_000_000), TimeUnit.MILLISECONDS);
      closed.get(Math.max(1, (deadline - System.nanoTime()) / 1_000_000), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // the broker is gone or slow: nothing is owed to it any more
    }
    abort("closed");
  }

  /// Ends the connection without a word.
  void abort(String why) {
    webSocket.abort();
    end(Closed.ABNORMAL, why);
  }

  private void end(int code, String reason) {
    closed.complete(new Closed(code, reason));
    synchronized (queue) {
      queue.clear();
      queue.notifyAll();
    }
  }

  @Override
  public void onOpen(WebSocket socket) {
    webSocket = socket;
    socket.request(1);
  }

  @Override
  public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
    lastHeard = System.nanoTime();
    if (partial.length() + data.length() > maxInbound) {
      abort("the broker sent a frame of more than " + maxInbound + " characters");
      return null;
    }
    partial.append(data);
    if (last) {
      String text = partial.toString();
      partial.setLength(0);
      take(text);
    }
    socket.request(1);
    return null;
  }

  private void take(String text) {
    ObjectNode frame;
    try {
      frame = Wire.parse(text.getBytes(StandardCharsets.UTF_8));
    } catch (Problem notJson) {
      abort("the broker sent a frame that is not JSON");
      return;
    }
    sink.accept(this, frame);
  }

  @Override
  public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
    abort("the broker sent a binary frame");
    return null;
  }

  @Override
  public CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
    lastHeard = System.nanoTime();
    socket.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
    lastHeard = System.nanoTime();
    socket.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
    end(statusCode, reason);
    return null;
  }

  @Override
  public void onError(WebSocket socket, Throwable error) {
    end(Closed.ABNORMAL, ConnectFailure.describe(error));
  }
}
