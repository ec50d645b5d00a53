package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The event loop's side of one HTTP connection, until it becomes a WebSocket. One call at a time,
/// each on a virtual thread.
final class HttpHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger log = LoggerFactory.getLogger(HttpHandler.class);

  /// How long a connection may rest between two calls.
  private static final Duration IDLE = Duration.ofSeconds(60);

  private static final String ALLOWED_HEADERS =
      "Content-Type, Authorization, X-Mesh-Member, X-Mesh-Timestamp, X-Mesh-Nonce,"
          + " X-Mesh-Signature, X-Member-Id";

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:\\[\\]-]{1,255}");

  private final Wiring wiring;
  private final LimitsConfig limits;
  private Future<?> deadline;

  /// What all HTTP connections share.
  ///
  /// @param calls how many may be answered at once
  record Wiring(Site site, Sockets sockets, Semaphore calls, Optional<URI> publicUrl) {}

  HttpHandler(Wiring wiring, LimitsConfig limits) {
    this.wiring = wiring;
    this.limits = limits;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    expectCall(context, limits.timing().helloDeadline());
  }

  /// Whoever sends a call byte by byte, or nothing at all, does not keep a socket for it.
  private void expectCall(ChannelHandlerContext context, Duration patience) {
    deadline =
        context
            .executor()
            .schedule(() -> context.close(), patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    deadline.cancel(false);
    if (request.decoderResult().isFailure()) {
      context.close();
    } else if (isUpgrade(request)) {
      upgrade(context, request);
    } else if (request.method().equals(HttpMethod.OPTIONS)) {
      write(context, request, HttpAnswer.empty(204));
    } else {
      call(context, request);
    }
  }

  private static boolean isUpgrade(FullHttpRequest request) {
    return request.headers().contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
  }

  /// Exactly `/ws`; anything else loses its socket without an answer, as it always did.
  private void upgrade(ChannelHandlerContext context, FullHttpRequest request) {
    if (request.uri().equals("/ws") && request.method().equals(HttpMethod.GET)) {
      wiring.sockets().open(context, request, publicUrl(context, request), remote(context));
    } else {
      context.close();
    }
  }

  private void call(ChannelHandlerContext context, FullHttpRequest request) {
    if (!wiring.calls().tryAcquire()) {
      write(
          context,
          request,
          Site.error(
              new Problem(
                  ProblemCode.BUSY,
                  "The broker answers too many calls at once; try again in a moment")));
      return;
    }
    Site.Ask ask =
        new Site.Ask(
            request.method().name(),
            request.uri(),
            headers(request),
            ByteBufUtil.getBytes(request.content()),
            publicUrl(context, request),
            remote(context));
    context.channel().config().setAutoRead(false);
    request.retain();
    Thread.ofVirtual()
        .name("http")
        .start(() -> {
          HttpAnswer answer = answered(ask);
          wiring.calls().release();
          context.executor().execute(() -> finish(context, request, answer));
        });
  }

  private HttpAnswer answered(Site.Ask ask) {
    try {
      return wiring.site().answer(ask);
    } catch (RuntimeException | Error bug) {
      return Site.error(Troubles.of(bug, ask.method()));
    }
  }

  private void finish(ChannelHandlerContext context, FullHttpRequest request, HttpAnswer answer) {
    write(context, request, answer);
    request.release();
    context.channel().config().setAutoRead(true);
  }

  private void write(ChannelHandlerContext context, FullHttpRequest request, HttpAnswer answer) {
    boolean keep = HttpUtil.isKeepAlive(request) && !wiring.sockets().stopping();
    ChannelFuture written = context.writeAndFlush(response(answer, keep));
    if (keep) {
      expectCall(context, IDLE);
    } else {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  static FullHttpResponse response(HttpAnswer answer, boolean keep) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            Unpooled.wrappedBuffer(answer.body()));
    HttpHeaders headers = response.headers();
    headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PATCH, DELETE, OPTIONS");
    headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS);
    if (!answer.contentType().isEmpty()) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
    }
    answer.headers().forEach(headers::set);
    if (answer.status() != 204) {
      HttpUtil.setContentLength(response, answer.body().length);
    }
    HttpUtil.setKeepAlive(response, keep);
    return response;
  }

  private static Map<String, String> headers(FullHttpRequest request) {
    Map<String, String> headers = new HashMap<>();
    request
        .headers()
        .forEach(header ->
            headers.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
    return headers;
  }

  /// The address the caller reached us by, unless the operator said what it is.
  private URI publicUrl(ChannelHandlerContext context, FullHttpRequest request) {
    return wiring
        .publicUrl()
        .orElseGet(() -> {
          boolean tls = "https".equalsIgnoreCase(request.headers().get("X-Forwarded-Proto"));
          InetSocketAddress local = (InetSocketAddress) context.channel().localAddress();
          String host =
              Optional.ofNullable(request.headers().get(HttpHeaderNames.HOST))
                  .filter(text -> HOST.matcher(text).matches())
                  .orElseGet(() -> local.getAddress().getHostAddress() + ":" + local.getPort());
          return URI.create((tls ? "https://" : "http://") + host);
        });
  }

  private static InetAddress remote(ChannelHandlerContext context) {
    return ((InetSocketAddress) context.channel().remoteAddress()).getAddress();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    deadline.cancel(false);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("An HTTP connection broke: {}", cause.toString());
    context.close();
  }
}
