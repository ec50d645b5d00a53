package dev.claudemesh.broker.kernel;

import java.net.InetAddress;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/// One HTTP call as it came. Its `toString` holds neither headers nor body.
///
/// @param pathWithQuery exactly as the client wrote it, which is what it signed
/// @param parameters path parameters by name, `mesh` among them where the route has one
/// @param headers by lower-case name
/// @param publicUrl the address the caller reached the broker by
public record HttpCall(
    String method,
    String pathWithQuery,
    Map<String, String> parameters,
    Map<String, String> headers,
    byte[] body,
    URI publicUrl,
    InetAddress remote) {

  public Optional<String> header(String lowerCaseName) {
    return Optional.ofNullable(headers.get(lowerCaseName));
  }

  /// Id or slug of the mesh the route names.
  public Optional<String> mesh() {
    return Optional.ofNullable(parameters.get("mesh"));
  }

  @Override
  public String toString() {
    return method + " " + pathWithQuery;
  }
}
