package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Environment;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/// Where a broker is, however it was written: `ws://…/ws`, `http://…`, or `host:port`.
public final class Brokers {
  /// Where `claudemesh broker` listens if nothing else is said.
  public static final URI DEFAULT = URI.create("ws://127.0.0.1:7900/ws");

  private Brokers() {}

  /// What was asked for, else `CLAUDEMESH_BROKER_URL`, else {@link #DEFAULT}.
  public static URI url(Environment environment, Optional<String> asked) {
    return asked
        .or(() -> environment.variable("CLAUDEMESH_BROKER_URL"))
        .map(Brokers::webSocket)
        .orElse(DEFAULT);
  }

  /// @throws Problem `invalid_argument` if it cannot be an address
  public static URI webSocket(String text) {
    String full = text.contains("://") ? text : "ws://" + text;
    try {
      URI uri = URI.create(full.strip());
      String scheme =
          switch (uri.getScheme().toLowerCase(Locale.ROOT)) {
            case "ws", "http" -> "ws";
            case "wss", "https" -> "wss";
            default -> throw new IllegalArgumentException("scheme");
          };
      if (uri.getHost() == null) {
        throw new IllegalArgumentException("no host");
      }
      String path = uri.getRawPath().replaceAll("/+$", "");
      return URI.create(
          scheme + "://" + uri.getRawAuthority() + (path.endsWith("/ws") ? path : path + "/ws"));
    } catch (IllegalArgumentException e) {
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT,
          "\"" + text + "\" is not the address of a broker; it looks like " + DEFAULT);
    }
  }

  /// Whether it is on this machine, where `claudemesh broker` would start it.
  public static boolean isLocal(URI url) {
    String host = url.getHost();
    return host != null
        && (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]"));
  }
}
