package dev.claudemesh.broker.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/// Calls a broker's accounts as a program does.
record AccountClient(TestBroker broker, HttpClient http) implements AutoCloseable {
  static final String PASSWORD = "correct horse battery";

  /// What came back.
  record Answer(int status, ObjectNode body) {
    String error() {
      return body.path("error").asString("");
    }

    String text(String field) {
      return body.path(field).asString("");
    }
  }

  static AccountClient of(TestBroker broker) {
    return new AccountClient(broker, HttpClient.newHttpClient());
  }

  static ObjectNode fields() {
    return Wire.mapper().createObjectNode();
  }

  static ObjectNode person(String email) {
    return fields().put("email", email).put("password", PASSWORD);
  }

  /// @param token sent as Bearer unless empty
  Answer call(String method, String path, String token, ObjectNode body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(broker.httpUrl() + path))
            .method(
                method,
                body.isEmpty()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(body.toString()));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response = send(request.build());
    return new Answer(
        response.statusCode(), Wire.parse(response.body().getBytes(StandardCharsets.UTF_8)));
  }

  HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  Answer get(String path, String token) {
    return call("GET", path, token, fields());
  }

  Answer post(String path, String token, ObjectNode body) {
    return call("POST", path, token, body);
  }

  /// A new account.
  ///
  /// @return the token of a session
  String register(String email) {
    assertThat(post("/api/auth/register", "", person(email)).status()).isEqualTo(200);
    return login(email);
  }

  String login(String email) {
    Answer answer = post("/api/auth/login", "", person(email));
    assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    return answer.text("token");
  }

  String pat(String session, String name) {
    Answer made = post("/api/my/cli/tokens", session, fields().put("name", name));
    assertThat(made.status()).as("%s", made).isEqualTo(200);
    return made.text("token");
  }

  @Override
  public void close() {
    http.close();
  }
}
