package dev.claudemesh.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.protocol.ErrorReply;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SocketConnectionTest {
  private static final LimitsConfig.Sizes SIZES = LimitsConfig.Sizes.DEFAULTS;

  private final Unread unread = new Unread();
  private final EmbeddedChannel channel = new EmbeddedChannel(unread);
  private final SocketConnection connection =
      new SocketConnection(
          channel, InetAddress.getLoopbackAddress(), URI.create("http://localhost"), SIZES);

  /// A network that takes frames only when it is told to.
  private static final class Unread extends ChannelOutboundHandlerAdapter {
    private record Written(Object frame, ChannelPromise promise) {}

    private final Deque<Written> waiting = new ArrayDeque<>();

    @Override
    public void write(ChannelHandlerContext context, Object frame, ChannelPromise promise) {
      waiting.add(new Written(frame, promise));
    }

    List<Object> take(int count) {
      List<Object> taken = new ArrayList<>();
      for (int i = 0; i < count && !waiting.isEmpty(); i++) {
        Written written = waiting.poll();
        taken.add(written.frame());
        written.promise().setSuccess();
      }
      return taken;
    }
  }

  private static final ErrorReply SOMETHING = new Problem(ProblemCode.BUSY, "x").toReply();

  @Test
  void a_frame_counts_as_sent_once_it_was_written() {
    CompletableFuture<Boolean> sent = connection.sendEncoded(new byte[10]);
    assertThat(sent).isNotDone();
    unread.take(1);
    assertThat(sent).isCompletedWithValue(true);
  }

  @Test
  void a_socket_that_does_not_keep_up_is_not_writable_until_it_has_caught_up() {
    int frames = SIZES.outboundHighBytes() / 1_000 + 1;
    for (int i = 0; i < frames; i++) {
      connection.sendEncoded(new byte[1_000]);
    }
    assertThat(connection.writable()).isFalse();
    unread.take(frames / 2);
    assertThat(connection.writable()).as("between the marks").isFalse();
    unread.take(frames);
    assertThat(connection.writable()).isTrue();
  }

  @Test
  void a_client_that_never_reads_costs_a_bounded_amount_of_memory_and_then_its_connection() {
    int accepted = 0;
    for (int i = 0; i < 100_000 && connection.open(); i++) {
      connection.sendEncoded(new byte[1_000]);
      accepted++;
    }
    assertThat(accepted * 1_000L).isLessThanOrEqualTo(SIZES.outboundLimitBytes());
    assertThat(connection.open()).isFalse();
    assertThat(connection.sendEncoded(new byte[1])).isCompletedWithValue(false);
    assertThat(unread.take(100_000).getLast())
        .isInstanceOfSatisfying(
            CloseWebSocketFrame.class,
            close -> {
              assertThat(close.statusCode()).isEqualTo(1013);
              assertThat(close.reasonText()).isEqualTo("slow_consumer");
            });
  }

  @Test
  void whatever_is_pushed_between_the_binding_and_the_answer_comes_after_the_answer() {
    connection.bind(null);
    CompletableFuture<Boolean> pushed = connection.sendEncoded("push".getBytes());
    assertThat(unread.waiting).isEmpty();

    connection.answerHello(SOMETHING, Optional.of("q1"));
    connection.sendEncoded("later".getBytes());

    assertThat(unread.take(3))
        .extracting(frame -> ((TextWebSocketFrame) frame).text())
        .satisfiesExactly(
            first -> assertThat(first).contains("\"_reqId\":\"q1\""),
            second -> assertThat(second).isEqualTo("push"),
            third -> assertThat(third).isEqualTo("later"));
    assertThat(pushed).isCompletedWithValue(true);
  }

  @Test
  void a_connection_is_closed_once_however_often_it_is_asked() {
    connection.close(4001, "kicked");
    connection.close(1001, "shutting down");
    assertThat(unread.take(2))
        .singleElement()
        .isInstanceOfSatisfying(
            CloseWebSocketFrame.class, close -> assertThat(close.statusCode()).isEqualTo(4001));
  }

  @Test
  void what_waits_for_the_end_runs_once_and_at_once_after_it() {
    List<String> ran = new ArrayList<>();
    connection.whenClosed(() -> ran.add("before"));
    connection.ended();
    connection.ended();
    connection.whenClosed(() -> ran.add("after"));
    assertThat(ran).containsExactly("before", "after");
  }
}
