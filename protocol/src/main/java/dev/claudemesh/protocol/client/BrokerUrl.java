package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.net.URI;
import java.net.URISyntaxException;

/// Where a broker is: one port, two schemes. Pure.
final class BrokerUrl {
  private static final String PATH = "/ws";

  private BrokerUrl() {}

  /// The address of the socket: scheme ws or wss, path ending in exactly `/ws`.
  ///
  /// @throws Problem `invalid_argument` if it cannot be an address of a broker
  static URI webSocket(URI broker) {
    String scheme =
        switch (scheme(broker)) {
          case "ws", "http" -> "ws";
          case "wss", "https" -> "wss";
          default -> throw notABroker(broker);
        };
    return rebuilt(broker, scheme, prefix(broker) + PATH);
  }

  /// What HTTP paths are appended to: scheme http or https, no slash at the end.
  ///
  /// @throws Problem `invalid_argument` if it cannot be an address of a broker
  static URI http(URI broker) {
    String scheme =
        switch (scheme(broker)) {
          case "ws", "http" -> "http";
          case "wss", "https" -> "https";
          default -> throw notABroker(broker);
        };
    return rebuilt(broker, scheme, prefix(broker));
  }

  private static String scheme(URI broker) {
    if (broker.getScheme() == null || broker.getHost() == null) {
      throw notABroker(broker);
    }
    return broker.getScheme();
  }

  /// What a reverse proxy put before the broker's own paths.
  private static String prefix(URI broker) {
    String path = broker.getPath() == null ? "" : broker.getPath();
    String bare = path.endsWith(PATH) ? path.substring(0, path.length() - PATH.length()) : path;
    return bare.endsWith("/") ? bare.substring(0, bare.length() - 1) : bare;
  }

  private static URI rebuilt(URI broker, String scheme, String path) {
    try {
      return new URI(scheme, null, broker.getHost(), broker.getPort(), path, null, null);
    } catch (URISyntaxException e) {
      throw notABroker(broker);
    }
  }

  private static Problem notABroker(URI broker) {
    return new Problem(
        ProblemCode.INVALID_ARGUMENT,
        "\"" + broker + "\" is not the address of a broker. It looks like ws://127.0.0.1:7900/ws");
  }
}
