package dev.claudemesh.broker.kernel;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/// The cookie by which a browser is signed in to our pages. Over https its name binds it to this
/// host, so that no neighbouring one can set it.
public final class AccountCookie {
  private static final String NAME = "claudemesh_account";

  private AccountCookie() {}

  public static Optional<String> in(HttpCall call) {
    String name = name(call.publicUrl()) + "=";
    return call.header("cookie").stream()
        .flatMap(cookies -> Stream.of(cookies.split(";")))
        .map(String::strip)
        .filter(cookie -> cookie.startsWith(name))
        .map(cookie -> cookie.substring(name.length()))
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  /// The header that sets it; no script reads it, and no other site's form sends it.
  public static String set(URI publicUrl, String token, Duration life) {
    return name(publicUrl)
        + "="
        + token
        + "; Path=/; HttpOnly; SameSite=Lax; Max-Age="
        + life.toSeconds()
        + (secure(publicUrl) ? "; Secure" : "");
  }

  /// The header that removes it.
  public static String clear(URI publicUrl) {
    return set(publicUrl, "", Duration.ZERO);
  }

  private static String name(URI publicUrl) {
    return secure(publicUrl) ? "__Host-" + NAME : NAME;
  }

  private static boolean secure(URI publicUrl) {
    return "https".equalsIgnoreCase(publicUrl.getScheme());
  }
}
