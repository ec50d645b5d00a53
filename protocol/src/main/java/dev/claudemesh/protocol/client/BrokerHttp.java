package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.accounts.AccountToken;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// Calls of a broker over HTTP, signed by a member's key where the operation asks for it.
/// Thread-safe; close it before the program ends, or its threads hold up the end.
///
/// Follows no redirect, and reads no answer longer than 4 MiB. A call takes 10 s at most.
public final class BrokerHttp implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_ANSWER_BYTES = 4 << 20;

  private final URI broker;
  private final InstantSource clock;
  private final Duration callTimeout;
  private final Optional<String> permissions;
  private final HttpClient http;

  /// @param brokerUrl the broker's WebSocket address; calls go to the same host and port
  /// @throws Problem `invalid_argument` if it cannot be an address of a broker
  public BrokerHttp(URI brokerUrl) {
    this(brokerUrl, Optional.empty());
  }

  /// @param permissions of the signer's permissions, those to call with, such as
  ///   `canSend,canInvite`; all if empty
  public BrokerHttp(URI brokerUrl, Optional<String> permissions) {
    this(brokerUrl, InstantSource.system(), CALL_TIMEOUT, permissions);
  }

  BrokerHttp(URI brokerUrl, InstantSource clock, Duration callTimeout) {
    this(brokerUrl, clock, callTimeout, Optional.empty());
  }

  private BrokerHttp(
      URI brokerUrl, InstantSource clock, Duration callTimeout, Optional<String> permissions) {
    this.permissions = permissions;
    this.broker = BrokerUrl.http(brokerUrl);
    this.clock = clock;
    this.callTimeout = callTimeout;
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(Thread::startVirtualThread)
            .build();
  }

  /// Calls an operation.
  ///
  /// @param signer the key to sign with; empty for operations that anyone may call
  /// @param pathParameters values of the route's parameters that are no fields of the request, such
  ///   as `mesh`
  /// @throws Problem what the broker answered, or `unreachable`, or `timeout`
  public <R extends Reply> R call(
      Request<R> request, Optional<SecretKey> signer, Map<String, String> pathParameters) {
    return call(request, signer, Optional.empty(), pathParameters);
  }

  /// Calls an operation of an account.
  ///
  /// @param token of the account
  /// @throws Problem what the broker answered, or `unreachable`, or `timeout`
  public <R extends Reply> R call(Request<R> request, AccountToken token) {
    return call(request, Optional.empty(), Optional.of(token), Map.of());
  }

  /// Calls an operation of an account that a member's key signs, too.
  ///
  /// @throws Problem what the broker answered, or `unreachable`, or `timeout`
  public <R extends Reply> R call(Request<R> request, SecretKey signer, AccountToken token) {
    return call(request, Optional.of(signer), Optional.of(token), Map.of());
  }

  private <R extends Reply> R call(
      Request<R> request,
      Optional<SecretKey> signer,
      Optional<AccountToken> token,
      Map<String, String> pathParameters) {
    HttpCall call = HttpCall.of(request, pathParameters);
    HttpResponse<byte[]> response = send(call, signer, token);
    return HttpAnswer.read(broker, call.op(), response.statusCode(), response.body());
  }

  private HttpResponse<byte[]> send(
      HttpCall call, Optional<SecretKey> signer, Optional<AccountToken> token) {
    HttpRequest plain = call.request(broker, signer, clock.instant(), callTimeout, permissions);
    HttpRequest request =
        token
            .map(proof ->
                HttpRequest.newBuilder(plain, (name, value) -> true)
                    .header("Authorization", "Bearer " + proof.text())
                    .build())
            .orElse(plain);
    try {
      return http.send(
          request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER_BYTES));
    } catch (HttpTimeoutException e) {
      throw new Problem(
          ProblemCode.TIMEOUT,
          "The broker at "
              + broker
              + " did not answer within "
              + callTimeout.toSeconds()
              + " s. Try again; what was asked may have been done.");
    } catch (IOException e) {
      throw Verdict.unreachable(broker, ConnectFailure.describe(e)).problem();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Problem(
          ProblemCode.TIMEOUT, "The call was interrupted. What was asked may have been done.");
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    try {
      http.awaitTermination(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
