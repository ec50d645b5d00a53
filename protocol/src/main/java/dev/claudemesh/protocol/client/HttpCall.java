package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A request as it goes over HTTP: parameters in the path, the other fields in the query (GET,
/// DELETE) or in a JSON body. Pure but for the nonce.
///
/// @param pathWithQuery as sent, beginning with a slash; this is what is signed, also behind a
///   proxy that strips a prefix
record HttpCall(Catalog.Op op, String method, String pathWithQuery, byte[] body) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE_BYTES = 16;

  static HttpCall of(Request<?> request, Map<String, String> pathParameters) {
    Catalog.Op op = Catalog.operation(request.getClass());
    Catalog.Route route =
        op.route()
            .orElseThrow(
                () -> new IllegalArgumentException(op.type() + " cannot be called over HTTP"));
    ObjectNode fields = (ObjectNode) Wire.mapper().valueToTree(request);
    StringBuilder path = new StringBuilder();
    for (String segment : route.segments()) {
      path.append('/')
          .append(
              segment.startsWith(":")
                  ? encoded(parameter(segment.substring(1), pathParameters, fields))
                  : segment);
    }
    boolean inQuery = route.method().equals("GET") || route.method().equals("DELETE");
    if (inQuery) {
      path.append(query(fields));
    }
    byte[] body = inQuery ? new byte[0] : Wire.mapper().writeValueAsBytes(fields);
    return new HttpCall(op, route.method(), path.toString(), body);
  }

  private static String parameter(
      String name, Map<String, String> pathParameters, ObjectNode fields) {
    String given = pathParameters.get(name);
    if (given != null) {
      return given;
    }
    JsonNode field = fields.remove(name);
    if (field == null) {
      throw new IllegalArgumentException("The route needs a value for " + name);
    }
    return text(field);
  }

  private static String query(ObjectNode fields) {
    StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
    fields
        .properties()
        .forEach(
            field -> query.add(encoded(field.getKey()) + "=" + encoded(text(field.getValue()))));
    return query.toString();
  }

  private static String text(JsonNode value) {
    return value.isString() ? value.stringValue() : value.toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  HttpRequest request(
      URI broker,
      Optional<SecretKey> signer,
      Instant now,
      Duration timeout,
      Optional<String> permissions) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(broker + pathWithQuery))
            .timeout(timeout)
            .header("Accept", "application/json");
    if (body.length > 0) {
      request
          .header("Content-Type", "application/json")
          .method(method, BodyPublishers.ofByteArray(body));
    } else {
      request.method(method, BodyPublishers.noBody());
    }
    permissions.ifPresent(names -> request.header("X-Mesh-Permissions", names));
    signer.ifPresent(key -> sign(request, key, now.toEpochMilli()));
    return request.build();
  }

  private void sign(HttpRequest.Builder request, SecretKey key, long timestamp) {
    byte[] random = new byte[NONCE_BYTES];
    RANDOM.nextBytes(random);
    String nonce = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    String signed =
        Canonical.httpCall(method, pathWithQuery, Keys.sha256Hex(body), timestamp, nonce);
    request
        .header("X-Mesh-Member", key.publicKey().hex())
        .header("X-Mesh-Timestamp", Long.toString(timestamp))
        .header("X-Mesh-Nonce", nonce)
        .header("X-Mesh-Signature", Keys.sign(key, signed));
  }
}
