package dev.claudemesh.broker.net;

import dev.claudemesh.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What goes back over HTTP.
///
/// @param headers beyond length, type and CORS
record HttpAnswer(int status, String contentType, byte[] body, Map<String, String> headers) {

  static HttpAnswer json(int status, JsonNode body) {
    return new HttpAnswer(
        status, "application/json", Wire.mapper().writeValueAsBytes(body), Map.of());
  }

  static HttpAnswer text(int status, String text) {
    return new HttpAnswer(
        status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  /// A page that may load nothing and sends nobody its address, which may hold an invite's code.
  static HttpAnswer html(int status, String page) {
    Map<String, String> headers = new HashMap<>(Look.HEADERS);
    headers.put("referrer-policy", "no-referrer");
    return html(status, page, headers);
  }

  static HttpAnswer html(int status, String page, Map<String, String> headers) {
    return new HttpAnswer(
        status, "text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8), headers);
  }

  static HttpAnswer empty(int status) {
    return new HttpAnswer(status, "", new byte[0], Map.of());
  }
}
