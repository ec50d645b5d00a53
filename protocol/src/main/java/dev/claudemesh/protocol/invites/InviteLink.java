package dev.claudemesh.protocol.invites;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// An invite as somebody sent it: a short link, a long one, or only what stands at its end. Pure:
/// nothing is asked of anybody.
///
/// A short link may end in `#` and a fingerprint of the issuer's key. It never reaches the broker,
/// so a newcomer who checks it knows that the broker did not put an inviter of its own in place of
/// the one who sent the link.
///
/// @param broker where the invite can be taken; empty where the link does not say and the default
///   broker is meant
/// @param fingerprint of the issuer's key
public record InviteLink(Kind kind, Optional<URI> broker, Optional<String> fingerprint) {
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{21,4000}={0,2}");
  private static final Pattern FINGERPRINT = Pattern.compile("[A-Za-z0-9_-]{16}");
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}]");
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._~-]{1,100}");
  private static final Pattern LOCALE = Pattern.compile("[a-z]{2}");
  private static final Pattern SCHEME = Pattern.compile("(?i)[a-z][a-z0-9+.-]*://.*");
  private static final Pattern PRINTABLE = Pattern.compile("[\\x21-\\x7e]{1,5000}");

  /// What the link leads to.
  public sealed interface Kind {
    /// The code of a v2 or v3 invite, known to its broker.
    record Code(String code) implements Kind {}

    /// A v1 token. Holds the mesh key, so its `toString` does not show it.
    record Token(String token) implements Kind {
      @Override
      public String toString() {
        return "Token[…]";
      }
    }
  }

  /// The link to hand to a newcomer. Holds no secret but the code.
  ///
  /// @param broker its address as http, https, ws or wss, with or without `/ws` at the end
  public static InviteLink to(URI broker, String code, PublicKey issuer) {
    if (!InviteCode.isCode(code)) {
      throw new IllegalArgumentException("A link is made of a code of ours");
    }
    return new InviteLink(
        new Kind.Code(code), Optional.of(origin(broker)), Optional.of(Keys.fingerprint(issuer)));
  }

  /// Reads a link in any shape that this protocol's brokers ever handed out.
  ///
  /// @throws Problem `invalid_argument`, saying what is wrong with it
  public static InviteLink parse(String text) {
    String link = text.strip();
    if (link.startsWith("<") && link.endsWith(">")) {
      link = link.substring(1, link.length() - 1);
    }
    if (!PRINTABLE.matcher(link).matches()) {
      throw refused(
          "holds characters that no invite has; copy the whole link, and nothing around it");
    }
    int hash = link.indexOf('#');
    Optional<String> fingerprint =
        hash < 0 ? Optional.empty() : Optional.of(fingerprint(link.substring(hash + 1)));
    String address = withoutQuery(hash < 0 ? link : link.substring(0, hash));
    InviteLink read =
        address.contains("/")
            ? ofAddress(address)
            : new InviteLink(ofEnd(address), Optional.empty(), Optional.empty());
    return new InviteLink(read.kind, read.broker, fingerprint);
  }

  /// Whether the link came from the holder of this key, as far as it says.
  public boolean fits(PublicKey issuer) {
    return fingerprint.map(Keys.fingerprint(issuer)::equals).orElse(true);
  }

  /// The link as text. Empty for what has no text of its own: a bare code or token.
  public Optional<String> url() {
    return broker.map(origin ->
        switch (kind) {
          case Kind.Code code ->
              origin + "/i/" + code.code() + fingerprint.map(print -> "#" + print).orElse("");
          case Kind.Token token -> origin + "/join/" + token.token();
        });
  }

  private static InviteLink ofAddress(String address) {
    if (!SCHEME.matcher(address).matches()) {
      return web(guessedScheme(address), address);
    }
    int end = address.indexOf("://");
    String scheme = address.substring(0, end).toLowerCase(Locale.ROOT);
    String rest = address.substring(end + 3);
    return switch (scheme) {
      case "http", "https" -> web(scheme, rest);
      case "claudemesh", "ic" ->
          new InviteLink(
              ofPath(Arrays.asList(rest.split("/", -1))), Optional.empty(), Optional.empty());
      default ->
          throw refused(
              "begins with "
                  + scheme
                  + "://; an invite begins with http://, https:// or claudemesh://");
    };
  }

  private static InviteLink web(String scheme, String rest) {
    int slash = rest.indexOf('/');
    if (slash < 0) {
      throw refused("names a host and nothing more");
    }
    String authority = rest.substring(0, slash);
    List<String> segments = Arrays.asList(rest.substring(slash + 1).split("/", -1));
    int words = segments.size() - (segments.getLast().isEmpty() ? 3 : 2);
    if (words < 0) {
      throw refused("does not end in /i/ and a code, or in /join/ and a token");
    }
    Kind kind = ofPath(segments.subList(words, segments.size()));
    URI origin = uri(scheme + "://" + authority(authority) + prefix(segments.subList(0, words)));
    return new InviteLink(kind, Optional.of(origin), Optional.empty());
  }

  private static URI uri(String text) {
    try {
      URI uri = new URI(text);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // said below, without quoting what was given
    }
    throw refused("does not name a host that could be a broker");
  }

  /// A host with an optional port, and nothing else: a name before an `@` would hide which host it
  /// is.
  private static String authority(String authority) {
    int colon = authority.endsWith("]") ? -1 : authority.lastIndexOf(':');
    String host = colon < 0 ? authority : authority.substring(0, colon);
    if (authority.contains("@") || !HOST.matcher(host).matches()) {
      throw refused("does not name a host that could be a broker");
    }
    if (colon >= 0 && !isPort(authority.substring(colon + 1))) {
      throw refused("names a port that is none");
    }
    return authority.toLowerCase(Locale.ROOT);
  }

  private static boolean isPort(String text) {
    return text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= 65_535;
  }

  /// What a reverse proxy put before the broker's own paths; the language in links of the first
  /// protocol's site is not part of it.
  private static String prefix(List<String> words) {
    if (words.size() == 1 && LOCALE.matcher(words.getFirst()).matches()) {
      return "";
    }
    StringBuilder prefix = new StringBuilder();
    for (String word : words) {
      if (!PREFIX.matcher(word).matches() || word.equals(".") || word.equals("..")) {
        throw refused("has a path that no broker hands out");
      }
      prefix.append('/').append(word);
    }
    return prefix.toString();
  }

  /// `i/<code>` or `join/<token>`, perhaps with a slash behind.
  private static Kind ofPath(List<String> path) {
    boolean complete = path.size() == 2 || path.size() == 3 && path.get(2).isEmpty();
    if (complete && path.getFirst().equals("i")) {
      return InviteCode.read(path.get(1))
          .<Kind>map(Kind.Code::new)
          .orElseThrow(() -> refused("has a code that is none"));
    }
    if (complete && path.getFirst().equals("join")) {
      return ofEnd(path.get(1));
    }
    throw refused("does not end in /i/ and a code, or in /join/ and a token");
  }

  private static Kind ofEnd(String end) {
    Optional<Kind> code = InviteCode.read(end).map(Kind.Code::new);
    if (code.isPresent()) {
      return code.get();
    }
    if (TOKEN.matcher(end).matches()) {
      return new Kind.Token(end);
    }
    throw refused("is neither a code of 8 characters nor a link");
  }

  private static String fingerprint(String text) {
    if (!FINGERPRINT.matcher(text).matches()) {
      throw refused("is damaged after the #; copy the whole link again");
    }
    return text;
  }

  private static String withoutQuery(String address) {
    int question = address.indexOf('?');
    return question < 0 ? address : address.substring(0, question);
  }

  /// A host that was written without a scheme: plain on this machine, else encrypted.
  private static String guessedScheme(String address) {
    String host = address.toLowerCase(Locale.ROOT);
    return host.matches("(localhost|127\\.[0-9.]+|\\[::1])([:/].*)?") ? "http" : "https";
  }

  private static URI origin(URI broker) {
    String scheme =
        switch (String.valueOf(broker.getScheme())) {
          case "ws", "http" -> "http";
          case "wss", "https" -> "https";
          case String other ->
              throw new IllegalArgumentException(other + " is no scheme of a broker");
        };
    String path = broker.getPath() == null ? "" : broker.getPath().replaceFirst("/?(ws)?/?$", "");
    try {
      return new URI(scheme, null, broker.getHost(), broker.getPort(), path, null, null);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("Not the address of a broker", e);
    }
  }

  /// The text itself is not repeated: it may hold a token, and with it a mesh key.
  private static Problem refused(String why) {
    return new Problem(
        ProblemCode.INVALID_ARGUMENT,
        "What you gave "
            + why
            + ". An invite looks like http://127.0.0.1:7900/i/ABCD2345; ask whoever invited you for"
            + " theirs");
  }
}
