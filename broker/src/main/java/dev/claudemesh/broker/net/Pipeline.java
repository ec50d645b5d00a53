package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the bytes of a new connection go through, top to bottom. A WebSocket later replaces all of
/// it but the first line by {@link FrameReader}, Netty's frame encoder and {@link SocketHandler}.
final class Pipeline extends ChannelInitializer<Channel> {
  private static final Logger log = LoggerFactory.getLogger(Pipeline.class);
  private static final int LINE = 8_192;
  private static final int HEADERS = 16_384;
  private static final int LINGER_SECONDS = 2;

  private final HttpHandler.Wiring wiring;
  private final LimitsConfig limits;
  private final AtomicInteger connections = new AtomicInteger();

  Pipeline(HttpHandler.Wiring wiring, LimitsConfig limits) {
    this.wiring = wiring;
    this.limits = limits;
  }

  @Override
  protected void initChannel(Channel channel) {
    if (!admit(channel)) {
      return;
    }
    channel
        .pipeline()
        .addLast(
            "http",
            new HttpServerCodec(
                new HttpDecoderConfig().setMaxInitialLineLength(LINE).setMaxHeaderSize(HEADERS)))
        .addLast("whole call", new WholeCall(limits.sizes().httpBodyBytes()))
        .addLast("one at a time", new FlowControlHandler())
        .addLast("answer", new HttpHandler(wiring, limits));
  }

  private boolean admit(Channel channel) {
    if (connections.incrementAndGet() > limits.sizes().connections()) {
      connections.decrementAndGet();
      log.warn("A connection was refused: {} are open", limits.sizes().connections());
      channel.close();
      return false;
    }
    channel.closeFuture().addListener(done -> connections.decrementAndGet());
    return true;
  }

  /// A call and its body in one piece, or 413 in our own words.
  private static final class WholeCall extends HttpObjectAggregator {
    private final int limit;

    WholeCall(int limit) {
      super(limit);
      this.limit = limit;
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
      Problem problem =
          new Problem(ProblemCode.TOO_LARGE, "The body is larger than " + limit + " bytes");
      context
          .writeAndFlush(HttpHandler.response(Site.error(problem), false))
          .addListener(written -> endGently(context.channel()));
    }

    /// A socket that is closed while its client still writes is reset, and the answer with it: says
    /// that nothing more comes, and lets what the client has left to say run out.
    private static void endGently(Channel channel) {
      if (channel instanceof DuplexChannel socket && channel.isActive()) {
        socket.shutdownOutput();
        channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
      } else {
        channel.close();
      }
    }
  }
}
