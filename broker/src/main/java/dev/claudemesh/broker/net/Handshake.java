package dev.claudemesh.broker.net;

import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import java.util.function.IntSupplier;

/// The opening handshake of a WebSocket, with our own reader behind it. No sub-protocol, no
/// extension.
final class Handshake extends WebSocketServerHandshaker13 {
  private final IntSupplier cap;

  Handshake(String url, IntSupplier cap) {
    super(url, null, WebSocketDecoderConfig.newBuilder().allowExtensions(false).build());
    this.cap = cap;
  }

  @Override
  protected WebSocketFrameDecoder newWebsocketDecoder() {
    return new FrameReader(cap);
  }
}
