package dev.claudemesh.protocol.client;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;

/// Says in a few words why a connection could not be made or was lost. Pure.
final class ConnectFailure {
  private static final int DEEPEST = 10;

  private ConnectFailure() {}

  static String describe(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++, cause = cause.getCause()) {
      switch (cause) {
        case UnresolvedAddressException e -> {
          return "its name is not known here";
        }
        case UnknownHostException e -> {
          return "its name is not known here";
        }
        case SocketTimeoutException e -> {
          return "no answer in time";
        }
        case HttpTimeoutException e -> {
          return "no answer in time";
        }
        case SSLException e -> {
          return "TLS failed (" + e.getMessage() + ")";
        }
        case ConnectException e when e.getCause() == null -> {
          return e.getMessage() == null ? "connection refused" : e.getMessage();
        }
        case Throwable other -> {}
      }
    }
    return failure.getMessage() == null ? "the connection failed" : failure.getMessage();
  }
}
