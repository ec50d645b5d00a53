package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.AccountCookie;
import dev.claudemesh.broker.kernel.HttpCall;
import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.accounts.AccountReply;
import dev.claudemesh.protocol.accounts.AccountToken;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Browsers at our pages: who has the cookie, what their forms say, and what is called for them,
/// through the front door like any other call.
///
/// A form is taken only from our own page: browsers say where a form came from, and one that does
/// something for an account carries a key that follows from its cookie.
final class Visitors {
  private static final int MOST_FORM_BYTES = 8_192;

  private final FrontDoor door;

  Visitors(FrontDoor door) {
    this.door = door;
  }

  /// Whoever has the cookie; empty without one that is good.
  Optional<AccountReply.Profile> profile(Site.Ask ask) {
    if (cookie(ask).isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          (AccountReply.Profile)
              call(ask, "GET", "account_profile", Wire.mapper().createObjectNode(), ""));
    } catch (Problem problem) {
      return switch (problem.code().category()) {
        case UNAUTHENTICATED -> Optional.empty();
        case INVALID,
            FORBIDDEN,
            NOT_FOUND,
            CONFLICT,
            GONE,
            TOO_LARGE,
            RATE_LIMITED,
            BUSY,
            NETWORK,
            INTERNAL ->
            throw problem;
      };
    }
  }

  private static Optional<AccountToken> cookie(Site.Ask ask) {
    return AccountCookie.in(ask.call(Map.of())).flatMap(AccountToken::of);
  }

  /// One call through the front door, for whoever has the cookie.
  ///
  /// @param formKey what a form of ours carried; empty for what is done for nobody
  Reply call(Site.Ask ask, String method, String operation, ObjectNode fields, String formKey) {
    Map<String, String> headers = new HashMap<>(ask.headers());
    headers.remove("authorization");
    headers.put("x-form-key", formKey);
    HttpCall call =
        new HttpCall(
            method,
            ask.pathWithQuery(),
            Map.of(),
            headers,
            new byte[0],
            ask.publicUrl(),
            ask.remote());
    return door.call(call, Catalog.operation(operation).orElseThrow(), fields);
  }

  /// Whether a form came from our own page, as the browser says; what is no browser says nothing.
  static boolean isOurs(Site.Ask ask) {
    Optional<String> site = Optional.ofNullable(ask.headers().get("sec-fetch-site"));
    if (site.isPresent()) {
      return site.get().equals("same-origin");
    }
    String origin = ask.headers().getOrDefault("origin", "");
    return origin.isEmpty()
        || Stream.of(ask.headers().getOrDefault("host", ""), ask.publicUrl().getRawAuthority())
            .anyMatch(host -> host.equalsIgnoreCase(authority(origin)));
  }

  private static String authority(String origin) {
    try {
      return Optional.ofNullable(URI.create(origin).getRawAuthority()).orElse("");
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /// What a form of ours must carry; empty for somebody without a cookie.
  static String formKey(Site.Ask ask) {
    return cookie(ask).map(AccountToken::formKey).orElse("");
  }

  /// Empty for what is too long, or is no form.
  static Optional<Map<String, List<String>>> form(Site.Ask ask) {
    if (ask.body().length > MOST_FORM_BYTES) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new QueryStringDecoder(new String(ask.body(), StandardCharsets.UTF_8), false)
              .parameters());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static String first(Map<String, List<String>> values, String name) {
    return values.getOrDefault(name, List.of("")).getFirst();
  }
}
