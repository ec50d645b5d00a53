package dev.claudemesh.bench.faults;

import dev.claudemesh.db.EmbeddedPostgres;
import java.nio.file.Path;

/// A database server apart from the broker, which finds it at an address that stays the same
/// through the server's restarts. Its connections can be cut.
final class ServerDatabase implements AutoCloseable {
  private final Path data;
  private final Proxy proxy;
  private volatile EmbeddedPostgres server;

  ServerDatabase(Path data) {
    this.data = data;
    this.server = EmbeddedPostgres.start(data, line -> {});
    this.proxy = Proxy.to(this::port);
  }

  private int port() {
    String hosts = server.url().hosts();
    return Integer.parseInt(hosts.substring(hosts.lastIndexOf(':') + 1));
  }

  /// For the broker's environment.
  String url() {
    return "postgres://"
        + server.user()
        + ":"
        + server.password().reveal()
        + "@127.0.0.1:"
        + proxy.port()
        + "/"
        + server.url().database();
  }

  void cut() {
    proxy.cut();
  }

  /// Starts it again after it was killed.
  void restart() {
    server.close();
    server = EmbeddedPostgres.start(data, line -> {});
  }

  @Override
  public void close() {
    proxy.close();
    server.close();
  }
}
