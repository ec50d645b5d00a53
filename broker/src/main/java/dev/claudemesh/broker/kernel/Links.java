package dev.claudemesh.broker.kernel;

import java.net.URI;
import java.util.Optional;

/// Addresses of this broker that go into invites and replies.
///
/// @param brokerUrl what the operator set; without it, what the request came by
public record Links(Optional<URI> brokerUrl) {

  /// The WebSocket address for clients.
  public String socket(URI publicUrl) {
    return brokerUrl
        .map(URI::toString)
        .orElseGet(() -> base(publicUrl).replaceFirst("^http", "ws") + "/ws");
  }

  /// The short link of an invite.
  public String invite(URI publicUrl, String code) {
    return base(publicUrl) + "/i/" + code;
  }

  /// The page on which a command line is signed in.
  public static String signIn(URI publicUrl, String userCode) {
    return base(publicUrl) + "/cli-auth?code=" + userCode;
  }

  private static String base(URI publicUrl) {
    String text = publicUrl.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }
}
