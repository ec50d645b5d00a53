package dev.claudemesh.broker.connection;

import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.protocol.crypto.Keys;
import java.nio.charset.StandardCharsets;

/// The secrets of one `hello_ack`. The client holds them; the broker keeps their hashes.
record Tokens(String resume, String http, String hook) {

  /// What is stored.
  record Hashes(String resume, String http, String hook) {}

  static Tokens issue() {
    return new Tokens(Ids.token(), Ids.token(), Ids.token());
  }

  /// For a connection that ends with its socket and signs its calls itself.
  static Tokens none() {
    return new Tokens("", "", "");
  }

  Hashes hashes() {
    return new Hashes(hash(resume), hash(http), hash(hook));
  }

  static String hash(String token) {
    return Keys.sha256Hex(token.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "Tokens[***]";
  }
}
