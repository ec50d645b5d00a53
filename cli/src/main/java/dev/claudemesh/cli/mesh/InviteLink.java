package dev.claudemesh.cli.mesh;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An invite as somebody sent it: a short link, a long one, or only what stands at its end
/// (PROTOCOL 9.1).
sealed interface InviteLink {

  /// The code of a short link, and where it can be taken.
  ///
  /// @param broker empty for a bare code: the broker of this machine's settings
  record Code(String code, Optional<URI> broker) implements InviteLink {}

  /// A v1 token: it says itself which broker it is for, and carries the mesh key.
  record Token(String token) implements InviteLink {
    @Override
    public String toString() {
      return "Token[…]";
    }
  }

  Pattern CODE = Pattern.compile("[A-Za-z0-9]{6,16}");
  Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{21,4000}=*");
  Pattern OWN_SCHEME = Pattern.compile("(?:claudemesh|ic)://(join|i)/([A-Za-z0-9_=-]+)/?");
  Pattern WEB =
      Pattern.compile(
          "(?:(https?|wss?)://)?([A-Za-z0-9.-]+(?::\\d{1,5})?|\\[[0-9A-Fa-f:]+\\](?::\\d{1,5})?)((?:/[A-Za-z0-9._~-]+)*?)(?:/[a-z]{2})?/(join|i)/([A-Za-z0-9_=-]+)/?(?:[?#].*)?");

  /// @throws Problem `invalid_argument` if it is none of these
  static InviteLink parse(String text) {
    String link = text.strip();
    Matcher own = OWN_SCHEME.matcher(link);
    if (own.matches()) {
      return of(own.group(1), own.group(2), Optional.empty(), text);
    }
    Matcher web = WEB.matcher(link);
    if (web.matches()) {
      String scheme = web.group(1) == null ? guessedScheme(web.group(2)) : web.group(1);
      return of(
          web.group(4),
          web.group(5),
          Optional.of(Brokers.webSocket(scheme + "://" + web.group(2) + web.group(3))),
          text);
    }
    if (CODE.matcher(link).matches()) {
      return new Code(link, Optional.empty());
    }
    if (TOKEN.matcher(link).matches()) {
      return new Token(link);
    }
    throw notAnInvite(text);
  }

  private static InviteLink of(String kind, String end, Optional<URI> broker, String text) {
    if (kind.equals("join") && TOKEN.matcher(end).matches()) {
      return new Token(end);
    }
    if (CODE.matcher(end).matches()) {
      return new Code(end, broker);
    }
    throw notAnInvite(text);
  }

  /// A host that was written without a scheme: plain on this machine, else encrypted.
  private static String guessedScheme(String authority) {
    return authority.startsWith("localhost")
            || authority.startsWith("127.")
            || authority.startsWith("[::1]")
        ? "http"
        : "https";
  }

  private static Problem notAnInvite(String text) {
    String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    return new Problem(
        ProblemCode.INVALID_ARGUMENT,
        "\""
            + shown
            + "\" is not an invite; it looks like http://127.0.0.1:7900/i/ABCD2345. Ask whoever"
            + " invited you for a new one");
  }
}
